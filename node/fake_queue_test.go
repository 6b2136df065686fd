package node_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/network"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/wire"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// TestQueueForSomebodyWhoIsAway: what was said to somebody who is not there arrives in
// its order when they come, in few cells.
func TestQueueForSomebodyWhoIsAway(t *testing.T) {
	t.Parallel()
	const messages, cells = 1000, 10
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	bob := newRaw(t, fake)
	l, contact := bob.join(t, alice)
	l.say(t)
	fake.OnSocks(func(r tortest.FakeRequest) tortest.FakeSocksReply {
		if r.Host == bob.service.Address().String() {
			return tortest.FakeSocksReply{Code: 0xF0} // not found
		}
		return tortest.FakeSocksReply{}
	})
	_ = l.Conn().Close()
	awaitPresence(t, alice, contact.ID, "offline")
	for i := range messages {
		if _, err := alice.Send(testContext(t), contact.Conversation, fmt.Sprint(secret, i), node.SendOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	if s, err := alice.Status(testContext(t)); err != nil || s.Waiting != messages {
		t.Errorf("%d messages wait: %v", s.Waiting, err)
	}
	l = bob.call(t, alice)
	l.say(t)
	got, read := 0, 0
	for got < messages {
		_, bodies := l.hear(t)
		read++
		for _, b := range bodies {
			if m, ok := b.(wire.Text); ok {
				if want := fmt.Sprint(secret, got); m.Text != want {
					t.Fatalf("%q has come instead of %q", m.Text, want)
				}
				got++
			}
		}
	}
	if read > cells {
		t.Errorf("they came in %d cells, want %d at most", read, cells)
	}
	l.say(t)
	eventually(t, "the confirmations", func() bool {
		s, err := alice.Status(testContext(t))
		return err == nil && s.Waiting == 0
	})
}

// TestLateLink: somebody who answers a handshake just when the node has had enough of
// waiting is reached all the same in the end: no link is left that nobody serves.
func TestLateLink(t *testing.T) {
	t.Parallel()
	const patience = 300 * time.Millisecond
	fake := tortest.NewFake(t)
	c := new(clock)
	alice, _ := watched(t, fake, func(cfg *node.Config) {
		cfg.SetClock(c.now)
		cfg.Hurry(node.Impatience{Handshake: patience})
	})
	bob := newRaw(t, fake)
	contact, err := alice.AddContact(testContext(t), bob.link(), node.AddOptions{})
	if err != nil {
		t.Fatal(err)
	}
	next := func() network.Stream { return c.opened(t, alice, bob, 20*time.Minute) }
	for i := range 12 {
		s := next()
		l := &rawLink{s, wire.NewConn(s), bob}
		h := bob.handshake(t, s.Conn().RemotePeer(), false)
		if l.expect(h) == nil {
			release := func() {}
			if i%2 == 1 {
				release = alice.Hold() // the time is over while the loop does something else
			}
			time.Sleep(patience - 10*time.Millisecond + 2*time.Duration(i)*time.Millisecond)
			_ = l.write(h)
			time.Sleep(20 * time.Millisecond)
			release()
		}
		h.Close()
		_ = s.Reset()
	}
	var l *rawLink
	for l == nil { // the last of them may have been late as well
		s := next()
		l = &rawLink{s, wire.NewConn(s), bob}
		h := bob.handshake(t, s.Conn().RemotePeer(), false)
		if err := l.respond(h); err != nil {
			l = nil
			continue
		}
		l.enlist(t, h)
	}
	hearOf[wire.Request](t, l)
	l.say(t, wire.Accept{Addresses: bob.addresses()})
	eventually(t, "acceptance", func() bool { return contactOf(t, alice, bob.ID()).State == "accepted" })
	if n := alice.LinkCount(); n != 1 {
		t.Errorf("there are %d links", n)
	}
	awaitPresence(t, alice, contact.ID, "online")
}
