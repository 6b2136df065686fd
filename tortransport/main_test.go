package tortransport_test

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"go.uber.org/goleak"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// testTimeout bounds what a test waits for; each wait is usually seconds.
const testTimeout = 2 * time.Minute

// private is the private Tor network that the tests of this package share.
var private struct {
	once sync.Once
	net  *tortest.Network
	err  error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if private.net != nil {
		if err := private.net.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	if code == 0 {
		if err := goleak.Find(leakOptions()...); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// leakOptions names goroutines that libraries start once and never end.
func leakOptions() []goleak.Option { return nil }

func privateNetwork(t testing.TB) *tortest.Network {
	t.Helper()
	private.once.Do(func() {
		private.net, private.err = tortest.Start(context.Background(), tortest.Config{})
	})
	if private.err != nil {
		t.Fatal(private.err)
	}
	return private.net
}

// startTor starts a managed daemon in the private network.
func startTor(t testing.TB) *tor.Daemon {
	t.Helper()
	d, err := tor.Start(testContext(t), tor.Config{DataDir: t.TempDir(), Torrc: privateNetwork(t).Torrc()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func testContext(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), testTimeout)
	t.Cleanup(cancel)
	return ctx
}

func newKey(t testing.TB) onion.Key {
	t.Helper()
	k, err := onion.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func awaitReady(t testing.TB, n network.Network) {
	t.Helper()
	if err := tortransport.Ready(testContext(t), n); err != nil {
		t.Fatal(err)
	}
}
