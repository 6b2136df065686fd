package node_test

import (
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/p2p/protocol/ping"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// TestStreamsWithoutAProtocol: strangers who open streams and never say what for do not
// keep a contact out.
func TestStreamsWithoutAProtocol(t *testing.T) {
	t.Parallel()
	const strangers, each = 8, 250
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	friend := newRaw(t, fake)
	friend.join(t, alice)
	shared := attach(t, fake.ControlAddr(), fake.SocksAddr())
	for range strangers {
		r := newRawOn(t, shared, false)
		if err := r.dial(t, alice); err != nil {
			t.Fatal(err)
		}
		for range each {
			s, err := r.Network().Conns()[0].NewStream(testContext(t))
			if err != nil {
				break
			}
			_, _ = s.Write([]byte{19}) // the beginning of a choice
		}
	}
	friend.call(t, alice).say(t, text(1, secret))
	alice.awaitKind(t, "message_received")
}

// TestPingsOfStrangers: strangers who hold as many streams for pings as they get do
// not keep a contact's ping from being answered.
func TestPingsOfStrangers(t *testing.T) {
	t.Parallel()
	const strangers, each = 100, 8
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	friend := newRaw(t, fake)
	l, _ := friend.join(t, alice)
	shared := attach(t, fake.ControlAddr(), fake.SocksAddr())
	for range strangers {
		r := newRawOn(t, shared, false)
		if err := r.dial(t, alice); err != nil {
			t.Fatal(err)
		}
		for range each {
			s, err := tortransport.OpenStream(network.WithNoDial(testContext(t), "connected"), r.Network(), l.Conn().RemotePeer(), ping.ID)
			if err == nil {
				_, _ = s.Write(make([]byte, ping.PingSize)) // and it may be refused
			}
		}
	}
	s, err := tortransport.OpenStream(network.WithNoDial(testContext(t), "connected"), friend.Network(), l.Conn().RemotePeer(), ping.ID)
	if err != nil {
		t.Fatal(err)
	}
	_ = s.SetDeadline(time.Now().Add(testTimeout))
	if _, err := s.Write(make([]byte, ping.PingSize)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Read(make([]byte, ping.PingSize)); err != nil {
		t.Fatal(err)
	}
}
