package node_test

import (
	"testing"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/wire"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// stateOf returns how far a message has come.
func stateOf(t testing.TB, p *party, number ledger.MessageNumber) string {
	t.Helper()
	m, err := p.Message(testContext(t), number)
	if err != nil {
		t.Fatal(err)
	}
	return string(m.Deliveries[0].State)
}

// TestForgedReceipts: a contact confirms what it has, and what was said to others
// neither by number nor by name.
func TestForgedReceipts(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	bob, mallory := newRaw(t, fake), newRaw(t, fake)
	toBob, contact := bob.join(t, alice)
	toMallory, _ := mallory.join(t, alice)
	m, err := alice.Send(testContext(t), contact.Conversation, secret, node.SendOptions{})
	if err != nil {
		t.Fatal(err)
	}
	got := hearOf[wire.Text](t, toBob)

	// Mallory knows everything about it.
	forged := mallory.content(t, wire.Read{ID: got.ID}, text(1, "look here"))
	forged.Ack = bob.in
	toMallory.send(t, forged)
	alice.awaitKind(t, "message_received")
	if s := stateOf(t, alice, m.Number); s != "sent" {
		t.Errorf("somebody else has made it %s", s)
	}

	// Bob's own is good, also if it says it twice, and older ones change nothing.
	old := bob.in
	old.Next--
	toBob.say(t)
	hearDelivered(t, alice)
	c := bob.content(t, text(1, "still there"))
	c.Ack = old
	toBob.send(t, c)
	alice.awaitKind(t, "message_received")
	if s := stateOf(t, alice, m.Number); s != "delivered" {
		t.Errorf("an older receipt has made it %s", s)
	}
	toBob.say(t, wire.Read{ID: wire.MessageID{99}}, wire.Read{ID: got.ID}, wire.Read{ID: got.ID})
	alice.await(t, "the receipt", func(e node.Event) bool { return e.Delivery == "read" })
	if s := stateOf(t, alice, m.Number); s != "read" {
		t.Errorf("a read receipt has made it %s", s)
	}
}

// TestReplays: a cell that comes again is confirmed again, and nothing else; so is one
// that comes on another link.
func TestReplays(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	bob := newRaw(t, fake)
	l, contact := bob.join(t, alice)
	cell, err := bob.seal(bob.content(t, text(1, secret+" one"), wire.Read{}))
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := l.conn.Write(wire.Cell, cell); err != nil {
			t.Fatal(err)
		}
		for { // until it is confirmed
			if c, _ := l.hear(t); c.Ack.Next == bob.next {
				break
			}
		}
	}
	again := bob.call(t, alice)
	if err := again.conn.Write(wire.Cell, cell); err != nil {
		t.Fatal(err)
	}
	// The same items in another cell, and the same message as another item.
	c := bob.content(t, text(1, secret+" one"))
	again.send(t, c)
	again.send(t, c)
	again.say(t, text(2, secret+" two"))
	for range 2 {
		alice.awaitKind(t, "message_received")
	}
	if got := textsOf(t, alice, contact.Conversation); len(got) != 2 || got[1] != secret+" two" {
		t.Errorf("there are %d messages, want 2", len(got))
	}
}

// TestNumbersRunOn: what a contact says of the past, with the numbers of an earlier
// stream, or with a new stream again and again, brings nothing back.
func TestNumbersRunOn(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	bob := newRaw(t, fake)
	l, contact := bob.join(t, alice)
	l.say(t, text(1, secret+" one"))
	alice.awaitKind(t, "message_received")
	old := bob.content(t, text(9, secret+" is from the past"))
	for i := range 5 { // begins anew, with the same message, which is known
		bob.out, bob.next = uint64(100+i), 0
		l.say(t, text(1, secret+" one"))
	}
	l.send(t, old)
	l.say(t, text(2, secret+" two"))
	alice.awaitKind(t, "message_received")
	if got := textsOf(t, alice, contact.Conversation); len(got) != 2 {
		t.Errorf("there are %d messages, want 2: %q", len(got), got)
	}
}
