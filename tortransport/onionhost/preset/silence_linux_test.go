package preset_test

import (
	"context"
	"errors"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/p2p/net/swarm"
	"github.com/libp2p/go-libp2p/p2p/protocol/ping"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/tortransport/onionhost"
	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

const (
	// idleTime is how long hosts are watched that have nothing to do. What
	// libp2p does by itself, it does within 15 seconds (AutoNAT's delay).
	idleTime = 20 * time.Second
	// torrcVariable has the path of the private network's lines.
	torrcVariable = "ONIONWIRE_TEST_TORRC"
)

// TestNothingLeaves has hosts of both kinds live in a network namespace, with no
// other way out than the sockets of a tor outside. They are reached, reach each
// other, are asked to dial what they must not, and idle: no packet leaves, not
// even on loopback, and no connection is tried. Then a stock host does leave
// something.
func TestNothingLeaves(t *testing.T) {
	if !isInside() {
		private := tortest.New(t, tortest.Config{})
		runInside(t, serveOutside(t), torrcVariable+"="+private.TorrcFile())
		return
	}
	newMachine(t)
	wire, before := openTap(t), countAttempts(t)
	d := startOutside(t)
	hosts := make([]host.Host, len(kinds))
	for i, kind := range kinds {
		hosts[i] = kind.make(t, d)
	}
	for i, from := range hosts {
		to := hosts[(i+1)%len(hosts)]
		reach(t, from, to)
		dialForbidden(t, from)
	}
	time.Sleep(idleTime)

	for _, p := range wire.packets() {
		t.Errorf("a packet has left: %s", p)
	}
	if after := countAttempts(t); after != before {
		t.Errorf("the network was used: %+v, before %+v", after, before)
	}
	checkThatTrafficShows(t, wire)
}

// startOutside starts a managed daemon whose tor is outside.
func startOutside(t *testing.T) *tor.Daemon {
	t.Helper()
	torrc, err := os.ReadFile(os.Getenv(torrcVariable))
	if err != nil {
		t.Fatal(err)
	}
	d, err := tor.Start(testContext(t), tor.Config{Binary: newStub(t), Torrc: string(torrc)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	if err := d.WaitReady(testContext(t)); err != nil {
		t.Fatal(err)
	}
	return d
}

// reach connects one host to another, has an answer, and ends the connection.
func reach(t *testing.T, from, to host.Host) {
	t.Helper()
	ctx, cancel := context.WithCancel(testContext(t))
	defer cancel()
	if err := onionhost.Connect(ctx, from, infoOf(to)); err != nil {
		t.Fatal(err)
	}
	results := ping.Ping(ctx, from, to.ID())
	if r := <-results; r.Error != nil {
		t.Error(r.Error)
	}
	cancel()
	for range results { // until its goroutine has ended
	}
	if err := from.Network().ClosePeer(to.ID()); err != nil {
		t.Error(err)
	}
	awaitClosed(t, to, from.ID())
}

// dialForbidden asks a host for what a peer's address book may hold. It refuses
// everything.
func dialForbidden(t *testing.T, h host.Host) {
	t.Helper()
	for _, addr := range []string{
		"/ip4/198.51.100.1/tcp/4001",
		"/ip4/127.0.0.1/tcp/4001",
		"/ip4/198.51.100.1/tcp/443/tls/ws",
		"/ip4/198.51.100.1/udp/4001/quic-v1",
		"/ip4/198.51.100.1/udp/4001/quic-v1/webtransport",
		"/ip6/2001:db8::1/tcp/4001",
		"/ip6/2001:db8::1/udp/4001/webrtc-direct",
		"/dns/example.org/tcp/443/wss",
		"/dns4/example.org/tcp/4001",
		"/dns6/example.org/tcp/4001",
		"/dnsaddr/example.org",
		"/ip4/198.51.100.1/tcp/4001/p2p/" + h.ID().String() + "/p2p-circuit",
	} {
		p, err := peer.IDFromPrivateKey(newIdentity(t))
		if err != nil {
			t.Fatal(err)
		}
		err = h.Connect(testContext(t), peer.AddrInfo{ID: p, Addrs: []ma.Multiaddr{ma.StringCast(addr)}})
		if !errors.Is(err, swarm.ErrNoGoodAddresses) {
			t.Errorf("dialling %s: %v, want swarm.ErrNoGoodAddresses", addr, err)
		}
	}
}

// checkThatTrafficShows has a stock host connect, and looks up a name.
func checkThatTrafficShows(t *testing.T, wire *tap) {
	t.Helper()
	before := countAttempts(t)
	h, err := libp2p.New()
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	ctx, cancel := context.WithTimeout(testContext(t), 2*time.Second)
	defer cancel()
	p, err := peer.IDFromPrivateKey(newIdentity(t))
	if err != nil {
		t.Fatal(err)
	}
	_ = h.Connect(ctx, peer.AddrInfo{ID: p, Addrs: []ma.Multiaddr{
		ma.StringCast("/ip4/198.51.100.1/tcp/4001"), ma.StringCast("/ip6/2001:db8::1/tcp/4001"),
	}})
	ctx, cancel = context.WithTimeout(testContext(t), 2*time.Second)
	defer cancel()
	_, _ = net.DefaultResolver.LookupHost(ctx, "example.org")

	seen := strings.Join(wire.packets(), ", ")
	for _, want := range []string{"TCP to 198.51.100.1:4001", "TCP to [2001:db8::1]:4001", "UDP to ", ":53"} {
		if !strings.Contains(seen, want) {
			t.Errorf("nobody has seen a packet %q, only %s", want, seen)
		}
	}
	if after := countAttempts(t); after.tcpConnects <= before.tcpConnects || after.udpDatagrams <= before.udpDatagrams {
		t.Errorf("the counters stand still: %+v, before %+v", after, before)
	}
}
