package node_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/onionwire/onionwire/node"
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
	const strangers, each, bound = 40, 10, 32
	fake := tortest.NewFake(t)
	alice, bob := newParty(t, fake, admitAll), newParty(t, fake)
	ended := make(chan struct{}, strangers*each)
	for range strangers {
		s := newStranger(t, fake, nil)
		for range each {
			h := s.beginHeard(t, alice.Address())
			go func() {
				<-h.done
				ended <- struct{}{}
			}()
		}
	}
	for n := range strangers*each - bound {
		select {
		case <-ended:
		case <-time.After(promptly):
			t.Fatalf("%d handshakes are under way at once, want %d", strangers*each-n, bound)
		}
	}
	a := alice.begin(t, bob.Address())
	b := bob.begin(t, alice.Address())
	b.say(t, "let me through")
	a.awaitFor(t, 2*promptly, "the message", func(s *story) bool { return len(s.received) == 1 })
	if n := len(ended); n > 0 {
		t.Errorf("%d handshakes more have ended than had to", n)
	}
}

// TestHogAndNewcomer: one stranger who begins many handshakes has the newest of
// them only, and keeps neither out those who have begun before nor who comes
// after.
func TestHogAndNewcomer(t *testing.T) {
	t.Parallel()
	const many = 100
	fake := tortest.NewFake(t)
	alice, early, hog := newParty(t, fake, admitAll), newStranger(t, fake, nil), newStranger(t, fake, nil)
	stream := early.open(t, alice.Address())
	conn, h := wire.NewConn(stream), early.handshake(t, alice.Address().Peer, true)
	writeHandshake(t, conn, h)
	readHandshake(t, conn, h)

	var last network.Stream
	for range many {
		last = hog.begin(t, alice.Address())
		if _, err := wire.NewConn(last).Read(wire.Handshake); err != nil {
			t.Fatalf("the newest handshake is refused: %v", err)
		}
	}
	newcomer := newStranger(t, fake, nil)
	newcomer.call(t, alice.Address()).sendText(t, "I am new")
	alice.accept(t).awaitHeard(t, []string{"I am new"})

	writeHandshake(t, conn, h)
	newLine(t, stream, conn, h).sendText(t, "I was here before")
	alice.accept(t).awaitHeard(t, []string{"I was here before"})
	if _, err := last.Write([]byte{0}); err != nil {
		t.Errorf("the newest handshake has ended: %v", err)
	}
}

// fillPlaces lets as many strangers as there are places begin a handshake each,
// one after another, and returns what they hear after the second message.
func fillPlaces(t testing.TB, fake *tortest.Fake, to node.Address) []*heard {
	t.Helper()
	const places = 32
	waiting := make([]*heard, places)
	for i := range waiting {
		stream := newStranger(t, fake, nil).begin(t, to)
		if _, err := wire.NewConn(stream).Read(wire.Handshake); err != nil {
			t.Fatal(err)
		}
		waiting[i] = listen(t, stream)
	}
	return waiting
}

// TestNewcomerTakesTheOldestPlace: when all places are taken, by as many
// strangers, there is one for who comes next.
func TestNewcomerTakesTheOldestPlace(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice := newParty(t, fake, admitAll)
	waiting := fillPlaces(t, fake, alice.Address())
	newStranger(t, fake, nil).call(t, alice.Address()).sendText(t, "hello")
	alice.accept(t).awaitHeard(t, []string{"hello"})
	waiting[0].wantReset(t)
	for i, h := range waiting[1:] {
		select {
		case <-h.done:
			t.Errorf("stranger %d has lost the place to one newcomer", i+1)
		default:
		}
	}
}

// TestContactIsNotKeptOut fills every place for a stranger's handshake; the
// contact comes from their side all the same, and takes none of them.
func TestContactIsNotKeptOut(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice := newParty(t, fake, admitAll)
	contact := newStranger(t, fake, nil)
	waiting := fillPlaces(t, fake, alice.Address())
	a := alice.begin(t, contact.address)
	contact.opened(t).Reset()
	// Or a handshake of our own would be under way in the same moment.
	a.await(t, "a failed try", func(s *story) bool { return len(s.unreachable) > 0 })
	contact.call(t, alice.Address()).sendText(t, "let me through")
	a.awaitHeard(t, []string{"let me through"})
	select {
	case <-waiting[0].done:
		t.Error("a stranger has lost the place to a contact")
	default:
	}
}
