package preset_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"
	"go.uber.org/goleak"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/onionhost"
	"github.com/onionwire/onionwire/tortransport/onionhost/preset"
	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// testTimeout bounds what a test waits for; each wait is usually seconds.
const testTimeout = 2 * time.Minute

func TestMain(m *testing.M) {
	if isStub() {
		if err := runStub(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	code := m.Run()
	if code == 0 {
		// libp2p forgets a resource manager of its own making when there is one
		// already. Those of the preset are looked for where it fails.
		forgotten := goleak.IgnoreTopFunction("github.com/libp2p/go-libp2p/p2p/host/resource-manager.(*resourceManager).background")
		if err := goleak.Find(forgotten); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

func testContext(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), testTimeout)
	t.Cleanup(cancel)
	return ctx
}

func fakeTor(t *testing.T) *tor.Daemon {
	t.Helper()
	control, err := tor.ParseAddr(tortest.NewFake(t).ControlAddr())
	if err != nil {
		t.Fatal(err)
	}
	d, err := tor.Attach(testContext(t), tor.AttachConfig{Control: control})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func newIdentity(t *testing.T) crypto.PrivKey {
	t.Helper()
	k, _, err := crypto.GenerateEd25519Key(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func newKey(t *testing.T) (onion.Key, ma.Multiaddr) {
	t.Helper()
	k, err := onion.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	m, err := k.Address().Multiaddr(4001)
	if err != nil {
		t.Fatal(err)
	}
	return k, m
}

// kinds are the two ways to make a host that tells nothing. What is shown of one
// is shown of both.
var kinds = []struct {
	name string
	make func(*testing.T, *tor.Daemon) host.Host
}{
	{"preset", presetHost},
	{"by hand", handmadeHost},
}

// presetHost makes a host that listens on an onion address.
func presetHost(t *testing.T, d *tor.Daemon) host.Host {
	t.Helper()
	key, addr := newKey(t)
	h, err := libp2p.New(
		preset.Onion(tortransport.WithDaemon(d), tortransport.WithOnionKey(key)),
		libp2p.ListenAddrs(addr),
	)
	if err != nil {
		t.Fatal(err)
	}
	return ready(t, h)
}

func handmadeHost(t *testing.T, d *tor.Daemon) host.Host {
	t.Helper()
	key, addr := newKey(t)
	h, err := onionhost.New(onionhost.Config{
		Key:         newIdentity(t),
		ListenAddrs: []ma.Multiaddr{addr},
		Transport:   []tortransport.Option{tortransport.WithDaemon(d), tortransport.WithOnionKey(key)},
		Ping:        true,
	})
	if err != nil {
		t.Fatal(err)
	}
	return ready(t, h)
}

// ready waits until a host can be reached, and closes it at the end.
func ready(t *testing.T, h host.Host) host.Host {
	t.Helper()
	t.Cleanup(func() { h.Close() })
	if err := tortransport.Ready(testContext(t), h.Network()); err != nil {
		t.Fatal(err)
	}
	return h
}

func infoOf(h host.Host) peer.AddrInfo { return peer.AddrInfo{ID: h.ID(), Addrs: h.Addrs()} }

// awaitClosed waits until a host sees that its connection to a peer is closed.
func awaitClosed(t *testing.T, h host.Host, p peer.ID) {
	t.Helper()
	for ctx := testContext(t); h.Network().Connectedness(p) != network.NotConnected; {
		select {
		case <-time.After(10 * time.Millisecond):
		case <-ctx.Done():
			t.Fatal("the other side does not see that the connection is closed")
		}
	}
}
