package preset_test

import (
	"context"
	"errors"
	"net"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/p2p/net/swarm"
	"github.com/libp2p/go-libp2p/p2p/protocol/ping"
	"github.com/libp2p/go-libp2p/p2p/security/noise"
	ma "github.com/multiformats/go-multiaddr"
	"go.uber.org/goleak"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onionhost/preset"
)

// TestPing: a host of the preset is a libp2p host.
func TestPing(t *testing.T) {
	d := fakeTor(t)
	a, b := presetHost(t, d), handmadeHost(t, d)
	if err := a.Connect(testContext(t), infoOf(b)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(testContext(t))
	results := ping.Ping(ctx, a, b.ID())
	if r := <-results; r.Error != nil {
		t.Error(r.Error)
	}
	cancel()
	for range results { // until its goroutine has ended
	}
	for _, c := range a.Network().Conns() {
		if got := c.ConnState().Security; got != noise.ID {
			t.Errorf("the connection is secured by %s", got)
		}
	}
}

// TestSameForAll: two hosts, of whatever kind, differ in their keys and addresses
// only.
func TestSameForAll(t *testing.T) {
	d := fakeTor(t)
	stranger := newRecorder(t, d)
	var told []any
	for _, kind := range kinds {
		h := kind.make(t, d)
		if err := stranger.Connect(testContext(t), infoOf(h)); err != nil {
			t.Fatal(err)
		}
		stranger.identify(stranger.Network().ConnsToPeer(h.ID())[0])
		for _, what := range []string{"AgentVersion", "ProtocolVersion"} {
			v, err := stranger.Peerstore().Get(h.ID(), what)
			if err != nil {
				t.Fatal(err)
			}
			told = append(told, v)
		}
	}
	if !slices.Equal(told, []any{"onionwire", "", "onionwire", ""}) {
		t.Errorf("the hosts say %q", told)
	}
}

// TestOneForSeveral makes two hosts with one preset.
func TestOneForSeveral(t *testing.T) {
	opt := preset.Onion(tortransport.WithDaemon(fakeTor(t)))
	for range 2 {
		h, err := libp2p.New(opt)
		if err != nil {
			t.Fatal(err)
		}
		defer h.Close()
	}
}

// TestNewFails: whatever is missing, the reason is told and nothing is left
// running.
func TestNewFails(t *testing.T) {
	d := fakeTor(t)
	key, addr := newKey(t)
	_, other := newKey(t)
	onionOpt := preset.Onion(tortransport.WithDaemon(d), tortransport.WithOnionKey(key))
	for _, tc := range []struct {
		name string
		opts []libp2p.Option
		want error
	}{
		{name: "no daemon", opts: []libp2p.Option{preset.Onion()}},
		{
			name: "no onion key",
			opts: []libp2p.Option{preset.Onion(tortransport.WithDaemon(d)), libp2p.ListenAddrs(addr)},
			want: tortransport.ErrNoKey,
		},
		// The first can be listened on: what succeeded is undone.
		{
			name: "one address too many",
			opts: []libp2p.Option{onionOpt, libp2p.ListenAddrs(addr, other)},
			want: tortransport.ErrNoKey,
		},
		{name: "twice", opts: []libp2p.Option{onionOpt, onionOpt}, want: preset.ErrLeak},
		{
			name: "several leaks",
			opts: []libp2p.Option{onionOpt, libp2p.EnableRelay(), libp2p.NATPortMap()},
			want: preset.ErrLeak,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			running := goleak.IgnoreCurrent()
			h, err := libp2p.New(tc.opts...)
			if err == nil {
				h.Close()
				t.Fatal("no error")
			}
			goleak.VerifyNone(t, running)
			if tc.want != nil && !errors.Is(err, tc.want) {
				t.Errorf("got %v, want %v", err, tc.want)
			}
		})
	}
	t.Run("all are named", func(t *testing.T) {
		_, err := libp2p.New(onionOpt, libp2p.EnableRelay(), libp2p.NATPortMap())
		for _, option := range []string{"EnableRelay", "NATPortMap"} {
			if !namesOption(err, option) {
				t.Errorf("%v does not name libp2p.%s", err, option)
			}
		}
	})
	// The address is free again.
	h, err := libp2p.New(onionOpt, libp2p.ListenAddrs(addr))
	if err != nil {
		t.Fatal(err)
	}
	h.Close()
}

// TestNamesAreNotResolved dials names: nobody is asked for their addresses.
func TestNamesAreNotResolved(t *testing.T) {
	h := presetHost(t, fakeTor(t))
	var asked atomic.Int32
	before := net.DefaultResolver
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		asked.Add(1)
		return nil, errors.New("no resolution in this test")
	}}
	defer func() { net.DefaultResolver = before }()
	for _, addr := range []string{"/dns4/example.org/tcp/443", "/dns/example.org/tcp/443/wss", "/dnsaddr/example.org"} {
		p, err := peer.IDFromPrivateKey(newIdentity(t))
		if err != nil {
			t.Fatal(err)
		}
		err = h.Connect(testContext(t), peer.AddrInfo{ID: p, Addrs: []ma.Multiaddr{ma.StringCast(addr)}})
		if !errors.Is(err, swarm.ErrNoGoodAddresses) {
			t.Errorf("%s: %v, want swarm.ErrNoGoodAddresses", addr, err)
		}
	}
	if n := asked.Load(); n != 0 {
		t.Errorf("the system's resolver was asked %d times", n)
	}
}
