package node_test

import (
	"crypto/ed25519"
	"log/slog"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/wire"
	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/onionhost"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// stranger is a libp2p host that speaks the chat protocol by hand, and as the
// test wants it.
type stranger struct {
	host.Host
	key     ed25519.PrivateKey
	address node.Address
	streams chan network.Stream // that others have opened
}

// newStranger makes a host on a fake Tor with a peer ID that fits; nil fits all.
func newStranger(t testing.TB, fake *tortest.Fake, fits func(peer.ID) bool) *stranger {
	t.Helper()
	s := &stranger{streams: make(chan network.Stream, 64)}
	var key crypto.PrivKey
	for {
		_, private, err := ed25519.GenerateKey(nil)
		if err != nil {
			t.Fatal(err)
		}
		if key, err = crypto.UnmarshalEd25519PrivateKey(private); err != nil {
			t.Fatal(err)
		}
		id, err := peer.IDFromPrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		if s.key, s.address.Peer = private, id; fits == nil || fits(id) {
			break
		}
	}
	service, err := onion.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	s.address.Onion, s.address.Port = service.Address(), node.Port
	laddr, err := s.address.Onion.Multiaddr(s.address.Port)
	if err != nil {
		t.Fatal(err)
	}
	s.Host, err = onionhost.New(onionhost.Config{
		Key:         key,
		ListenAddrs: []ma.Multiaddr{laddr},
		Transport: []tortransport.Option{
			tortransport.WithDaemon(attach(t, fake.ControlAddr(), fake.SocksAddr(), "")),
			tortransport.WithOnionKey(service),
			tortransport.WithLogger(slog.New(slog.DiscardHandler)),
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	s.SetStreamHandler(wire.ProtocolID, func(stream network.Stream) {
		select {
		case s.streams <- stream:
		default:
			stream.Reset()
		}
	})
	if err := tortransport.Ready(testContext(t), s.Network()); err != nil {
		t.Fatal(err)
	}
	return s
}

// lowerThan and higherThan tell whose connection goes on when both sides
// connect at once.
func lowerThan(id peer.ID) func(peer.ID) bool {
	return func(other peer.ID) bool { return other < id }
}

func higherThan(id peer.ID) func(peer.ID) bool {
	return func(other peer.ID) bool { return other > id }
}

// open opens a stream to a node.
func (s *stranger) open(t testing.TB, to node.Address) network.Stream {
	t.Helper()
	m, err := to.Onion.Multiaddr(to.Port)
	if err != nil {
		t.Fatal(err)
	}
	if err := onionhost.Connect(testContext(t), s, peer.AddrInfo{ID: to.Peer, Addrs: []ma.Multiaddr{m}}); err != nil {
		t.Fatal(err)
	}
	stream, err := s.NewStream(testContext(t), to.Peer, wire.ProtocolID)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stream.Reset() })
	return stream
}

// opened waits for the next stream that a node opens.
func (s *stranger) opened(t testing.TB) network.Stream {
	t.Helper()
	select {
	case stream := <-s.streams:
		t.Cleanup(func() { stream.Reset() })
		return stream
	case <-time.After(testTimeout):
		t.Fatal("no stream was opened")
		return nil
	}
}

// handshake makes the stranger's side of the handshake with to, as the one who
// opened the stream or as the other.
func (s *stranger) handshake(t testing.TB, to peer.ID, opener bool) *e2ee.Handshake {
	t.Helper()
	return s.handshakeAs(t, s.key, to, opener)
}

// handshakeAs is handshake with the certificate of another key.
func (s *stranger) handshakeAs(t testing.TB, key ed25519.PrivateKey, to peer.ID, opener bool) *e2ee.Handshake {
	t.Helper()
	identity, err := e2ee.NewIdentity(key)
	if err != nil {
		t.Fatal(err)
	}
	pub, err := to.ExtractPublicKey()
	if err != nil {
		t.Fatal(err)
	}
	remote, err := pub.Raw()
	if err != nil {
		t.Fatal(err)
	}
	side := e2ee.NewResponder
	if opener {
		side = e2ee.NewInitiator
	}
	h, err := side(e2ee.HandshakeConfig{
		Identity: identity, LocalID: []byte(s.ID()), RemoteID: []byte(to), RemoteKey: remote,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	return h
}

// begin opens a stream and sends the first message of the handshake.
func (s *stranger) begin(t testing.TB, to node.Address) network.Stream {
	t.Helper()
	stream := s.open(t, to)
	s.writeFirst(t, stream)
	return stream
}

// beginHeard is begin, and listens from the start.
func (s *stranger) beginHeard(t testing.TB, to node.Address) *heard {
	t.Helper()
	stream := s.open(t, to)
	h := listen(t, stream)
	s.writeFirst(t, stream)
	return h
}

func (s *stranger) writeFirst(t testing.TB, stream network.Stream) {
	t.Helper()
	m, err := s.handshake(t, stream.Conn().RemotePeer(), true).Write()
	if err != nil {
		t.Fatal(err)
	}
	// The stream may be reset before all of it is written.
	_ = wire.NewConn(stream).Write(wire.Handshake, m)
}
