package node_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/wire"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// TestStrangerRefused: who is not admitted sees a reset and not a byte.
func TestStrangerRefused(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	asked := make(chan peer.ID, 8)
	alice := newParty(t, fake, func(cfg *node.Config) {
		cfg.Admit = func(id peer.ID) bool {
			asked <- id
			return false
		}
	})
	bob := newParty(t, fake) // admits nobody
	s := newStranger(t, fake, nil)
	for _, p := range []*party{alice, bob} {
		s.beginHeard(t, p.Address()).wantReset(t)
	}
	if id := <-asked; id != s.ID() {
		t.Error("Admit was asked for somebody else")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := alice.Accept(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Accept: %v", err)
	}
}

// TestStrangerWhoDoesNotFinishLeavesNothing: a conversation begins with a
// handshake that is done, so the next attempt is one of a stranger again.
func TestStrangerWhoDoesNotFinishLeavesNothing(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	asked := make(chan peer.ID, 8)
	alice := newParty(t, fake, func(cfg *node.Config) {
		cfg.Admit = func(id peer.ID) bool {
			asked <- id
			return true
		}
	})
	s := newStranger(t, fake, nil)
	for range 3 {
		stream := s.begin(t, alice.Address())
		if _, err := wire.NewConn(stream).Read(wire.Handshake); err != nil {
			t.Fatal(err)
		}
		stream.Reset()
		<-asked
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := alice.Accept(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Accept: %v", err)
	}
	l := s.call(t, alice.Address())
	<-asked
	l.sendText(t, "now for real")
	alice.accept(t).awaitHeard(t, []string{"now for real"})
}

// TestNobodyAccepts: conversations that nobody takes are bounded in number.
func TestNobodyAccepts(t *testing.T) {
	t.Parallel()
	const waiting = 16
	fake := tortest.NewFake(t)
	alice := newParty(t, fake, admitAll)
	for range waiting {
		s := newStranger(t, fake, nil)
		s.call(t, alice.Address()).sendText(t, "hello")
	}
	late := newStranger(t, fake, nil)
	listen(t, late.call(t, alice.Address()).Stream).wantReset(t)
	for range waiting {
		alice.accept(t).awaitHeard(t, []string{"hello"})
	}
	late.call(t, alice.Address()).sendText(t, "hello again")
	alice.accept(t).awaitHeard(t, []string{"hello again"})
}

// TestManyStreams: strangers who open streams and leave their handshakes
// undone are bounded in number, and do not keep a contact out.
func TestManyStreams(t *testing.T) {
	t.Parallel()
	const strangers, each, bound = 40, 50, 32
	fake := tortest.NewFake(t)
	alice, bob := newParty(t, fake, admitAll), newParty(t, fake)
	answered := make(chan bool, strangers*each)
	for range strangers {
		s := newStranger(t, fake, nil)
		for range each {
			stream := s.begin(t, alice.Address())
			go func() {
				_, err := wire.NewConn(stream).Read(wire.Handshake)
				answered <- err == nil
			}()
		}
	}
	refused, n := 0, 0
	for quiet := false; !quiet; {
		select {
		case ok := <-answered:
			if ok {
				n++
			} else {
				refused++
			}
		case <-time.After(500 * time.Millisecond):
			quiet = true
		}
	}
	if n > bound || n == 0 {
		t.Errorf("%d handshakes are under way at once, want up to %d", n, bound)
	}
	if n+refused != strangers*each {
		t.Errorf("%d streams were answered and %d refused, of %d", n, refused, strangers*each)
	}
	a := alice.begin(t, bob.Address())
	b := bob.begin(t, alice.Address())
	b.say(t, "let me through")
	a.awaitFor(t, 2*promptly, "the message", func(s *story) bool { return len(s.received) == 1 })
}

// TestContactIsNotKeptOut fills every place for a stranger's handshake; the
// contact comes from their side all the same.
func TestContactIsNotKeptOut(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice := newParty(t, fake, admitAll)
	contact := newStranger(t, fake, nil)
	a := alice.begin(t, contact.address)
	contact.opened(t).Reset()
	for range 4 {
		s := newStranger(t, fake, nil)
		for range 10 {
			s.begin(t, alice.Address())
		}
	}
	time.Sleep(100 * time.Millisecond)
	for try := 1; ; try++ {
		// A handshake of our own may be under way in the same moment.
		stream := contact.open(t, alice.Address())
		conn, h := wire.NewConn(stream), contact.handshake(t, alice.Address().Peer, true)
		writeHandshake(t, conn, h)
		m, err := conn.Read(wire.Handshake)
		if err == nil && len(m) == e2ee.Message2Size {
			if err := h.Read(m); err != nil {
				t.Fatal(err)
			}
			writeHandshake(t, conn, h)
			break
		}
		if try == 3 {
			t.Fatalf("the contact is refused: %v", err)
		}
		time.Sleep(100 * time.Millisecond)
	}
	a.awaitUp(t)
}
