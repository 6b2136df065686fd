package tortransport_test

import (
	"crypto/rand"
	"testing"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/onionhost"
	"github.com/onionwire/onionwire/tortransport/tor"
)

const virtualPort = 4001

func onionAddr(t testing.TB, k onion.Key) ma.Multiaddr {
	t.Helper()
	m, err := k.Address().Multiaddr(virtualPort)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// stockHost is what libp2p.New makes with this transport, as a program would
// that knows nothing of onionhost.
func stockHost(t testing.TB, d *tor.Daemon, k onion.Key, opts ...libp2p.Option) host.Host {
	t.Helper()
	opts = append([]libp2p.Option{
		libp2p.NoTransports,
		libp2p.Transport(tortransport.New, tortransport.WithDaemon(d), tortransport.WithOnionKey(k)),
		libp2p.ListenAddrs(onionAddr(t, k)),
		libp2p.WithDialTimeout(tortransport.DialTimeout),
		libp2p.DisableRelay(),
	}, opts...)
	h, err := libp2p.New(opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

// ownHost is a host of package onionhost. Without a key it listens nowhere.
func ownHost(t testing.TB, d *tor.Daemon, keys ...onion.Key) host.Host {
	t.Helper()
	return ownHostWith(t, d, nil, keys...)
}

func ownHostWith(t testing.TB, d *tor.Daemon, opts []tortransport.Option, keys ...onion.Key) host.Host {
	t.Helper()
	identity, _, err := crypto.GenerateEd25519Key(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	cfg := onionhost.Config{Key: identity, Ping: true, Transport: append([]tortransport.Option{tortransport.WithDaemon(d)}, opts...)}
	for _, k := range keys {
		cfg.Transport = append(cfg.Transport, tortransport.WithOnionKey(k))
		cfg.ListenAddrs = append(cfg.ListenAddrs, onionAddr(t, k))
	}
	h, err := onionhost.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

func infoOf(h host.Host) peer.AddrInfo { return peer.AddrInfo{ID: h.ID(), Addrs: h.Addrs()} }
