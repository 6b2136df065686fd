package node_test

import (
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/p2p/protocol/ping"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// awaitPresence waits until a contact is shown as there, or not.
func awaitPresence(t testing.TB, p *party, id ledger.ContactID, state string) (there node.Presence) {
	t.Helper()
	eventually(t, state, func() bool {
		var err error
		if there, err = p.Presence(testContext(t), id); err != nil {
			t.Fatal(err)
		}
		return string(there.State) == state
	})
	return there
}

// TestNoAnswerToPings: a contact from whom nothing comes back any more loses the link,
// and the connection, and is shown as gone, with the time of the last sign of life.
func TestNoAnswerToPings(t *testing.T) {
	t.Parallel()
	const quiet, answer = 2 * time.Second, time.Second
	fake := tortest.NewFake(t)
	alice, log := watched(t, fake, func(c *node.Config) { c.Hurry(node.Impatience{Quiet: quiet, Answer: answer}) })
	mallory := newRaw(t, fake)
	pings := make(chan network.Stream, 64)
	mallory.SetStreamHandler(ping.ID, func(s network.Stream) { pings <- s }) // and no more
	l, contact := mallory.join(t, alice)
	awaitPresence(t, alice, contact.ID, "online")
	l.say(t, text(1, secret))
	alice.awaitKind(t, "message_received")
	last := time.Now()
	gone := awaitPresence(t, alice, contact.ID, "offline")
	if took := time.Since(last); took < quiet+answer-time.Second {
		t.Errorf("gone after %s", took)
	}
	if gone.Heard.After(last.Add(quiet / 2)) {
		t.Errorf("last heard %s after the last sign of life", gone.Heard.Sub(last))
	}
	select {
	case <-pings:
	default:
		t.Error("nobody has asked for a sign of life")
	}
	eventually(t, "the end of the connection", func() bool { return alice.ConnectionCount() == 0 })
	if !log.has("no sign of life") {
		t.Error("the log does not say why")
	}
}

// TestAnswersToPings: a contact who answers, and says nothing, stays.
func TestAnswersToPings(t *testing.T) {
	t.Parallel()
	const quiet = 200 * time.Millisecond
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, func(c *node.Config) { c.Hurry(node.Impatience{Quiet: quiet}) })
	bob := newRaw(t, fake)
	l, contact := bob.join(t, alice)
	there := awaitPresence(t, alice, contact.ID, "online")
	eventually(t, "signs of life", func() bool {
		p := awaitPresence(t, alice, contact.ID, "online")
		return p.Heard.Sub(there.Heard.Time) > 5*quiet
	})
	l.say(t, text(1, secret))
	alice.awaitKind(t, "message_received")
	if n := alice.count("presence_changed"); n != 1 {
		t.Errorf("the presence has changed %d times", n)
	}
}

// TestSilence: a contact from whom nothing comes, although the other side was asked for it, is
// not shown as online, long before the link is given up, and is again with the next word.
func TestSilence(t *testing.T) {
	t.Parallel()
	const quiet, late = 500 * time.Millisecond, 300 * time.Millisecond
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, func(c *node.Config) {
		c.Hurry(node.Impatience{Quiet: quiet, Late: late, Answer: 2 * time.Minute})
	})
	mallory := newRaw(t, fake)
	mallory.SetStreamHandler(ping.ID, func(network.Stream) {}) // and no more
	l, contact := mallory.join(t, alice)
	silent := awaitPresence(t, alice, contact.ID, "silent")
	if ago := time.Since(silent.Heard.Time); ago < quiet+late-10*time.Millisecond {
		t.Errorf("silent %s after a sign of life", ago)
	}
	for n := byte(1); ; n++ { // on a busy machine silence may be back before anybody asks
		l.say(t, text(n, secret))
		alice.awaitKind(t, "message_received")
		if p, err := alice.Presence(testContext(t), contact.ID); err != nil {
			t.Fatal(err)
		} else if p.State == "online" {
			break
		}
	}
	if n := alice.count("presence_changed"); n != 1 {
		t.Errorf("the presence has changed %d times", n)
	}
}

// TestTries: of somebody who was not there when they were dialled it is known when that was, and
// when they are dialled again, if somebody waits for them.
func TestTries(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	bob, _ := watched(t, fake, nil)
	befriend(t, alice, bob)
	contact := contactOf(t, alice, bob.profile.Peer())
	id := contact.ID
	bob.leave(t)
	if p := awaitPresence(t, alice, id, "offline"); !p.Tried.IsZero() || !p.Next.IsZero() {
		t.Errorf("tried at %v, and again at %v, without need", p.Tried, p.Next)
	}
	before := time.Now().Add(-time.Second)
	if _, err := alice.Ping(testContext(t), id); err == nil {
		t.Fatal("somebody who is away answers")
	}
	p := awaitPresence(t, alice, id, "offline")
	if p.Trouble == "" || p.Tried.Before(before) || !p.Next.IsZero() {
		t.Errorf("nobody waits: %+v", p)
	}
	alice.say(t, contact.Conversation, "hello")
	eventually(t, "another try", func() bool {
		p, err := alice.Presence(testContext(t), id)
		if err != nil {
			t.Fatal(err)
		}
		return p.State == "offline" && p.Next.After(p.Tried.Time)
	})
}
