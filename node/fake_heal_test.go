package node_test

import (
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/network"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/wire"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// forget loses all sessions, as somebody does whose disk has failed.
func (r *raw) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sessions.Close()
	r.sessions = e2ee.Sessions{}
}

// resume opens a link that begins with a cell of nobody's session.
func (r *raw) resume(t testing.TB, to *party) *rawLink {
	t.Helper()
	s := r.open(t, to)
	l := &rawLink{s, wire.NewConn(s), r}
	if err := l.conn.Write(wire.Cell, make([]byte, e2ee.CellSize)); err != nil {
		t.Fatal(err)
	}
	return l
}

// TestUnreadableCells: a cell that no session opens ends its link. The next link of
// ours begins with a handshake for that reason, once in a minute, and what waits
// arrives.
func TestUnreadableCells(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	c := new(clock)
	alice, _ := watched(t, fake, func(cfg *node.Config) { cfg.SetClock(c.now) })
	bob := newRaw(t, fake)
	l, contact := bob.join(t, alice)
	l.say(t)
	_ = l.Close()
	// A link of ours is resumed: the session is sound.
	send := func(what string) {
		t.Helper()
		if _, err := alice.Send(testContext(t), contact.Conversation, what, node.SendOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	opened := func() network.Stream {
		t.Helper()
		return c.opened(t, alice, bob, time.Second)
	}
	send(secret + " one")
	first := opened()
	l = &rawLink{first, wire.NewConn(first), bob}
	if got := hearOf[wire.Text](t, l); got.Text != secret+" one" {
		t.Fatalf("%q has come", got.Text)
	}
	l.say(t)
	hearDelivered(t, alice)
	_ = l.Close()

	bad := bob.resume(t, alice)
	wantEnd(t, bad)
	send(secret + " two")
	l = bob.answer(t, opened()) // with a handshake
	if got := hearOf[wire.Text](t, l); got.Text != secret+" two" {
		t.Fatalf("%q has come", got.Text)
	}
	l.say(t)
	hearDelivered(t, alice)
	_ = l.Close()

	// Once more within the minute: no handshake.
	bad = bob.resume(t, alice)
	wantEnd(t, bad)
	send(secret + " three")
	second := opened()
	l = &rawLink{second, wire.NewConn(second), bob}
	if got := hearOf[wire.Text](t, l); got.Text != secret+" three" {
		t.Fatalf("%q has come", got.Text)
	}
	l.say(t)
	hearDelivered(t, alice)
	_ = l.Close()

	// And now the sessions are lost indeed. The link that is resumed is of no use, and
	// tells that.
	bob.forget()
	send(secret + " four")
	lost := opened()
	_ = lost.Reset()
	l = bob.answer(t, c.opened(t, alice, bob, time.Minute))
	if got := hearOf[wire.Text](t, l); got.Text != secret+" four" {
		t.Fatalf("%q has come", got.Text)
	}
	l.say(t)
	hearDelivered(t, alice)
}

// hearDelivered waits until a message of a node is delivered.
func hearDelivered(t testing.TB, p *party) {
	t.Helper()
	p.await(t, "delivery", func(e node.Event) bool { return e.Delivery == "delivered" })
}
