package node_test

import (
	"crypto/rand"
	"errors"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/network"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/wire"
)

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
	cell := l.seal(t, content)
	if err := l.Conn.Write(wire.Cell, cell); err != nil {
		t.Fatal(err)
	}
	return cell
}

// seal seals content, and does not send it.
func (l *line) seal(t testing.TB, content []byte) []byte {
	t.Helper()
	cell, err := l.Seal(content)
	if err != nil {
		t.Fatal(err)
	}
	return cell
}

// sendText sends a new message.
func (l *line) sendText(t testing.TB, text string) {
	t.Helper()
	m := wire.Message{Text: text}
	rand.Read(m.ID[:])
	l.sendMessage(t, m)
}

func (l *line) sendMessage(t testing.TB, m wire.Message) {
	t.Helper()
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
	opened, err := l.Open(cell, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := wire.Decode(opened.Content)
	if err != nil {
		t.Fatal(err)
	}
	return decoded
}

// wantConfirmed fails the test unless the next cell confirms one message.
func (l *line) wantConfirmed(t testing.TB, id wire.MessageID) {
	t.Helper()
	got := l.next(t)
	if c, ok := got.(wire.Confirmation); !ok || !slices.Equal(c.IDs, []wire.MessageID{id}) {
		t.Fatalf("%T arrived instead of the confirmation", got)
	}
}

// wantQuiet fails the test if anything arrives within a while.
func (l *line) wantQuiet(t testing.TB) {
	t.Helper()
	if err := l.SetReadDeadline(time.Now().Add(150 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	_, err := l.Conn.Read(wire.Cell)
	if timeout := net.Error(nil); !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Fatalf("a cell or an end arrived where nothing was to come: %v", err)
	}
	if err := l.SetReadDeadline(time.Time{}); err != nil {
		t.Fatal(err)
	}
}
