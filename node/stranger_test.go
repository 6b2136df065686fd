package node_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"io"
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

// line is a stream on which the handshake is done.
type line struct {
	network.Stream
	*wire.Conn
	*e2ee.Session
}

// call opens a stream to a node and does the handshake as it should be done.
func (s *stranger) call(t testing.TB, to node.Address) *line {
	t.Helper()
	stream := s.open(t, to)
	conn, h := wire.NewConn(stream), s.handshake(t, to.Peer, true)
	writeHandshake(t, conn, h)
	readHandshake(t, conn, h)
	writeHandshake(t, conn, h)
	return newLine(t, stream, conn, h)
}

// answer does the handshake on a stream that a node has opened.
func (s *stranger) answer(t testing.TB, stream network.Stream) *line {
	t.Helper()
	conn, h := wire.NewConn(stream), s.handshake(t, stream.Conn().RemotePeer(), false)
	readHandshake(t, conn, h)
	writeHandshake(t, conn, h)
	readHandshake(t, conn, h)
	return newLine(t, stream, conn, h)
}

func newLine(t testing.TB, stream network.Stream, conn *wire.Conn, h *e2ee.Handshake) *line {
	t.Helper()
	session, err := h.Session()
	if err != nil {
		t.Fatal(err)
	}
	return &line{stream, conn, session}
}

func writeHandshake(t testing.TB, conn *wire.Conn, h *e2ee.Handshake) {
	t.Helper()
	m, err := h.Write()
	if err == nil {
		err = conn.Write(wire.Handshake, m)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func readHandshake(t testing.TB, conn *wire.Conn, h *e2ee.Handshake) {
	t.Helper()
	m, err := conn.Read(wire.Handshake)
	if err == nil {
		err = h.Read(m)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// send seals content and sends it. It returns the cell.
func (l *line) send(t testing.TB, content []byte) []byte {
	t.Helper()
	cell, err := l.Seal(content)
	if err == nil {
		err = l.Conn.Write(wire.Cell, cell)
	}
	if err != nil {
		t.Fatal(err)
	}
	return cell
}

// sendText sends a message.
func (l *line) sendText(t testing.TB, text string) {
	t.Helper()
	m := wire.Message{Text: text}
	rand.Read(m.ID[:])
	content, err := wire.EncodeMessage(m)
	if err != nil {
		t.Fatal(err)
	}
	l.send(t, content)
}

func (l *line) confirm(t testing.TB, ids ...wire.MessageID) {
	t.Helper()
	content, err := wire.EncodeConfirmation(wire.Confirmation{IDs: ids})
	if err != nil {
		t.Fatal(err)
	}
	l.send(t, content)
}

// next reads and opens the next cell.
func (l *line) next(t testing.TB) any {
	t.Helper()
	cell, err := l.Conn.Read(wire.Cell)
	if err != nil {
		t.Fatal(err)
	}
	content, err := l.Open(cell)
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := wire.Decode(content)
	if err != nil {
		t.Fatal(err)
	}
	return decoded
}

// heard is what arrives on a stream until it ends.
type heard struct {
	done  chan struct{}
	bytes int
	err   error
}

// listen begins to read. It comes before what is to make the other side reset
// the stream, for a reset takes away what was not read yet.
func listen(t testing.TB, stream network.Stream) *heard {
	t.Helper()
	h := &heard{done: make(chan struct{})}
	go func() {
		defer close(h.done)
		b, err := io.ReadAll(stream)
		h.bytes, h.err = len(b), err
	}()
	return h
}

// wantReset fails the test unless the stream is reset after the other side has
// sent frames with handshake messages of the given sizes and not a byte more.
func (h *heard) wantReset(t testing.TB, sizes ...int) {
	t.Helper()
	select {
	case <-h.done:
	case <-time.After(promptly):
		t.Fatal("the stream is not reset")
	}
	if !errors.Is(h.err, network.ErrReset) {
		t.Fatalf("the stream ends with error %v, not with a reset", h.err)
	}
	want := 0
	for _, n := range sizes {
		want += frameSize(t, n)
	}
	if h.bytes != want {
		t.Fatalf("the other side has sent %d bytes before the reset, want %d", h.bytes, want)
	}
}

// frameSize is the size of the frame with a handshake message of n bytes.
func frameSize(t testing.TB, n int) int {
	t.Helper()
	var b bytes.Buffer
	if err := wire.NewConn(&b).Write(wire.Handshake, make([]byte, n)); err != nil {
		t.Fatal(err)
	}
	return b.Len()
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
