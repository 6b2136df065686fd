package tortransport_test

import (
	"context"
	"errors"
	"io"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/transport"
	ma "github.com/multiformats/go-multiaddr"
	manet "github.com/multiformats/go-multiaddr/net"
	"golang.org/x/net/proxy"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// dialRaw connects to an onion address through a SOCKS port and says nothing.
func dialRaw(tb testing.TB, socks tor.Addr, addr ma.Multiaddr) net.Conn {
	tb.Helper()
	a, port, err := onion.FromMultiaddr(addr)
	if err != nil {
		tb.Fatal(err)
	}
	d, err := proxy.SOCKS5(socks.Network, socks.Address, nil, proxy.Direct)
	if err != nil {
		tb.Fatal(err)
	}
	c, err := d.(proxy.ContextDialer).DialContext(testContext(tb), "tcp", net.JoinHostPort(a.String(), strconv.Itoa(int(port))))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { c.Close() })
	return c
}

func TestSilentPeerLeaves(t *testing.T) {
	const patience = 300 * time.Millisecond
	_, d := fakeTor(t)
	k := newKey(t)
	server := partyConfig{}.new(t, tortransport.WithDaemon(d), tortransport.WithOnionKey(k), tortransport.WithAcceptTimeout(patience))
	addr := server.serve(t, k)
	start := time.Now()
	silent := dialRaw(t, d.SOCKS(), addr)
	if _, err := io.Copy(io.Discard, silent); err != nil {
		t.Errorf("reading until the end: %v", err)
	}
	if waited := time.Since(start); waited < patience || waited > tortransport.AcceptTimeout/2 {
		t.Errorf("the listener waited %s for a peer that never speaks, want %s", waited, patience)
	}
	mustReach(t, d, addr, server)
}

// mustReach dials as a peer that does what it should, within a time that no
// accept timeout of these tests is shorter than.
func mustReach(t *testing.T, d *tor.Daemon, addr ma.Multiaddr, server party) {
	t.Helper()
	ctx, cancel := context.WithTimeout(testContext(t), 20*time.Second)
	defer cancel()
	c, err := newParty(t, d).Dial(ctx, addr, server.id)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	mustEcho(t, c)
}

// TestSilentCrowd has far more silent connections than may negotiate at once,
// and libp2p's own limits, of which inbound connections without a peer are the
// first that is met.
func TestSilentCrowd(t *testing.T) {
	_, d := fakeTor(t)
	k := newKey(t)
	server := partyConfig{limits: smallestLimits(t)}.new(t, tortransport.WithDaemon(d), tortransport.WithOnionKey(k), tortransport.WithAcceptTimeout(time.Hour))
	addr := server.serve(t, k)
	for range 300 {
		dialRaw(t, d.SOCKS(), addr)
	}
	for range 3 {
		mustReach(t, d, addr, server)
	}
}

// TestPeersThatBreakOff cuts connections after so many bytes from the dialler,
// through all of the negotiation: 20 bytes are in multistream's greeting, 300
// behind the handshake.
func TestPeersThatBreakOff(t *testing.T) {
	f, d := fakeTor(t)
	k := newKey(t)
	limits := newCountingManager(t)
	server := partyConfig{limits: limits}.new(t, tortransport.WithDaemon(d), tortransport.WithOnionKey(k))
	addr := server.serve(t, k)
	bad := newParty(t, d)
	for _, bytes := range []int64{-1, 1, 19, 20, 40, 60, 100, 200, 250, 300} {
		f.OnSocks(func(tortest.FakeRequest) tortest.FakeSocksReply { return tortest.FakeSocksReply{CutSent: bytes} })
		if c, err := bad.Dial(testContext(t), addr, server.id); err == nil {
			// The handshake is over for the dialler, and nothing follows.
			if _, err := echo(c, []byte("x")); err == nil {
				t.Errorf("cut after %d bytes: the connection works", bytes)
			}
			c.Close()
		}
	}
	f.OnSocks(nil)
	mustReach(t, d, addr, server)
	limits.wantNone(t)
}

// badAccepts is an upgrader whose listeners fail to accept, as when there are
// too many open files.
type badAccepts struct {
	transport.Upgrader
	failures *atomic.Int32
}

func (u badAccepts) GateMaListener(l manet.Listener) transport.GatedMaListener {
	return badAcceptsListener{u.Upgrader.GateMaListener(l), u.failures}
}

type badAcceptsListener struct {
	transport.GatedMaListener
	failures *atomic.Int32
}

func (l badAcceptsListener) Accept() (manet.Conn, network.ConnManagementScope, error) {
	if l.failures.Add(-1) >= 0 {
		return nil, nil, errors.New("too many open files")
	}
	return l.GatedMaListener.Accept()
}

func TestAcceptErrorsPass(t *testing.T) {
	_, d := fakeTor(t)
	k := newKey(t)
	var failures atomic.Int32
	failures.Store(3)
	server := partyConfig{upgrader: func(u transport.Upgrader) transport.Upgrader { return badAccepts{u, &failures} }}.
		new(t, tortransport.WithDaemon(d), tortransport.WithOnionKey(k))
	mustReach(t, d, server.serve(t, k), server)
	if failures.Load() >= 0 {
		t.Error("no accept has failed")
	}
}

// tellingUpgrader tells of the connections that it has negotiated.
type tellingUpgrader struct {
	transport.Upgrader
	negotiated chan<- transport.CapableConn
}

func (u tellingUpgrader) Upgrade(ctx context.Context, t transport.Transport, c manet.Conn, dir network.Direction, p peer.ID, scope network.ConnManagementScope) (transport.CapableConn, error) {
	conn, err := u.Upgrader.Upgrade(ctx, t, c, dir, p, scope)
	if err == nil {
		u.negotiated <- conn
	}
	return conn, err
}

// TestClosedBeforeAccept is about connections that are negotiated and gone again
// before somebody accepts them.
func TestClosedBeforeAccept(t *testing.T) {
	_, d := fakeTor(t)
	k := newKey(t)
	limits := newCountingManager(t)
	negotiated := make(chan transport.CapableConn, 2)
	server := partyConfig{
		limits:   limits,
		upgrader: func(u transport.Upgrader) transport.Upgrader { return tellingUpgrader{u, negotiated} },
	}.new(t, tortransport.WithDaemon(d), tortransport.WithOnionKey(k))
	l := server.listen(t, k)
	client := newParty(t, d)
	client.mustDial(t, l.Multiaddr(), server.id).Close()
	gone := <-negotiated
	eventually(t, gone.IsClosed, func() { t.Fatal("the end of the connection does not arrive") })
	limits.want(t, 1)
	var tasks sync.WaitGroup
	defer tasks.Wait()
	tasks.Go(func() {
		c, err := l.Accept()
		if err != nil {
			t.Error(err)
			return
		}
		echoStreams(c)
	})
	mustReach(t, d, l.Multiaddr(), server)
	tasks.Wait()
	limits.wantNone(t)
}

// TestNobodyAccepts: who is not accepted is let go, and listening goes on.
func TestNobodyAccepts(t *testing.T) {
	_, d := fakeTor(t)
	k := newKey(t)
	limits := newCountingManager(t)
	server := partyConfig{limits: limits}.new(t,
		tortransport.WithDaemon(d), tortransport.WithOnionKey(k), tortransport.WithAcceptTimeout(300*time.Millisecond))
	l := server.listen(t, k)
	c := newParty(t, d).mustDial(t, l.Multiaddr(), server.id)
	defer c.Close()
	if _, err := c.AcceptStream(); err == nil {
		t.Error("a stream from nobody")
	}
	limits.wantNone(t)
}
