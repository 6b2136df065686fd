package onionhost_test

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"
	"go.uber.org/goleak"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/onionhost"
	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func testContext(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func fakeTor(t *testing.T) (*tortest.Fake, *tor.Daemon) {
	t.Helper()
	f := tortest.NewFake(t)
	control, err := tor.ParseAddr(f.ControlAddr())
	if err != nil {
		t.Fatal(err)
	}
	d, err := tor.Attach(testContext(t), tor.AttachConfig{Control: control})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return f, d
}

func newIdentity(t *testing.T) crypto.PrivKey {
	t.Helper()
	k, _, err := crypto.GenerateEd25519Key(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// newOnion makes an onion address, and the option with which it is listened on.
func newOnion(t *testing.T) (ma.Multiaddr, tortransport.Option) {
	t.Helper()
	k, err := onion.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	m, err := k.Address().Multiaddr(4001)
	if err != nil {
		t.Fatal(err)
	}
	return m, tortransport.WithOnionKey(k)
}

// newHost makes a host that listens on an onion address and can be reached.
func newHost(t *testing.T, d *tor.Daemon) host.Host {
	t.Helper()
	addr, key := newOnion(t)
	h, err := onionhost.New(onionhost.Config{
		Key:         newIdentity(t),
		ListenAddrs: []ma.Multiaddr{addr},
		Transport:   []tortransport.Option{tortransport.WithDaemon(d), key},
		Ping:        true,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	if err := tortransport.Ready(testContext(t), h.Network()); err != nil {
		t.Fatal(err)
	}
	return h
}

// stockHost is a host of libp2p's own making, with what that does by default.
func stockHost(t *testing.T, d *tor.Daemon) host.Host {
	t.Helper()
	addr, key := newOnion(t)
	h, err := libp2p.New(
		libp2p.NoTransports,
		libp2p.Transport(tortransport.New, tortransport.WithDaemon(d), key),
		libp2p.ListenAddrs(addr),
		libp2p.DisableRelay(),
	)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	if err := tortransport.Ready(testContext(t), h.Network()); err != nil {
		t.Fatal(err)
	}
	return h
}

func infoOf(h host.Host) peer.AddrInfo { return peer.AddrInfo{ID: h.ID(), Addrs: h.Addrs()} }
