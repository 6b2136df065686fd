package tortransport_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/sec"
	"github.com/libp2p/go-libp2p/p2p/net/swarm"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// onPort is an onion address with another virtual port.
func onPort(tb testing.TB, k onion.Key, port uint16) ma.Multiaddr {
	tb.Helper()
	m, err := k.Address().Multiaddr(port)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

// TestDialErrors is what real Tor answers, found in libp2p's own dial error.
func TestDialErrors(t *testing.T) {
	t.Parallel()
	a, b := sharedTors(t)
	k := newKey(t)
	server := stockHost(t, a, k)
	awaitReady(t, server.Network())
	client := ownHost(t, b)
	// With the descriptor at hand: a stream for which tor asked a directory that
	// does not have it yet ends with "not found", whatever came after.
	if err := client.Connect(testContext(t), infoOf(server)); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		addr ma.Multiaddr
		want error
	}{
		{"port without a service", onPort(t, k, 81), tortransport.ErrRefused},
		{"unknown service", onionAddr(t, newKey(t)), tortransport.ErrNotFound},
		{"wrong checksum", wrongChecksum(t), onion.ErrChecksum},
		{"wrong version", damaged(t, 34), onion.ErrVersion},
	} {
		t.Run(tc.name, func(t *testing.T) {
			// Another peer each time: libp2p does not dial one again that it
			// has just failed to reach.
			err := client.Connect(testContext(t), peer.AddrInfo{ID: randomPeer(t), Addrs: []ma.Multiaddr{tc.addr}})
			if !errors.Is(err, tc.want) {
				t.Errorf("got %v, want %v", err, tc.want)
			}
			wantCausesDiscreet(t, err)
		})
	}
	t.Run("wrong peer", func(t *testing.T) {
		stranger := randomPeer(t)
		err := client.Connect(testContext(t), peer.AddrInfo{ID: stranger, Addrs: []ma.Multiaddr{onionAddr(t, k)}})
		if mismatch := (sec.ErrPeerIDMismatch{}); !errors.As(err, &mismatch) || mismatch.Actual != server.ID() {
			t.Errorf("got %v, want sec.ErrPeerIDMismatch", err)
		}
		wantCausesDiscreet(t, err)
	})
}

// wantCausesDiscreet checks what libp2p got from the transport; its own text has
// the addresses in full.
func wantCausesDiscreet(t *testing.T, err error) {
	t.Helper()
	var dial *swarm.DialError
	if !errors.As(err, &dial) || len(dial.DialErrors) == 0 {
		t.Fatalf("%T is no dial error of libp2p, or has no causes", err)
	}
	for _, e := range dial.DialErrors {
		wantDiscreet(t, e.Cause)
	}
}

// TestPlainSOCKS is about daemons of other people, whose SOCKS port has no
// ExtendedErrors.
func TestPlainSOCKS(t *testing.T) {
	t.Parallel()
	a, _ := sharedTors(t)
	c, err := privateNetwork(t).StartClient(testContext(t), tortest.ClientConfig{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Stop)
	client := newParty(t, attach(t, tor.AttachConfig{Control: parseAddr(t, c.Control)}))
	err = client.dialFails(t, testContext(t), onionAddr(t, newKey(t)), client.id)
	if !errors.Is(err, tortransport.ErrUnreachable) {
		t.Errorf("unknown service: %v, want ErrUnreachable", err)
	}
	k := newKey(t)
	newParty(t, a, k).serve(t, k)
	err = client.dialFails(t, testContext(t), onPort(t, k, 81), client.id)
	if !errors.Is(err, tortransport.ErrRefused) {
		t.Errorf("port without a service: %v, want ErrRefused", err)
	}
}

// TestOffline has a tor that is not to connect to any network: listening and
// closing work, and everything else says what is missing.
func TestOffline(t *testing.T) {
	d, err := tor.Start(testContext(t), tor.Config{DataDir: t.TempDir(), Torrc: "DisableNetwork 1"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	k := newKey(t)
	p := partyConfig{}.new(t, tortransport.WithDaemon(d), tortransport.WithOnionKey(k), tortransport.WithDialTimeout(300*time.Millisecond))

	l, err := p.Listen(onionAddr(t, k)) // Tor would never be ready
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if !l.Multiaddr().Equal(onionAddr(t, k)) {
		t.Error("the address is not that of the key")
	}
	ctx, cancel := context.WithTimeout(testContext(t), 300*time.Millisecond)
	defer cancel()
	if err := p.Ready(ctx, l.Multiaddr()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Ready gave %v, want the context's error", err)
	}
	if err := p.dialFails(t, testContext(t), onionAddr(t, newKey(t)), p.id); !errors.Is(err, tortransport.ErrNotReady) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the dial gave %v, want ErrNotReady and the context's error", err)
	}
}

// TestOfflineHost is the same as libp2p tells it. A dial that the caller's context
// ends is told as that alone; the transport's own limit keeps the reason.
func TestOfflineHost(t *testing.T) {
	d, err := tor.Start(testContext(t), tor.Config{DataDir: t.TempDir(), Torrc: "DisableNetwork 1"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	h := ownHostWith(t, d, []tortransport.Option{tortransport.WithDialTimeout(300 * time.Millisecond)})
	err = h.Connect(testContext(t), peer.AddrInfo{ID: randomPeer(t), Addrs: []ma.Multiaddr{onionAddr(t, newKey(t))}})
	if !errors.Is(err, tortransport.ErrNotReady) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want ErrNotReady and context.DeadlineExceeded", err)
	}
}
