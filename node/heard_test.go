package node_test

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/network"

	"github.com/onionwire/onionwire/node/wire"
)

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
	h.wantEnd(t)
	want := 0
	for _, n := range sizes {
		want += frameSize(t, n)
	}
	if h.bytes != want {
		t.Fatalf("the other side has sent %d bytes before the reset, want %d", h.bytes, want)
	}
}

// wantEnd fails the test unless the stream is reset, whatever came before.
func (h *heard) wantEnd(t testing.TB) {
	t.Helper()
	select {
	case <-h.done:
	case <-time.After(promptly):
		t.Fatal("the stream is not reset")
	}
	if !errors.Is(h.err, network.ErrReset) {
		t.Fatalf("the stream ends with error %v, not with a reset", h.err)
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
