package onionhost_test

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"testing"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/p2p/net/swarm"
	"github.com/libp2p/go-libp2p/p2p/protocol/identify/pb"
	"github.com/libp2p/go-libp2p/p2p/protocol/ping"
	"github.com/libp2p/go-msgio/pbio"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onionhost"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// newClient makes a host that listens nowhere.
func newClient(t *testing.T, d *tor.Daemon) host.Host {
	t.Helper()
	h, err := onionhost.New(onionhost.Config{
		Key:       newIdentity(t),
		Transport: []tortransport.Option{tortransport.WithDaemon(d)},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

// lie identifies a host as one that sees its peer at an address.
func lie(observed ma.Multiaddr) network.StreamHandler {
	return func(s network.Stream) {
		defer s.Close()
		_ = pbio.NewDelimitedWriter(s).WriteMsg(&pb.Identify{ObservedAddr: observed.Bytes()})
	}
}

// watchResolver counts what is asked of the system's resolver until the test ends.
func watchResolver(t *testing.T) *atomic.Int32 {
	t.Helper()
	asked := new(atomic.Int32)
	before := net.DefaultResolver
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		asked.Add(1)
		return nil, errors.New("no resolution in this test")
	}}
	t.Cleanup(func() { net.DefaultResolver = before })
	return asked
}

// TestNothingButOnion dials what a peer's address book may hold. No name is looked
// up, nobody is connected to, Tor is not asked either.
func TestNothingButOnion(t *testing.T) {
	f, d := fakeTor(t)
	h := newHost(t, d)
	asked := watchResolver(t)
	trap, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	touched := make(chan struct{})
	go func() {
		defer close(touched)
		if c, err := trap.Accept(); err == nil {
			c.Close()
			t.Error("somebody was connected to")
		}
	}()
	_, port, err := net.SplitHostPort(trap.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	onion, _ := newOnion(t)
	for _, addr := range []string{
		"/ip4/127.0.0.1/tcp/" + port,
		"/ip4/127.0.0.1/tcp/" + port + "/ws",
		"/ip4/127.0.0.1/udp/" + port + "/quic-v1",
		"/ip6/::1/tcp/" + port,
		"/dns4/localhost/tcp/" + port,
		"/dns4/example.org/tcp/443",
		"/dns6/example.org/tcp/443",
		"/dns/example.org/tcp/443/wss",
		"/dnsaddr/example.org",
		onion.String() + "/ws",
	} {
		p, err := peer.IDFromPrivateKey(newIdentity(t))
		if err != nil {
			t.Fatal(err)
		}
		err = h.Connect(testContext(t), peer.AddrInfo{ID: p, Addrs: []ma.Multiaddr{ma.StringCast(addr)}})
		if !errors.Is(err, swarm.ErrNoGoodAddresses) {
			t.Errorf("%s: %v, want swarm.ErrNoGoodAddresses", addr, err)
		}
	}
	trap.Close()
	<-touched
	if n := asked.Load(); n != 0 {
		t.Errorf("the system's resolver was asked %d times", n)
	}
	if n := len(f.Requests()); n != 0 {
		t.Errorf("Tor was asked for %d connections", n)
	}
}

func TestPing(t *testing.T) {
	_, d := fakeTor(t)
	for _, name := range []string{"inbound", "outbound"} {
		t.Run(name, func(t *testing.T) {
			from, to := newHost(t, d), stockHost(t, d)
			if name == "inbound" {
				from, to = to, from
			}
			ctx, cancel := context.WithCancel(testContext(t))
			defer cancel()
			if err := from.Connect(ctx, infoOf(to)); err != nil {
				t.Fatal(err)
			}
			results := ping.Ping(ctx, from, to.ID())
			if r := <-results; r.Error != nil {
				t.Error(r.Error)
			}
			cancel()
			for range results { // until its goroutine has ended
			}
		})
	}
}

func TestPingIsOptional(t *testing.T) {
	_, d := fakeTor(t)
	for _, p := range newClient(t, d).Mux().Protocols() {
		if p == ping.ID {
			t.Error("a host that was not asked to answers pings")
		}
	}
}

// TestNewFails: whatever is missing, nothing is left running.
func TestNewFails(t *testing.T) {
	f, d := fakeTor(t)
	addr, key := newOnion(t)
	withDaemon := tortransport.WithDaemon(d)
	id := newIdentity(t)
	ip := ma.StringCast("/ip4/127.0.0.1/tcp/0")
	other, _ := newOnion(t)
	for _, tc := range []struct {
		name string
		cfg  onionhost.Config
		want error
	}{
		{name: "no key", cfg: onionhost.Config{Transport: []tortransport.Option{withDaemon}}},
		{name: "no daemon", cfg: onionhost.Config{Key: id}},
		{
			"no onion key",
			onionhost.Config{Key: id, ListenAddrs: []ma.Multiaddr{addr}, Transport: []tortransport.Option{withDaemon}},
			tortransport.ErrNoKey,
		},
		{
			"no onion address",
			onionhost.Config{Key: id, ListenAddrs: []ma.Multiaddr{ip}, Transport: []tortransport.Option{withDaemon, key}},
			swarm.ErrNoTransport,
		},
		// The first can be listened on: what succeeded is undone.
		{
			"one address too many",
			onionhost.Config{Key: id, ListenAddrs: []ma.Multiaddr{addr, other}, Transport: []tortransport.Option{withDaemon, key}},
			tortransport.ErrNoKey,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			h, err := onionhost.New(tc.cfg)
			if err == nil {
				h.Close()
				t.Fatal("no error")
			}
			if tc.want != nil && !errors.Is(err, tc.want) {
				t.Errorf("got %v, want %v", err, tc.want)
			}
		})
	}
	if n := len(f.Services()); n != 0 {
		t.Errorf("%d onion services are left", n)
	}
}
