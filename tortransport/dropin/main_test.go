package dropin_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"
	"go.uber.org/goleak"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/dropin"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/onionhost"
	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

const (
	// testTimeout bounds what a test waits for; each wait is usually seconds.
	testTimeout = 2 * time.Minute
	// poll is how often a state that nobody announces is looked at.
	poll = 50 * time.Millisecond
)

// private is the private Tor network that the tests share, with two managed
// daemons in it. It is started by the first test that asks for it.
var private struct {
	once sync.Once
	net  *tortest.Network
	tors [2]*tor.Daemon
	err  error
}

func TestMain(m *testing.M) {
	code := m.Run()
	for _, d := range private.tors {
		if d != nil {
			d.Close()
		}
	}
	var err error
	if private.net != nil {
		err = private.net.Stop()
	}
	if err == nil && code == 0 {
		err = goleak.Find()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func privateTors(t *testing.T) [2]*tor.Daemon {
	t.Helper()
	private.once.Do(func() {
		ctx := testContext(t)
		if private.net, private.err = tortest.Start(ctx, tortest.Config{}); private.err != nil {
			return
		}
		for i := range private.tors {
			if private.tors[i], private.err = tor.Start(ctx, tor.Config{Torrc: private.net.Torrc()}); private.err != nil {
				return
			}
		}
		for _, d := range private.tors {
			private.err = errors.Join(private.err, d.WaitReady(ctx))
		}
	})
	if private.err != nil {
		t.Fatal(private.err)
	}
	return private.tors
}

func testContext(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), testTimeout)
	t.Cleanup(cancel)
	return ctx
}

// onionHosts makes hosts on real Tor, each with an onion service of its own that
// can be reached.
func onionHosts(t *testing.T, n int) []host.Host {
	t.Helper()
	tors := privateTors(t)
	hosts := make([]host.Host, n)
	for i := range hosts {
		hosts[i] = newHost(t, tors[i%len(tors)])
	}
	for _, h := range hosts {
		awaitReady(t, h)
	}
	return hosts
}

func newHost(t *testing.T, d *tor.Daemon) host.Host {
	t.Helper()
	h, err := dropin.NewHost(d, newKey(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

func newKey(t *testing.T) onion.Key {
	t.Helper()
	key, err := onion.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func awaitReady(t *testing.T, h host.Host) {
	t.Helper()
	if err := tortransport.Ready(testContext(t), h.Network()); err != nil {
		t.Fatal(err)
	}
}

func infoOf(h host.Host) peer.AddrInfo { return peer.AddrInfo{ID: h.ID(), Addrs: h.Addrs()} }

func connect(t *testing.T, from, to host.Host) {
	t.Helper()
	if err := onionhost.Connect(testContext(t), from, infoOf(to)); err != nil {
		t.Fatal(err)
	}
}

// await waits until what is asked for is so.
func await(t *testing.T, what string, is func() bool) {
	t.Helper()
	ctx := testContext(t)
	for !is() {
		select {
		case <-time.After(poll):
		case <-ctx.Done():
			t.Fatalf("waiting until %s: %v", what, ctx.Err())
		}
	}
}

// wantOnionsOnly checks that the hosts have nothing but onion addresses: of
// themselves, of each other, and on all their connections.
func wantOnionsOnly(t *testing.T, hosts []host.Host) {
	t.Helper()
	listens := make(map[peer.ID]ma.Multiaddr)
	for _, h := range hosts {
		addrs := h.Network().ListenAddresses()
		if len(addrs) != 1 || !isOnion(addrs[0]) {
			t.Fatalf("a host listens on %v", addrs)
		}
		listens[h.ID()] = addrs[0]
	}
	for i, h := range hosts {
		if got := h.Addrs(); len(got) != 1 || !got[0].Equal(listens[h.ID()]) {
			t.Errorf("host %d advertises %v", i, got)
		}
		for _, p := range h.Peerstore().PeersWithAddrs() {
			for _, a := range h.Peerstore().Addrs(p) {
				if listens[p] == nil || !a.Equal(listens[p]) {
					t.Errorf("host %d knows a peer by %v", i, a)
				}
			}
		}
		for _, c := range h.Network().Conns() {
			service, anonymous := c.RemoteMultiaddr(), c.LocalMultiaddr()
			want := listens[c.RemotePeer()]
			if c.Stat().Direction == network.DirInbound {
				service, anonymous = anonymous, service
				want = listens[h.ID()]
			}
			if want == nil || !service.Equal(want) || !isOnion(anonymous) {
				t.Errorf("host %d has a connection from %v to %v", i, anonymous, service)
			}
		}
	}
}

func isOnion(m ma.Multiaddr) bool {
	return slices.Equal(protocolsOf(m), []int{ma.P_ONION3})
}

func protocolsOf(m ma.Multiaddr) []int {
	var codes []int
	for _, p := range m.Protocols() {
		codes = append(codes, p.Code)
	}
	return codes
}
