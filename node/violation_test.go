package node_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"io"
	"testing"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/multiformats/go-varint"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/wire"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// What does not belong on the stream, wherever it comes.
var badFrames = []struct {
	name  string
	bytes []byte
}{
	{"oversized frame", varint.ToUvarint(wire.MaxFrame + 1)},
	{"length that overflows", bytes.Repeat([]byte{0xff}, 11)},
	{"length in a longer form", []byte{0x81, 0x00}},
	{"frame that is no protobuf", []byte{2, 0xff, 0xff}},
	{"empty frame", []byte{0}},
	{"frame of another kind", []byte{3, 0x1a, 1, 'x'}},
}

// frame encodes one frame.
func frame(t testing.TB, kind wire.Kind, body []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := wire.NewConn(&b).Write(kind, body); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// write sends bytes as they are. The other side may have had enough of them
// before they are all sent.
func write(stream network.Stream, b []byte) { _, _ = stream.Write(b) }

// TestBadFirstMessage: whoever opens a stream with something else than the
// first message of a handshake sees a reset and not a byte.
func TestBadFirstMessage(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	s := newStranger(t, fake, nil)
	check := func(name string, want error, first []byte) {
		t.Run(name, func(t *testing.T) {
			alice := newParty(t, fake, admitAll)
			stream := s.open(t, alice.Address())
			h := listen(t, stream)
			write(stream, first)
			h.wantReset(t)
			alice.log.await(t, want.Error(), func(err error) bool { return errors.Is(err, want) })
		})
	}
	for _, bad := range badFrames {
		check(bad.name, node.ErrProtocol, bad.bytes)
	}
	check("cell", node.ErrProtocol, frame(t, wire.Cell, make([]byte, e2ee.CellSize)))
	check("short message", node.ErrProtocol, frame(t, wire.Handshake, make([]byte, 32)))
	check("unknown version", node.ErrVersion, frame(t, wire.Handshake, make([]byte, e2ee.Message1Size)))
	const size1 = 1221 // of message 1 in version 1
	first := make([]byte, size1)
	first[32] = 1
	check("version 1", node.ErrVersion, frame(t, wire.Handshake, first))
}

// TestBadThirdMessage: whoever opens a stream and fails to prove who it is gets
// the second message of the handshake and nothing more.
func TestBadThirdMessage(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	s := newStranger(t, fake, nil)
	check := func(name string, want error, h func(t *testing.T, to node.Address) initiator, third func(*testing.T, initiator) []byte) {
		t.Run(name, func(t *testing.T) {
			alice := newParty(t, fake, admitAll)
			stream := s.open(t, alice.Address())
			handshake := h(t, alice.Address())
			m, err := handshake.Write()
			if err != nil {
				t.Fatal(err)
			}
			write(stream, frame(t, wire.Handshake, m))
			second := make([]byte, frameSize(t, e2ee.Message2Size))
			if _, err := io.ReadFull(stream, second); err != nil {
				t.Fatal(err)
			}
			if m, err = wire.NewConn(bytes.NewBuffer(second)).Read(wire.Handshake); err != nil {
				t.Fatal(err)
			}
			if err := handshake.Read(m); err != nil {
				t.Fatal(err)
			}
			heard := listen(t, stream)
			write(stream, third(t, handshake))
			heard.wantReset(t)
			alice.log.await(t, want.Error(), func(err error) bool {
				return errors.Is(err, classOf(want)) && errors.Is(err, want)
			})
		})
	}
	own := func(t *testing.T, to node.Address) initiator {
		t.Helper()
		return s.handshake(t, to.Peer, true)
	}
	for _, bad := range badFrames {
		check(bad.name, wire.ErrFrame, own, func(*testing.T, initiator) []byte { return bad.bytes })
	}
	check("cell", wire.ErrFrame, own, func(t *testing.T, _ initiator) []byte {
		t.Helper()
		return frame(t, wire.Cell, make([]byte, e2ee.CellSize))
	})
	check("noise", e2ee.ErrDecrypt, own, func(t *testing.T, _ initiator) []byte {
		t.Helper()
		return frame(t, wire.Handshake, make([]byte, e2ee.Message3Size))
	})
	proper := func(t *testing.T, h initiator) []byte {
		t.Helper()
		m, err := h.Write()
		if err != nil {
			t.Fatal(err)
		}
		return frame(t, wire.Handshake, m)
	}
	check("another identity", e2ee.ErrIdentity, func(t *testing.T, to node.Address) initiator {
		t.Helper()
		return s.handshakeAs(t, newIdentity(t), to.Peer, true)
	}, proper)
	check("bad certificate", e2ee.ErrCertificate, func(t *testing.T, to node.Address) initiator {
		t.Helper()
		return newForger(t, s, to.Peer)
	}, proper)
}

// classOf is what a node makes of an error of the handshake.
func classOf(err error) error {
	if errors.Is(err, e2ee.ErrIdentity) || errors.Is(err, e2ee.ErrCertificate) {
		return node.ErrNotProven
	}
	return node.ErrProtocol
}

// initiator is a side of the handshake that writes first.
type initiator interface {
	Write() ([]byte, error)
	Read([]byte) error
}

func newIdentity(t testing.TB) ed25519.PrivateKey {
	t.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// TestBadSecondMessage: whom we call and who does not prove who it is gets our
// first message and nothing more.
func TestBadSecondMessage(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	check := func(name string, want error, second func(*testing.T, *stranger, network.Stream, []byte) []byte) {
		t.Run(name, func(t *testing.T) {
			alice, s := newParty(t, fake), newStranger(t, fake, nil)
			d := alice.begin(t, s.address)
			stream := s.opened(t)
			first := make([]byte, frameSize(t, e2ee.Message1Size))
			if _, err := io.ReadFull(stream, first); err != nil {
				t.Fatal(err)
			}
			h := listen(t, stream)
			write(stream, second(t, s, stream, first))
			h.wantReset(t)
			d.awaitFor(t, promptly, "a failed try", func(s *story) bool { return len(s.unreachable) > 0 })
			err := d.now().unreachable[0]
			if !errors.Is(err, classOf(want)) || !errors.Is(err, want) {
				t.Errorf("error %v", err)
			}
			wantNoAddress(t, err, s.address)
			if len(d.now().connected) > 0 {
				t.Error("connected all the same")
			}
		})
	}
	for _, bad := range badFrames {
		check(bad.name, wire.ErrFrame, func(*testing.T, *stranger, network.Stream, []byte) []byte { return bad.bytes })
	}
	check("cell", wire.ErrFrame, func(t *testing.T, _ *stranger, _ network.Stream, _ []byte) []byte {
		t.Helper()
		return frame(t, wire.Cell, make([]byte, e2ee.CellSize))
	})
	check("noise", e2ee.ErrDecrypt, func(t *testing.T, _ *stranger, _ network.Stream, _ []byte) []byte {
		t.Helper()
		m := make([]byte, e2ee.Message2Size)
		m[0] = 9 // a point that is not of small order
		return frame(t, wire.Handshake, m)
	})
	check("another identity", e2ee.ErrIdentity, func(t *testing.T, s *stranger, stream network.Stream, first []byte) []byte {
		t.Helper()
		h := s.handshakeAs(t, newIdentity(t), stream.Conn().RemotePeer(), false)
		m, err := wire.NewConn(bytes.NewBuffer(first)).Read(wire.Handshake)
		if err == nil {
			err = h.Read(m)
		}
		if err == nil {
			m, err = h.Write()
		}
		if err != nil {
			t.Fatal(err)
		}
		return frame(t, wire.Handshake, m)
	})
}

// TestBadCell: what is no cell of the session ends the connection, and says so
// on our side only.
func TestBadCell(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	check := func(name string, want error, misbehave func(*testing.T, *line) *heard) {
		t.Run(name, func(t *testing.T) {
			alice, s := newParty(t, fake, admitAll), newStranger(t, fake, nil)
			l := s.call(t, alice.Address())
			d := alice.accept(t)
			d.awaitUp(t)
			misbehave(t, l).wantReset(t)
			d.awaitFor(t, promptly, "the end of the connection", func(s *story) bool { return len(s.disconnected) == 1 })
			if err := d.now().disconnected[0]; !errors.Is(err, node.ErrProtocol) || !errors.Is(err, want) {
				t.Errorf("error %v", err)
			}
		})
	}
	raw := func(b []byte) func(*testing.T, *line) *heard {
		return func(t *testing.T, l *line) *heard {
			t.Helper()
			h := listen(t, l.Stream)
			write(l.Stream, b)
			return h
		}
	}
	content := func(b []byte) func(*testing.T, *line) *heard {
		return func(t *testing.T, l *line) *heard {
			t.Helper()
			h := listen(t, l.Stream)
			l.send(t, b)
			return h
		}
	}
	for _, bad := range badFrames {
		check(bad.name, wire.ErrFrame, raw(bad.bytes))
	}
	check("handshake message", wire.ErrFrame, raw(frame(t, wire.Handshake, make([]byte, e2ee.Message1Size))))
	check("cell of another size", e2ee.ErrMalformed, raw(frame(t, wire.Cell, make([]byte, e2ee.CellSize-1))))
	check("cell that does not decrypt", e2ee.ErrDecrypt, raw(frame(t, wire.Cell, make([]byte, e2ee.CellSize))))
	check("malformed content", wire.ErrContent, content([]byte{0xff}))
	check("receipt for nothing", wire.ErrContent, content([]byte{0x12, 0}))
}

// TestMadeUpReceipts: a receipt for what was not sent delivers nothing.
func TestMadeUpReceipts(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, s := newParty(t, fake, admitAll), newStranger(t, fake, nil)
	l := s.call(t, alice.Address())
	d := alice.accept(t)
	ids := d.say(t, "hello")
	l.confirm(t, wire.MessageID{}, wire.MessageID{1}, wire.MessageID{2})
	l.sendText(t, "by now it has been read")
	d.awaitHeard(t, []string{"by now it has been read"})
	if len(d.now().delivered) != 0 || d.Undelivered() != 1 {
		t.Error("a message was delivered that was not confirmed")
	}
	l.confirm(t, ids[0], ids[0])
	l.confirm(t, ids[0])
	l.sendText(t, "and these")
	d.await(t, "the second message", func(s *story) bool { return len(s.received) == 2 })
	d.awaitDelivered(t, ids)
}
