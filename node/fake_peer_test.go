package node_test

import (
	"crypto/ed25519"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/node/contactlink"
	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/wire"
	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/onionhost"
	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// raw is a libp2p host that speaks the chat protocol by hand, and as a test wants it.
type raw struct {
	host.Host
	key     ed25519.PrivateKey
	service onion.Key
	streams chan network.Stream // that others have opened

	mu       sync.Mutex
	sessions e2ee.Sessions
	out      uint64 // our stream of items
	next     uint64 // the number of our next item
	in       wire.Ack
	conceal  bool // confirms nothing
}

// newRaw makes a host on a fake Tor, with a daemon of its own, that can be reached.
func newRaw(t testing.TB, fake *tortest.Fake) *raw {
	t.Helper()
	r := newRawOn(t, attach(t, fake.ControlAddr(), fake.SocksAddr()), true)
	if err := tortransport.Ready(testContext(t), r.Network()); err != nil {
		t.Fatal(err)
	}
	return r
}

// newRawOn makes a host on a daemon that it may share. Who does not listen costs less.
func newRawOn(t testing.TB, d *tor.Daemon, listens bool) *raw {
	t.Helper()
	r := &raw{streams: make(chan network.Stream, 64), out: 1}
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	r.key = private
	key, err := crypto.UnmarshalEd25519PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	if r.service, err = onion.GenerateKey(); err != nil {
		t.Fatal(err)
	}
	cfg := onionhost.Config{
		Key: key, Ping: true,
		Transport: []tortransport.Option{tortransport.WithDaemon(d), tortransport.WithLogger(slog.New(slog.DiscardHandler))},
	}
	if listens {
		at, err := r.service.Address().Multiaddr(profile.Port)
		if err != nil {
			t.Fatal(err)
		}
		cfg.ListenAddrs = []ma.Multiaddr{at}
		cfg.Transport = append(cfg.Transport, tortransport.WithOnionKey(r.service))
	}
	if r.Host, err = onionhost.New(cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	r.SetStreamHandler(wire.ProtocolID, func(s network.Stream) {
		select {
		case r.streams <- s:
		default:
			_ = s.Reset()
		}
	})
	return r
}

// link is the contact link of the host.
func (r *raw) link() contactlink.Link {
	return contactlink.Link{Onion: r.service.Address(), Port: profile.Port, Peer: r.ID()}
}

func (r *raw) addresses() wire.Addresses {
	return wire.Addresses{{Onion: [32]byte(r.service.Address().PublicKey()), Port: profile.Port}}
}

// dial connects to a node.
func (r *raw) dial(t testing.TB, to *party) error {
	t.Helper()
	link, err := to.Link(testContext(t))
	if err != nil {
		t.Fatal(err)
	}
	at, err := link.Onion.Multiaddr(link.Port)
	if err != nil {
		t.Fatal(err)
	}
	return onionhost.Connect(testContext(t), r, peer.AddrInfo{ID: link.Peer, Addrs: []ma.Multiaddr{at}})
}

// open opens a chat stream to a node.
func (r *raw) open(t testing.TB, to *party) network.Stream {
	t.Helper()
	if err := r.dial(t, to); err != nil {
		t.Fatal(err)
	}
	return r.openOn(t, to)
}

// openOn does that over the connection that there is.
func (r *raw) openOn(t testing.TB, to *party) network.Stream {
	t.Helper()
	link, err := to.Link(testContext(t))
	if err != nil {
		t.Fatal(err)
	}
	s, err := tortransport.OpenStream(network.WithNoDial(testContext(t), "connected"), r.Network(), link.Peer, wire.ProtocolID)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Reset() })
	return s
}

// opened waits for a stream that a node opens.
func (r *raw) opened(t testing.TB) network.Stream {
	t.Helper()
	select {
	case s := <-r.streams:
		t.Cleanup(func() { _ = s.Reset() })
		return s
	case <-time.After(testTimeout):
		t.Fatal("nobody opens a stream")
		return nil
	}
}

// handshake is our side of one with whoever is at the other end of a stream.
func (r *raw) handshake(t testing.TB, with peer.ID, opener bool) *e2ee.Handshake {
	t.Helper()
	h, err := r.handshakeAs(r.key, with, opener)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func (r *raw) handshakeAs(key ed25519.PrivateKey, with peer.ID, opener bool) (*e2ee.Handshake, error) {
	identity, err := e2ee.NewIdentity(key)
	if err != nil {
		return nil, err
	}
	remote, err := contactlink.IdentityKey(with)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	generation := r.sessions.Generation()
	r.mu.Unlock()
	cfg := e2ee.HandshakeConfig{
		Identity: identity, LocalID: []byte(r.ID()), RemoteID: []byte(with), RemoteKey: remote,
		KnowsRemote: true, Generation: generation,
	}
	if opener {
		return e2ee.NewInitiator(cfg)
	}
	return e2ee.NewResponder(cfg)
}
