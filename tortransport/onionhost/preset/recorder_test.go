package preset_test

import (
	"bytes"
	"net"
	"sync"
	"testing"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/event"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/p2p/muxer/yamux"
	"github.com/libp2p/go-libp2p/p2p/protocol/identify"
	"github.com/libp2p/go-libp2p/p2p/protocol/identify/pb"
	"github.com/libp2p/go-msgio/pbio"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// recorder is a stock host that keeps every byte that its peers tell it, below the
// encryption of libp2p and above that of Tor.
type recorder struct {
	host.Host
	pushes event.Subscription

	mu   sync.Mutex
	told bytes.Buffer
}

func newRecorder(t *testing.T, d *tor.Daemon) *recorder {
	t.Helper()
	r := new(recorder)
	key, addr := newKey(t)
	h, err := libp2p.New(
		libp2p.NoTransports,
		libp2p.Transport(tortransport.New, tortransport.WithDaemon(d), tortransport.WithOnionKey(key)),
		libp2p.ListenAddrs(addr),
		libp2p.Muxer(yamux.ID, recordingMuxer{yamux.DefaultTransport, r}),
		libp2p.DisableRelay(),
	)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = ready(t, h)
	if r.pushes, err = h.EventBus().Subscribe(new(event.EvtPeerProtocolsUpdated)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.pushes.Close() })
	return r
}

// recording returns all that was recorded.
func (r *recorder) recording() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	return bytes.Clone(r.told.Bytes())
}

func (r *recorder) record(b []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.told.Write(b)
}

// identify asks at the other end of a connection, or waits for the answer.
func (r *recorder) identify(c network.Conn) {
	r.Host.(interface{ IDService() identify.IDService }).IDService().IdentifyConn(c)
}

// lie tells every peer that asks that it is seen at an address.
func (r *recorder) lie(observed ma.Multiaddr) {
	r.SetStreamHandler(identify.ID, func(s network.Stream) {
		defer s.Close()
		_ = pbio.NewDelimitedWriter(s).WriteMsg(&pb.Identify{
			ObservedAddr: observed.Bytes(),
			Protocols:    []string{identify.ID, identify.IDPush},
		})
	})
}

// recordingMuxer records what comes before it is split into streams.
type recordingMuxer struct {
	network.Multiplexer
	to *recorder
}

func (m recordingMuxer) NewConn(c net.Conn, isServer bool, scope network.PeerScope) (network.MuxedConn, error) {
	return m.Multiplexer.NewConn(recordedConn{c, m.to}, isServer, scope)
}

type recordedConn struct {
	net.Conn
	to *recorder
}

func (c recordedConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.to.record(b[:n])
	return n, err
}
