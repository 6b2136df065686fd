package engine_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
)

// BenchmarkSendDelivered is a message from Send to its confirmation, at both sides: two
// engines, two ledgers in memory, all of the cryptography and no network.
func BenchmarkSendDelivered(b *testing.B) {
	w := newWorld(b, "alice", "bob")
	alice, bob := w.people[0], w.people[1]
	w.befriend(alice, bob)
	w.latency = 0
	w.cutAll()
	b.ReportAllocs()
	for b.Loop() {
		m := alice.send(bob, "a message of usual length, as people write them")
		for alice.state(m.Number) != ledger.Delivered {
			w.pass(time.Second)
		}
	}
}

// BenchmarkFlush is a message to one of many contacts none of whom is there: it must not
// cost more for the others, or for what waits.
func BenchmarkFlush(b *testing.B) {
	for _, tt := range []struct{ contacts, waiting int }{{1, 0}, {1000, 0}, {1, 9000}} {
		b.Run(fmt.Sprintf("contacts=%d,waiting=%d", tt.contacts, tt.waiting), func(b *testing.B) {
			s := engine.Snapshot{Streams: make(map[ledger.ContactID]ledger.Streams)}
			for n := range tt.contacts {
				id := ledger.ContactID(n + 1)
				s.Contacts = append(s.Contacts, ledger.Contact{ID: id, Peer: fmt.Append(nil, "peer ", n), State: ledger.Accepted})
				s.Streams[id] = ledger.Streams{Out: 1}
				s.Conversations = append(s.Conversations, ledger.Conversation{
					ID: ledger.ConversationID(n + 1), Kind: ledger.Direct, Members: []ledger.ContactID{id},
				})
			}
			for n := range tt.waiting {
				s.Items = append(s.Items, ledger.Waiting{Item: ledger.Item{ID: ledger.ItemID(n + 1), Contact: 1, Kind: ledger.Ordinary}, Size: 60})
			}
			s.Counters.Item = ledger.ItemID(tt.waiting)
			w := newWorld(b, "alice")
			alice := w.people[0]
			e, err := engine.New(engine.Config{
				Peer: alice.peer, Key: alice.stateKey, Addresses: alice.addresses, Rand: alice.rand,
			}, s, w.now)
			alice.must(err)
			flush := func() {
				e.Needs(w.now)
				_, err := e.Flush(w.now)
				alice.must(err)
			}
			flush()
			b.ReportAllocs()
			for b.Loop() {
				m, err := e.Send(w.now, 1, "hello", engine.SendOptions{})
				alice.must(err)
				flush()
				alice.must(e.Cancel(w.now, m.Number))
				flush()
			}
		})
	}
}
