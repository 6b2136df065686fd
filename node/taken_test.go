package node_test

import (
	"errors"
	"testing"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/wire"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// TestNotAccepted: what arrives in a conversation that nobody has accepted is
// not confirmed.
func TestNotAccepted(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, s := newParty(t, fake, admitAll), newStranger(t, fake, nil)
	l := s.call(t, alice.Address())
	m := wire.Message{ID: wire.MessageID{1}, Text: "hello"}
	l.sendMessage(t, m)
	l.wantQuiet(t)
	alice.accept(t).awaitHeard(t, []string{"hello"})
	l.wantConfirmed(t, m.ID)
}

// TestAcceptedButNotRead: neither is what nobody has read, on whatever
// connection it comes, and it comes once all the same.
func TestAcceptedButNotRead(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, s := newParty(t, fake, admitAll), newStranger(t, fake, nil)
	l := s.call(t, alice.Address())
	c := alice.conversation(t)
	e, err := c.Next(testContext(t))
	if _, ok := e.(node.Connected); !ok {
		t.Fatalf("%T, %v", e, err)
	}
	m := wire.Message{ID: wire.MessageID{1}, Text: "hello"}
	for range 2 {
		l.sendMessage(t, m)
		l.sendMessage(t, m)
		l.wantQuiet(t)
		l = s.call(t, alice.Address())
	}
	l.sendMessage(t, m)
	l.wantQuiet(t)
	d := keepDiary(t, c)
	l.wantConfirmed(t, m.ID)
	l.sendMessage(t, m)
	l.wantConfirmed(t, m.ID)
	l.sendText(t, "and another")
	d.awaitHeard(t, []string{"hello", "and another"})
}

// TestClosedBetween closes a conversation after a message has arrived and before
// anybody has read it. The message is not confirmed, and the next conversation
// gets it.
func TestClosedBetween(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, s := newParty(t, fake, admitAll), newStranger(t, fake, nil)
	l := s.call(t, alice.Address())
	c := alice.conversation(t)
	m := wire.Message{ID: wire.MessageID{1}, Text: "hello"}
	l.sendMessage(t, m)
	l.wantQuiet(t)
	c.Close()
	if e, err := c.Next(testContext(t)); !errors.Is(err, node.ErrClosed) {
		t.Errorf("a closed conversation gives %T, %v", e, err)
	}
	if _, err := l.Conn.Read(wire.Cell); err == nil {
		t.Error("a cell arrived from a conversation that is closed")
	}
	l = s.call(t, alice.Address())
	l.sendMessage(t, m)
	alice.accept(t).awaitHeard(t, []string{"hello"})
	l.wantConfirmed(t, m.ID)
}
