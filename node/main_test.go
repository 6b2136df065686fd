package node_test

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/onionwire/onionwire/node/internal/disk"
	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// testTimeout bounds what a test waits for; each wait is usually much less.
const testTimeout = 2 * time.Minute

// soak lets some tests go on for much longer.
var soak = os.Getenv("NODE_TEST_SOAK") != ""

// private is the private Tor network that the tests of this package share.
var private struct {
	once sync.Once
	net  *tortest.Network
	err  error
	// The daemons that tests share which end none: in the order in which they began.
	mu      sync.Mutex
	clients []*tortest.Client
	daemons []*tor.Daemon
}

func TestMain(m *testing.M) {
	if os.Getenv(childRoot) != "" {
		os.Exit(child())
	}
	flag.Parse()
	disk.Available = pretended(disk.Available)
	// Most of what tests do here is waiting.
	if err := flag.Set("test.parallel", "6"); err != nil {
		panic(err)
	}
	code := m.Run()
	for _, d := range private.daemons {
		if err := d.Close(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	if private.net != nil {
		if err := private.net.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

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

// sharedTor is the n-th of the daemons that tests share which do it no harm.
func sharedTor(t testing.TB, n int) *tor.Daemon {
	t.Helper()
	private.mu.Lock()
	defer private.mu.Unlock()
	for len(private.daemons) <= n {
		c := startClient(t)
		d, err := tor.Attach(testContext(t), attachConfig(t, c.Control, c.Socks))
		if err != nil {
			t.Fatal(err)
		}
		private.clients, private.daemons = append(private.clients, c), append(private.daemons, d)
	}
	return private.daemons[n]
}

// sharedClient is the tor behind sharedTor, for processes of their own.
func sharedClient(t testing.TB, n int) *tortest.Client {
	t.Helper()
	sharedTor(t, n)
	return private.clients[n]
}

// startClient starts a tor in the private network that can be killed.
func startClient(t testing.TB, torrc ...string) *tortest.Client {
	t.Helper()
	c, err := privateNetwork(t).StartClient(testContext(t), tortest.ClientConfig{
		SocksFlags: "ExtendedErrors", Torrc: strings.Join(torrc, "\n"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Ready(testContext(t)); err != nil {
		t.Fatal(err)
	}
	return c
}

// attach makes a daemon of a control and a SOCKS port.
func attach(t testing.TB, control, socks string) *tor.Daemon {
	t.Helper()
	d, err := tor.Attach(testContext(t), attachConfig(t, control, socks))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func attachConfig(t testing.TB, control, socks string) (cfg tor.AttachConfig) {
	t.Helper()
	if os.Getenv("NODE_TEST_LOG") != "" {
		cfg.Log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	var err error
	if cfg.Control, err = tor.ParseAddr(control); err != nil {
		t.Fatal(err)
	}
	if cfg.SOCKS, err = tor.ParseAddr(socks); err != nil {
		t.Fatal(err)
	}
	return cfg
}

func testContext(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), testTimeout)
	t.Cleanup(cancel)
	return ctx
}

// eventually waits until something is so.
func eventually(t testing.TB, what string, so func() bool) {
	t.Helper()
	for deadline := time.Now().Add(testTimeout); !so(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited for %s", what)
		}
	}
}
