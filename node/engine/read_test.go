package engine_test

import (
	"testing"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/wire"
)

// TestReadAndRetry: a message that is tried again comes after those that were written
// later, and is read after them.
func TestReadAndRetry(t *testing.T) {
	w := newWorld(t, "alice")
	alice := w.people[0]
	r := newRogueContact(w, "bob", alice)
	r.must(r.say())
	want := func(m ledger.Message, want ledger.DeliveryState) {
		t.Helper()
		if s := alice.state(m.Number); s != want {
			t.Errorf("%q is in state %d, want %d", m.Body, s, want)
		}
	}
	read := func(m ledger.Message) {
		t.Helper()
		r.must(r.say(wire.Read{ID: wire.MessageID(m.ID)}))
	}
	arrived := func(all ...ledger.Message) {
		for _, m := range all {
			w.book.lines[m.ID].arrived = true
		}
	}

	first := alice.send(r.person, "first")
	alice.must(alice.engine.BlockContact(alice.now(), 1))
	alice.must(alice.engine.UnblockContact(alice.now(), 1))
	alice.flush()
	r.connect()
	r.must(r.say())
	second, third := alice.send(r.person, "second"), alice.send(r.person, "third")
	arrived(second, third)
	w.pass(0)
	before := r.ack()
	alice.must(alice.retry(first))
	w.pass(0)

	// It has left, and what is confirmed is what was before it.
	content := wire.Content{Stream: 1, Base: r.base, First: r.next, Ack: before}
	item, err := wire.EncodeItem(wire.Item{Body: wire.Read{ID: wire.MessageID(third.ID)}})
	r.must(err)
	content.Items = [][]byte{item}
	r.next++
	r.must(r.tell(content))
	want(first, ledger.Sent)
	want(second, ledger.Read)
	want(third, ledger.Read)

	// It has arrived, but they have not come to it.
	fourth := alice.send(r.person, "fourth")
	w.pass(0)
	arrived(first, fourth)
	read(third)
	want(first, ledger.Delivered)
	want(fourth, ledger.Delivered)
	read(first)
	want(first, ledger.Read)
	want(fourth, ledger.Delivered)
	read(fourth)
	want(fourth, ledger.Read)
}
