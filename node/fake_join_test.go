package node_test

import (
	"testing"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/wire"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// TestByHand talks with a node by the specification alone, both ways.
func TestByHand(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	mallory := newRaw(t, fake)
	l, contact := mallory.join(t, alice)
	l.say(t, text(1, secret+" one"), text(2, secret+" two"))
	for range 2 {
		alice.awaitKind(t, "message_received")
	}
	m, err := alice.Send(testContext(t), contact.Conversation, secret+" three", node.SendOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if got := hearOf[wire.Text](t, l); got.Text != secret+" three" {
		t.Errorf("%q has come", got.Text)
	}
	l.say(t) // confirms it
	alice.await(t, "delivery", func(e node.Event) bool { return e.Message == m.Number && e.Delivery == "delivered" })
}
