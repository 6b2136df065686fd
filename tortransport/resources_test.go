package tortransport_test

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	rcmgr "github.com/libp2p/go-libp2p/p2p/host/resource-manager"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

var errRefusedByManager = errors.New("refused by the test's resource manager")

// countingManager is libp2p's resource manager, counting the connection scopes
// that are open, and refusing what it is told to.
type countingManager struct {
	network.ResourceManager
	open, opened           atomic.Int64
	refuseOpen, refusePeer atomic.Bool
}

func newCountingManager(tb testing.TB) *countingManager {
	tb.Helper()
	m, err := rcmgr.NewResourceManager(rcmgr.NewFixedLimiter(rcmgr.InfiniteLimits), rcmgr.WithMetricsDisabled())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { m.Close() })
	return &countingManager{ResourceManager: m}
}

func (m *countingManager) OpenConnection(dir network.Direction, usefd bool, addr ma.Multiaddr) (network.ConnManagementScope, error) {
	if m.refuseOpen.Load() {
		return nil, errRefusedByManager
	}
	s, err := m.ResourceManager.OpenConnection(dir, usefd, addr)
	if err != nil {
		return nil, err
	}
	m.open.Add(1)
	m.opened.Add(1)
	return &countedScope{ConnManagementScope: s, m: m}, nil
}

// smallestLimits is the resource manager that libp2p gives a host on the smallest
// machine.
func smallestLimits(tb testing.TB) network.ResourceManager {
	tb.Helper()
	m, err := rcmgr.NewResourceManager(rcmgr.NewFixedLimiter(rcmgr.DefaultLimits.Scale(0, 0)), rcmgr.WithMetricsDisabled())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { m.Close() })
	return m
}

type countedScope struct {
	network.ConnManagementScope
	m    *countingManager
	once sync.Once
}

func (s *countedScope) SetPeer(p peer.ID) error {
	if s.m.refusePeer.Load() {
		return errRefusedByManager
	}
	return s.ConnManagementScope.SetPeer(p)
}

func (s *countedScope) Done() {
	s.ConnManagementScope.Done()
	s.once.Do(func() { s.m.open.Add(-1) })
}

// want waits until so many scopes are open.
func (m *countingManager) want(tb testing.TB, n int64) {
	tb.Helper()
	eventually(tb, func() bool { return m.open.Load() == n }, func() { tb.Errorf("%d connection scopes are open, want %d", m.open.Load(), n) })
}

// wantNone waits until every scope is released, and there was one at all.
func (m *countingManager) wantNone(tb testing.TB) {
	tb.Helper()
	m.want(tb, 0)
	if m.opened.Load() == 0 {
		tb.Error("no connection scope was ever open")
	}
}

// eventually waits for what another goroutine is about to do.
func eventually(tb testing.TB, done func() bool, otherwise func()) {
	tb.Helper()
	for end := time.Now().Add(testTimeout); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if done() {
			return
		}
	}
	otherwise()
}

// countingDialer counts the connections that are open.
type countingDialer struct{ open, opened atomic.Int64 }

type countedConn struct {
	net.Conn
	d    *countingDialer
	once sync.Once
}

func (d *countingDialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	near, far := net.Pipe()
	far.Close() // whatever is said ends the connection
	d.open.Add(1)
	d.opened.Add(1)
	return &countedConn{Conn: near, d: d}, nil
}

func (c *countedConn) Close() error {
	c.once.Do(func() { c.d.open.Add(-1) })
	return c.Conn.Close()
}

func TestDialsReleaseScopes(t *testing.T) {
	f, d := fakeTor(t)
	k := newKey(t)
	server := newParty(t, d, k)
	addr := server.serve(t, k)
	limits := newCountingManager(t)
	client := partyConfig{limits: limits}.new(t, tortransport.WithDaemon(d), tortransport.WithDialTimeout(time.Second))
	for _, tc := range []struct {
		name  string
		socks tortest.FakeSocksReply
		addr  ma.Multiaddr
		id    peer.ID
	}{
		{name: "malformed address", addr: wrongChecksum(t)},
		{name: "something behind the address", addr: addr.Encapsulate(ma.StringCast("/ws"))},
		{name: "wrong peer", id: randomPeer(t)},
		{name: "refused", addr: onionAddr(t, newKey(t)), socks: tortest.FakeSocksReply{Code: 0xf0}},
		{name: "no reply", socks: tortest.FakeSocksReply{Silent: true}},
		{name: "hung up", socks: tortest.FakeSocksReply{Drop: true}},
		{name: "junk", socks: tortest.FakeSocksReply{Raw: []byte("HTTP/1.1 400 Bad Request\r\n\r\n")}},
		{name: "cut behind the reply", socks: tortest.FakeSocksReply{CutReceived: -1}},
		{name: "cut in the negotiation", socks: tortest.FakeSocksReply{CutReceived: 10}},
		{name: "cut in the handshake", socks: tortest.FakeSocksReply{CutReceived: 60}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f.OnSocks(func(tortest.FakeRequest) tortest.FakeSocksReply { return tc.socks })
			defer f.OnSocks(nil)
			if tc.addr == nil {
				tc.addr = addr
			}
			if tc.id == "" {
				tc.id = server.id
			}
			client.dialFails(t, testContext(t), tc.addr, tc.id)
			if n := limits.open.Load(); n != 0 {
				t.Errorf("%d connection scopes are open", n)
			}
		})
	}
	limits.wantNone(t)

	c := client.mustDial(t, addr, server.id)
	limits.want(t, 1)
	mustEcho(t, c)
	c.Close()
	limits.wantNone(t)
}

func TestManagerRefuses(t *testing.T) {
	_, d := fakeTor(t)
	k := newKey(t)
	atServer, atClient := newCountingManager(t), newCountingManager(t)
	server := partyConfig{limits: atServer}.new(t, tortransport.WithDaemon(d), tortransport.WithOnionKey(k))
	client := partyConfig{limits: atClient}.new(t, tortransport.WithDaemon(d))
	addr := server.serve(t, k)
	for _, tc := range []struct {
		name   string
		refuse *atomic.Bool
		cause  error // that the dialler can see
	}{
		{"the dial", &atClient.refuseOpen, errRefusedByManager},
		{"the peer that is dialled", &atClient.refusePeer, errRefusedByManager},
		{"the inbound connection", &atServer.refuseOpen, nil},
		{"the peer that dials", &atServer.refusePeer, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.refuse.Store(true)
			c, err := client.Dial(testContext(t), addr, server.id)
			if err == nil { // what the other side refuses late shows on first use
				_, err = echo(c, []byte("x"))
				c.Close()
			}
			if err == nil || tc.cause != nil && !errors.Is(err, tc.cause) {
				t.Errorf("the dial gave %v", err)
			}
			tc.refuse.Store(false)
			mustReach(t, d, addr, server)
			atClient.want(t, 0)
			atServer.want(t, 0)
		})
	}
}

// TestDialsCloseConnections: a connection that leads nowhere is closed, also where
// the upgrader leaves that to others.
func TestDialsCloseConnections(t *testing.T) {
	var dialer countingDialer
	p := partyConfig{}.new(t, tortransport.WithDialer(&dialer))
	addr := onionAddr(t, newKey(t))
	for _, id := range []peer.ID{"", randomPeer(t)} {
		p.dialFails(t, testContext(t), addr, id)
	}
	if n := dialer.open.Load(); n != 0 {
		t.Errorf("%d of %d connections are open", n, dialer.opened.Load())
	}
}

// TestManyConnections: libp2p's default limits on how often one IP address may
// connect are not for connections that have none.
func TestManyConnections(t *testing.T) {
	_, d := fakeTor(t)
	k := newKey(t)
	server := partyConfig{limits: smallestLimits(t)}.new(t, tortransport.WithDaemon(d), tortransport.WithOnionKey(k))
	client := partyConfig{limits: smallestLimits(t)}.new(t, tortransport.WithDaemon(d))
	addr := server.serve(t, k)
	for i := range 50 {
		c, err := client.Dial(testContext(t), addr, server.id)
		if err != nil {
			t.Fatalf("connection %d: %v", i+1, err)
		}
		mustEcho(t, c)
		c.Close()
	}
}
