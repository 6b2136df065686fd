package node_test

import (
	"testing"
	"time"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/wire"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// TestBothConnectAtOnce lets both sides call each other in the same moment.
func TestBothConnectAtOnce(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	var slowest time.Duration
	for range 20 {
		alice, bob := newParty(t, fake), newParty(t, fake)
		start := make(chan struct{})
		conversations := make(chan *node.Conversation, 2)
		for _, from := range []*party{alice, bob} {
			to := bob
			if from == bob {
				to = alice
			}
			go func() {
				<-start
				c, err := from.Conversation(to.Address())
				if err != nil {
					t.Error(err)
				}
				conversations <- c
			}()
		}
		began := time.Now()
		close(start)
		x, y := keepDiary(t, <-conversations), keepDiary(t, <-conversations)
		texts := numbered("text", 5)
		fromX, fromY := x.say(t, texts...), y.say(t, texts...)
		x.awaitHeard(t, texts)
		y.awaitHeard(t, texts)
		x.awaitDelivered(t, fromX)
		y.awaitDelivered(t, fromY)
		slowest = max(slowest, time.Since(began))
		// Whatever was on its way against the one connection has come by now.
		time.Sleep(50 * time.Millisecond)
		for _, d := range []*diary{x, y} {
			d.mu.Lock()
			if !d.up() {
				t.Errorf("connected %d times, disconnected %d times: %v", len(d.connected), len(d.disconnected), d.disconnected)
			}
			if len(d.unreachable) > 0 {
				t.Errorf("a contact who is there was called unreachable: %v", d.unreachable)
			}
			d.mu.Unlock()
		}
		alice.Close()
		bob.Close()
	}
	t.Logf("the slowest of them had talked after %s", slowest)
}

// TestLowerKeepsItsOwnConnection: while the handshake of the lower peer ID is
// under way, that of the higher is refused.
func TestLowerKeepsItsOwnConnection(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	lower := newParty(t, fake)
	higher := newStranger(t, fake, higherThan(lower.Address().Peer))
	d := lower.begin(t, higher.address)
	outbound := higher.opened(t)
	higher.beginHeard(t, lower.Address()).wantReset(t)
	l := higher.answer(t, outbound)
	d.awaitUp(t)
	l.confirm(t, d.say(t, "hello")...)
	d.await(t, "the delivery", func(s *story) bool { return len(s.delivered) == 1 })
}

// TestLowerDoesNotWaitForEver: a handshake that gets no answer, on a connection
// that is dead and does not know it, keeps the other side out for a while only.
func TestLowerDoesNotWaitForEver(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	lower := newParty(t, fake)
	higher := newStranger(t, fake, higherThan(lower.Address().Peer))
	d := lower.begin(t, higher.address)
	higher.opened(t) // and not answered
	deadline := time.Now().Add(30 * time.Second)
	for {
		stream := higher.begin(t, lower.Address())
		if err := stream.SetReadDeadline(time.Now().Add(promptly)); err != nil {
			t.Fatal(err)
		}
		if _, err := wire.NewConn(stream).Read(wire.Handshake); err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the other side is refused although our own handshake gets no answer")
		}
		time.Sleep(500 * time.Millisecond)
	}
	if s := d.now(); len(s.connected) != 0 {
		t.Error("connected without a handshake")
	}
}

// TestLowerRefusesWhatCrossed: a connection of the higher side that was on its
// way when the lower's was made must not replace it, for the higher side drops
// it as soon as it hears of the other.
func TestLowerRefusesWhatCrossed(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	lower := newParty(t, fake)
	higher := newStranger(t, fake, higherThan(lower.Address().Peer))
	d := lower.begin(t, higher.address)
	l := higher.answer(t, higher.opened(t))
	d.awaitUp(t)
	higher.beginHeard(t, lower.Address()).wantReset(t)
	l.sendText(t, "still there")
	d.awaitHeard(t, []string{"still there"})
	if s := d.now(); !s.up() {
		t.Error("the connection was given up")
	}
}

// TestNewConnectionReplacesLost: who connects although there is a connection
// that has been used has lost it.
func TestNewConnectionReplacesLost(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		higher bool
	}{{"higher", true}, {"lower", false}} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			fake := tortest.NewFake(t)
			alice := newParty(t, fake)
			fits := lowerThan(alice.Address().Peer)
			if tc.higher {
				fits = higherThan(alice.Address().Peer)
			}
			peer := newStranger(t, fake, fits)
			d := alice.begin(t, peer.address)
			old := peer.answer(t, peer.opened(t))
			old.sendText(t, "one")
			d.awaitHeard(t, []string{"one"})
			ids := d.say(t, "not confirmed")
			l := peer.call(t, alice.Address())
			l.sendText(t, "two")
			d.awaitHeard(t, []string{"one", "two"})
			for {
				if m, ok := l.next(t).(wire.Message); ok {
					if m.ID != ids[0] {
						t.Fatal("another message than the unconfirmed one is sent on the new connection")
					}
					break
				}
			}
			if s := d.now(); !s.up() {
				t.Errorf("connected %d times, disconnected %v", len(s.connected), s.disconnected)
			}
		})
	}
}

// TestHigherDoesNotGiveUpTooEarly: a connection of the lower side ends the
// higher's own attempt when it is made, not when it is begun, for it may fail.
func TestHigherDoesNotGiveUpTooEarly(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	higher := newParty(t, fake)
	lower := newStranger(t, fake, lowerThan(higher.Address().Peer))
	d := higher.begin(t, lower.address)
	outbound := lower.opened(t)
	lower.begin(t, higher.Address()).Reset()
	l := lower.answer(t, outbound)
	l.sendText(t, "hello")
	d.awaitHeard(t, []string{"hello"})
}

// TestHigherGivesWay: when the lower side's connection is made, the higher's
// own attempt ends, and nobody is called unreachable for it.
func TestHigherGivesWay(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	higher := newParty(t, fake)
	lower := newStranger(t, fake, lowerThan(higher.Address().Peer))
	d := higher.begin(t, lower.address)
	outbound := listen(t, lower.opened(t))
	l := lower.call(t, higher.Address())
	l.sendText(t, "hello")
	d.awaitHeard(t, []string{"hello"})
	outbound.wantReset(t, e2ee.Message1Size)
	if s := d.now(); !s.up() || len(s.unreachable) > 0 {
		t.Errorf("connected %d times, disconnected %v, unreachable %v", len(s.connected), s.disconnected, s.unreachable)
	}
}
