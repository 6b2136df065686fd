package node_test

import (
	"crypto/ed25519"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/network"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/wire"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// lasting is what follows when somebody cannot be the one whom a node wants: it does
// not try again before a quarter of an hour, more or less, has passed, whatever is
// wanted meanwhile, and then it does.
func lasting(t *testing.T, alice *party, c *clock, to node.Contact, dials func() int) {
	t.Helper()
	before := dials()
	for range 10 {
		if _, err := alice.Send(testContext(t), to.Conversation, secret, node.SendOptions{}); err != nil {
			t.Fatal(err)
		}
		c.forward(t, alice, time.Minute)
	}
	eventually(t, "the end of what is under way", func() bool {
		p, err := alice.Presence(testContext(t), to.ID)
		return err == nil && p.State == "offline"
	})
	if n := dials(); n != before {
		t.Errorf("%d more dials within ten minutes", n-before)
	}
	c.forward(t, alice, 10*time.Minute)
	eventually(t, "another dial", func() bool { return dials() > before })
}

// TestSomebodyElseAnswers has another peer ID behind the address of a contact.
func TestSomebodyElseAnswers(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	c := new(clock)
	alice, log := watched(t, fake, func(cfg *node.Config) { cfg.SetClock(c.now) })
	bob, mallory := newRaw(t, fake), newRaw(t, fake)
	link := bob.link()
	link.Onion = mallory.service.Address()
	contact, err := alice.AddContact(testContext(t), link, node.AddOptions{})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the reason", func() bool { return log.has(node.ErrWrongPeer.Error()) })
	lasting(t, alice, c, contact, func() int { return len(fake.Requests()) })

	// With the right address nobody waits, although the wrong one is tried as well.
	if _, err := alice.AddContact(testContext(t), bob.link(), node.AddOptions{}); err != nil {
		t.Fatal(err)
	}
	c.forward(t, alice, 10*time.Second) // two dials are never closer
	l := bob.answer(t, bob.opened(t))
	hearOf[wire.Request](t, l)
}

// TestSomebodyElseInTheHandshake has the right peer ID, and a certificate of another
// identity in the end-to-end handshake.
func TestSomebodyElseInTheHandshake(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	c := new(clock)
	alice, log := watched(t, fake, func(cfg *node.Config) { cfg.SetClock(c.now) })
	mallory := newRaw(t, fake)
	_, other, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	streams := make(chan struct{}, 64)
	mallory.SetStreamHandler(wire.ProtocolID, func(s network.Stream) {
		defer s.Close()
		streams <- struct{}{}
		h, err := mallory.handshakeAs(other, s.Conn().RemotePeer(), false)
		if err != nil {
			t.Error(err)
			return
		}
		defer h.Close()
		l := &rawLink{s, wire.NewConn(s), mallory}
		if err := l.respond(h); err == nil {
			t.Error("the handshake goes on")
		}
	})
	contact, err := alice.AddContact(testContext(t), mallory.link(), node.AddOptions{})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the reason", func() bool { return log.has(node.ErrNotProven.Error()) })
	lasting(t, alice, c, contact, func() int { return len(streams) })
}

// TestCertificateOfSomebodyElse is the same from the other side: who calls has to prove
// who it is.
func TestCertificateOfSomebodyElse(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, log := watched(t, fake, nil)
	mallory := newRaw(t, fake)
	_, other, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	s := mallory.open(t, alice)
	h, err := mallory.handshakeAs(other, s.Conn().RemotePeer(), true)
	if err != nil {
		t.Fatal(err)
	}
	l := &rawLink{s, wire.NewConn(s), mallory}
	if err := l.write(h); err != nil {
		t.Fatal(err)
	}
	m, err := l.conn.Read(wire.Handshake)
	if err == nil {
		err = h.Read(m)
	}
	if err == nil {
		err = l.write(h)
	}
	if err != nil {
		t.Fatal(err)
	}
	wantEnd(t, s)
	eventually(t, "the reason", func() bool { return log.has(node.ErrNotProven.Error()) })
	if all, err := alice.Contacts(testContext(t)); err != nil || len(all) > 0 {
		t.Errorf("%d contacts have come of it: %v", len(all), err)
	}
}

// TestAnotherVersion: who speaks another version is named so, and may come back with
// the right one.
func TestAnotherVersion(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	c := new(clock)
	alice, log := watched(t, fake, func(cfg *node.Config) { cfg.SetClock(c.now) })
	mallory := newRaw(t, fake)
	old := make(chan struct{}, 64)
	mallory.SetStreamHandler(wire.ProtocolID, func(s network.Stream) {
		defer s.Close()
		conn := wire.NewConn(s)
		if _, err := conn.Read(wire.Handshake); err == nil {
			_ = conn.Write(wire.Handshake, make([]byte, e2ee.Message2Size))
			old <- struct{}{}
		}
	})
	if _, err := alice.AddContact(testContext(t), mallory.link(), node.AddOptions{}); err != nil {
		t.Fatal(err)
	}
	<-old
	eventually(t, "the reason", func() bool { return log.has("dial failed") })
	mallory.SetStreamHandler(wire.ProtocolID, func(s network.Stream) { mallory.streams <- s })
	c.forward(t, alice, time.Minute)
	l := mallory.answer(t, mallory.opened(t))
	hearOf[wire.Request](t, l)
}

// TestWithoutTheProtocol: a contact who does not have the protocol is not said to be
// somebody else, and tried again.
func TestWithoutTheProtocol(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	c := new(clock)
	alice, log := watched(t, fake, func(cfg *node.Config) { cfg.SetClock(c.now) })
	mallory := newRaw(t, fake)
	mallory.RemoveStreamHandler(wire.ProtocolID)
	if _, err := alice.AddContact(testContext(t), mallory.link(), node.AddOptions{}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the reason", func() bool {
		c.forward(t, alice, time.Minute)
		return log.has(node.ErrVersion.Error())
	})
}
