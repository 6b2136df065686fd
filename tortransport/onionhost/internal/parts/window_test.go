package parts_test

import (
	"errors"
	"net"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/onionwire/onionwire/tortransport/onionhost/internal/parts"
)

// muxed opens a connection that is accounted for at one end.
func muxed(t *testing.T, m network.ResourceManager) (near, far network.MuxedConn) {
	t.Helper()
	scope, err := open(t, m)
	if err != nil {
		t.Fatal(err)
	}
	if err := scope.SetPeer(somebody); err != nil {
		t.Fatal(err)
	}
	here, there := net.Pipe()
	muxer := parts.Muxers()[0].Muxer
	if near, err = muxer.NewConn(here, true, scope.PeerScope()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { near.Close() })
	if far, err = muxer.NewConn(there, false, nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { far.Close() })
	return near, far
}

const somebody = peer.ID("somebody")

// reserved is how much memory is set aside for the peer.
func reserved(t *testing.T, m network.ResourceManager) (n int64) {
	t.Helper()
	if err := m.ViewPeer(somebody, func(s network.PeerScope) error {
		n = s.Stat().Memory
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestWindowIsReserved: what a peer may send and nobody reads is accounted for,
// all of it, until the stream is over.
func TestWindowIsReserved(t *testing.T) {
	m := newResourceManager(t)
	near, far := muxed(t, m)
	theirs, err := far.OpenStream(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := theirs.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	ours, err := near.AcceptStream()
	if err != nil {
		t.Fatal(err)
	}
	if got := reserved(t, m); got != parts.StreamWindow {
		t.Errorf("%d bytes are reserved for a stream, want %d", got, parts.StreamWindow)
	}
	if err := theirs.SetWriteDeadline(time.Now().Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	n, err := theirs.Write(make([]byte, 2*parts.StreamWindow))
	if err == nil || n == 0 || n > parts.StreamWindow {
		t.Errorf("%d bytes were taken that nobody read, of %d, %v", n, parts.StreamWindow, err)
	}
	if err := ours.Reset(); err != nil {
		t.Fatal(err)
	}
	if got := reserved(t, m); got != 0 {
		t.Errorf("%d bytes are reserved for no stream", got)
	}
}

// TestManyWindows: a peer cannot have all of the memory by opening streams.
func TestManyWindows(t *testing.T) {
	m := newResourceManager(t)
	near, _ := muxed(t, m)
	const enough = 10_000
	for i := range enough {
		if _, err := near.OpenStream(t.Context()); err != nil {
			if i < 8 || !errors.Is(err, network.ErrResourceLimitExceeded) {
				t.Errorf("stream %d: %v", i, err)
			}
			return
		}
	}
	t.Error("any number of streams may be open")
}
