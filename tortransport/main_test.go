package tortransport_test

import (
	"context"
	"errors"
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

// private is the private Tor network that the tests of this package share, and
// two daemons in it for tests that have no need of their own. It is started by
// the first test that asks for it.
var private struct {
	once sync.Once
	net  *tortest.Network
	err  error

	torsOnce sync.Once
	tors     [2]*tor.Daemon
	torsErr  error
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
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
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

// sharedTors returns two managed daemons that are connected. Nobody closes them,
// or leaves a service behind.
func sharedTors(t testing.TB) (a, b *tor.Daemon) {
	t.Helper()
	torrc := privateNetwork(t).Torrc()
	private.torsOnce.Do(func() {
		ctx := testContext(t)
		for i := range private.tors {
			d, err := tor.Start(ctx, tor.Config{Torrc: torrc})
			if err != nil {
				private.torsErr = err
				return
			}
			private.tors[i] = d
		}
		for _, d := range private.tors {
			private.torsErr = errors.Join(private.torsErr, d.WaitReady(ctx))
		}
	})
	if private.torsErr != nil {
		t.Fatal(private.torsErr)
	}
	return private.tors[0], private.tors[1]
}

func testContext(t testing.TB) context.Context {
	t.Helper()
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
