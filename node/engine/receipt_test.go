package engine_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/wire"
)

// TestForgedReceipts: only what was sent to a contact, in the stream of now, can be
// confirmed by it.
func TestForgedReceipts(t *testing.T) {
	for name, tt := range map[string]struct {
		ack  func(wire.Ack) wire.Ack
		want error
	}{
		"beyond what was sent":    {func(a wire.Ack) wire.Ack { a.Next++; return a }, engine.ErrProtocol},
		"far beyond":              {func(a wire.Ack) wire.Ack { a.Next = wire.MaxSequence; return a }, engine.ErrProtocol},
		"of another stream":       {func(a wire.Ack) wire.Ack { a.Stream++; return a }, nil},
		"of another, far":         {func(a wire.Ack) wire.Ack { return wire.Ack{Stream: a.Stream + 1, Next: wire.MaxSequence} }, nil},
		"of nothing":              {func(wire.Ack) wire.Ack { return wire.Ack{} }, nil},
		"of what was before":      {func(a wire.Ack) wire.Ack { a.Next--; return a }, nil},
		"of the beginning, again": {func(a wire.Ack) wire.Ack { a.Next = 0; return a }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "alice")
			alice := w.people[0]
			r := newRogueContact(w, "rogue", alice)
			r.must(r.say()) // confirms that it was accepted
			w.book.lines = make(map[ledger.MessageID]*line)
			m := alice.send(r.person, "hello")
			w.pass(0)
			err := r.tell(wire.Content{Stream: 1, Base: r.next, Ack: tt.ack(r.ack())})
			is(t, err, tt.want)
			if s := alice.state(m.Number); s != ledger.Sent {
				t.Errorf("the message is in state %d", s)
			}
			if alice.waiting() == 0 {
				t.Error("the message does not wait any more")
			}
		})
	}
}

// TestNobodyConfirmsForAnother: a contact that knows the stream, the number and the ID of
// what another was sent can do nothing with them.
func TestNobodyConfirmsForAnother(t *testing.T) {
	w := newWorld(t, "alice")
	alice := w.people[0]
	good, bad := newRogueContact(w, "good", alice), newRogueContact(w, "bad", alice)
	m := alice.send(good.person, "hello")
	w.pass(0)
	bad.must(bad.tell(wire.Content{Stream: 1, Base: bad.next, Ack: good.ack()}))
	bad.must(bad.say(wire.Read{ID: wire.MessageID(m.ID)}))
	if s := alice.state(m.Number); s != ledger.Sent {
		t.Errorf("the message is in state %d", s)
	}
	w.book.lines[m.ID].arrived = true
	good.must(good.say(wire.Read{ID: wire.MessageID(m.ID)}))
	if s := alice.state(m.Number); s != ledger.Read {
		t.Errorf("the message is in state %d", s)
	}
}

// TestReplayedCell of a contact is confirmed again and does nothing else.
func TestReplayedCell(t *testing.T) {
	w, alice, bob := two(t)
	w.befriend(alice, bob)
	alice.send(bob, "hello")
	w.pass(time.Minute)
	events, links := len(bob.kinds()), bob.lastLink
	cell := alice.seen[len(alice.seen)-1]
	for range 3 {
		for _, l := range bob.plugs {
			bob.must(bob.engine.Receive(bob.now(), l.link, cell))
			bob.flush()
		}
	}
	w.pass(time.Minute)
	bob.expect(alice, "alice: hello")
	if len(bob.kinds()) != events || bob.lastLink != links {
		t.Error("a repeat has changed something")
	}
}

// TestReadBeforeDelivered: somebody who has deleted us has read what was never confirmed.
// That is confirmed first.
func TestReadBeforeDelivered(t *testing.T) {
	w, alice, bob := two(t)
	w.befriend(alice, bob)
	bob.silence(true)
	m := alice.send(bob, "hello")
	w.pass(time.Second)
	bob.must(bob.engine.DeleteContact(bob.now(), 1, true))
	bob.flush()
	w.pass(time.Hour)
	alice.add(bob)
	w.pass(time.Hour)
	bob.must(bob.engine.AcceptContact(bob.now(), 1))
	bob.read(alice) // in the same cell
	w.pass(time.Minute)
	if s := alice.state(m.Number); s != ledger.Delivered {
		t.Errorf("the message is in state %d", s)
	}
	alice.send(bob, "are you there?")
	w.pass(time.Minute)
	bob.read(alice)
	w.pass(time.Minute)
	if s := alice.state(m.Number); s != ledger.Read {
		t.Errorf("the message is in state %d", s)
	}
	bob.expect(alice, "alice: hello", "alice: are you there?")
}

func TestReadReceipts(t *testing.T) {
	yes := true
	for name, tt := range map[string]struct {
		set  func(*person)
		want ledger.DeliveryState
	}{
		"on":              {func(*person) {}, ledger.Read},
		"off":             {func(p *person) { p.settings.NoReceipts = true }, ledger.Delivered},
		"off for contact": {func(p *person) { p.must(p.engine.UpdateContact(p.now(), 1, engine.ContactUpdate{Silent: &yes})) }, ledger.Delivered},
	} {
		t.Run(name, func(t *testing.T) {
			w, alice, bob := two(t)
			w.befriend(alice, bob)
			tt.set(bob)
			bob.must(bob.engine.SetSettings(bob.now(), bob.settings))
			var all []ledger.Message
			for i := range 3 {
				all = append(all, alice.send(bob, fmt.Sprint(i)))
			}
			w.pass(time.Minute)
			bob.read(alice)
			bob.read(alice) // once is enough
			w.pass(time.Minute)
			for _, m := range all {
				if s := alice.state(m.Number); s != tt.want {
					t.Errorf("message %d is in state %d", m.Number, s)
				}
			}
			if n, _ := bob.disk.Unread(bob.conversation(alice).ID); n != 0 {
				t.Errorf("%d are unread", n)
			}
		})
	}
}
