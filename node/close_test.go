package node_test

import (
	"context"
	"errors"
	"testing"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/wire"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// closeWithin closes a node and fails the test if that takes long. That no
// goroutine is left is checked when all tests have ended.
func closeWithin(t testing.TB, p *party) {
	t.Helper()
	within(t, "Close", func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestCloseWhileDialling(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, bob := newParty(t, fake), newParty(t, fake)
	dialled := make(chan struct{}, 8)
	fake.OnSocks(func(tortest.FakeRequest) tortest.FakeSocksReply {
		dialled <- struct{}{}
		return tortest.FakeSocksReply{Silent: true}
	})
	alice.begin(t, bob.Address())
	<-dialled
	closeWithin(t, alice)
}

func TestCloseWhileConnected(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, bob := newParty(t, fake), newParty(t, fake, admitAll)
	a, b := alice.begin(t, bob.Address()), bob.accept(t)
	a.awaitUp(t)
	b.awaitUp(t)
	closeWithin(t, alice)
	b.awaitFor(t, promptly, "the end of the connection", func(s *story) bool { return len(s.disconnected) == 1 })
	wantNoAddress(t, b.now().disconnected[0], alice.Address())
	closeWithin(t, bob)
}

// TestCloseWhileSending has a peer that stops reading.
func TestCloseWhileSending(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, s := newParty(t, fake), newStranger(t, fake, nil)
	a := alice.begin(t, s.address)
	l := s.answer(t, s.opened(t))
	a.say(t, numbered("unread", 1000)...) // more than the buffers of a stream hold
	l.next(t)
	closeWithin(t, alice)
}

func TestCloseDuringHandshake(t *testing.T) {
	t.Parallel()
	t.Run("of ours", func(t *testing.T) {
		t.Parallel()
		fake := tortest.NewFake(t)
		alice, s := newParty(t, fake), newStranger(t, fake, nil)
		alice.begin(t, s.address)
		h := listen(t, s.opened(t))
		closeWithin(t, alice)
		within(t, "the end at the other side", func() { <-h.done })
	})
	t.Run("of a stranger", func(t *testing.T) {
		t.Parallel()
		fake := tortest.NewFake(t)
		alice, s := newParty(t, fake, admitAll), newStranger(t, fake, nil)
		stream := s.begin(t, alice.Address())
		if _, err := wire.NewConn(stream).Read(wire.Handshake); err != nil {
			t.Fatal(err)
		}
		h := listen(t, stream)
		closeWithin(t, alice)
		within(t, "the end at the other side", func() { <-h.done })
	})
}

func TestAfterClose(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, bob := newParty(t, fake), newParty(t, fake, admitAll)
	c, err := alice.Conversation(bob.Address())
	if err != nil {
		t.Fatal(err)
	}
	closeWithin(t, alice)
	closeWithin(t, alice) // does nothing
	ctx := testContext(t)
	if _, err := c.Send("x"); !errors.Is(err, node.ErrClosed) {
		t.Errorf("Send: %v", err)
	}
	if _, err := c.Next(ctx); !errors.Is(err, node.ErrClosed) {
		t.Errorf("Next: %v", err)
	}
	if _, err := alice.Conversation(bob.Address()); !errors.Is(err, node.ErrClosed) {
		t.Errorf("Conversation: %v", err)
	}
	if _, err := alice.Accept(ctx); !errors.Is(err, node.ErrClosed) {
		t.Errorf("Accept: %v", err)
	}
	if err := alice.Ready(ctx); !errors.Is(err, node.ErrClosed) {
		t.Errorf("Ready: %v", err)
	}
	c.Close()
}

// TestConversationClosed ends one conversation; the next begins anew.
func TestConversationClosed(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, bob := newParty(t, fake), newParty(t, fake, admitAll)
	a, b := alice.begin(t, bob.Address()), bob.accept(t)
	a.awaitUp(t)
	b.awaitUp(t)
	a.Close()
	a.Close() // does nothing
	b.awaitFor(t, promptly, "the end of the connection", func(s *story) bool { return len(s.disconnected) == 1 })
	if _, err := a.Send("x"); !errors.Is(err, node.ErrClosed) {
		t.Errorf("Send: %v", err)
	}
	a = alice.begin(t, bob.Address())
	a.awaitDelivered(t, a.say(t, "hello again"))
	b.awaitHeard(t, []string{"hello again"})

	// Closed by the side that only accepted it: the other begins a new one.
	b.Close()
	again := bob.accept(t)
	again.awaitDelivered(t, again.say(t, "who is it?"))
	a.awaitHeard(t, []string{"who is it?"})
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for _, cfg := range []node.Config{{}, {Profile: createProfile(t, t.TempDir(), "alice")}} {
		if _, err := node.Open(cfg); err == nil {
			t.Error("a node was opened without what it needs")
		}
	}
}

// TestDaemonGone closes the daemon under the node, and with it the onion service.
func TestDaemonGone(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	d := attach(t, fake.ControlAddr(), fake.SocksAddr(), "")
	alice := newPartyOn(t, d)
	d.Close()
	ctx, cancel := context.WithTimeout(context.Background(), promptly)
	defer cancel()
	if err := alice.Ready(ctx); err == nil || !errors.Is(err, d.Err()) {
		t.Errorf("Ready: %v", err)
	}
	closeWithin(t, alice)
}
