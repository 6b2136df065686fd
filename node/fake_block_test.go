package node_test

import (
	"errors"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/network"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/wire"
	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// TestBlockedIsTurnedAway: who is blocked loses the connection at once, and gets none again until
// that is undone: no stream of theirs is looked at.
func TestBlockedIsTurnedAway(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, log := watched(t, fake, func(c *node.Config) { c.Hurry(node.Impatience{Unused: time.Hour}) })
	mallory := newRaw(t, fake)
	l, contact := mallory.join(t, alice)
	l.say(t)
	if err := alice.BlockContact(testContext(t), contact.ID); err != nil {
		t.Fatal(err)
	}
	wantEnd(t, l)
	eventually(t, "the end of the connection", func() bool { return alice.ConnectionCount() == 0 })
	for range 5 {
		// The dial may seem to succeed, until what the other side has said comes.
		_ = mallory.dial(t, alice)
		s, err := tortransport.OpenStream(testContext(t), mallory.Network(), l.Conn().RemotePeer(), wire.ProtocolID)
		if err != nil {
			continue
		}
		_, _ = s.Write(frame(t, wire.Cell, make([]byte, 4096)))
		wantEnd(t, s)
	}
	if n := alice.ConnectionCount(); n > 0 {
		t.Errorf("there are %d connections", n)
	}
	if log.has("inbound stream refused") {
		t.Error("a stream of somebody blocked was looked at")
	}
	if _, err := alice.Send(testContext(t), contact.Conversation, secret, node.SendOptions{}); !errors.Is(err, node.ErrState) {
		t.Errorf("Send: %v", err)
	}
	if err := alice.UnblockContact(testContext(t), contact.ID); err != nil {
		t.Fatal(err)
	}
	mallory.call(t, alice).say(t, text(1, secret))
	alice.awaitKind(t, "message_received")
}

// TestBlockedMeanwhile: what comes behind the decision is not taken, however little.
func TestBlockedMeanwhile(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	mallory := newRaw(t, fake)
	l, contact := mallory.join(t, alice)
	awaitPresence(t, alice, contact.ID, "online")
	ctx := testContext(t)
	blocked := make(chan error, 1)
	alice.Hold()() // what was under way is done
	release := alice.Hold()
	before := alice.Inputs()
	go func() { blocked <- alice.BlockContact(ctx, contact.ID) }()
	eventually(t, "the decision", func() bool { return alice.Inputs() > before })
	before = alice.Inputs()
	l.say(t, text(1, secret))
	eventually(t, "the cell", func() bool { return alice.Inputs() > before })
	release()
	if err := <-blocked; err != nil {
		t.Fatal(err)
	}
	alice.Hold()()
	if got := textsOf(t, alice, contact.Conversation); len(got) > 0 {
		t.Errorf("%d messages were taken", len(got))
	}
	if err := alice.Err(); err != nil {
		t.Error(err)
	}
}

// TestBlockedIsNotDialled: nor is somebody who is blocked called.
func TestBlockedIsNotDialled(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	mallory := newRaw(t, fake)
	l, contact := mallory.join(t, alice)
	keep := true
	if _, err := alice.UpdateContact(testContext(t), contact.ID, node.ContactUpdate{KeepConnected: &keep}); err != nil {
		t.Fatal(err)
	}
	if err := alice.BlockContact(testContext(t), contact.ID); err != nil {
		t.Fatal(err)
	}
	wantEnd(t, l)
	dials := len(fake.Requests())
	alice.leave(t)
	alice.come(t)
	alice.Hold()()
	if n := len(fake.Requests()); n != dials {
		t.Errorf("%d dials", n-dials)
	}
	if c := mallory.Network().Connectedness(l.Conn().RemotePeer()); c == network.Connected {
		t.Error("they are connected")
	}
}
