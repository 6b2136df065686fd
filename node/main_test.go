package node_test

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

const (
	// testTimeout bounds what a test waits for; each wait is usually much less.
	testTimeout = time.Minute
	// promptly is how long what should not have to wait for anything may take on
	// a busy machine.
	promptly = 5 * time.Second
)

// private is the private Tor network that the tests of this package share.
var private struct {
	once sync.Once
	net  *tortest.Network
	err  error
}

func TestMain(m *testing.M) {
	if root := os.Getenv(holdEnv); root != "" {
		os.Exit(holdProfile(root))
	}
	code := m.Run()
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

// attach makes a daemon of a control and a SOCKS port.
func attach(t testing.TB, control, socks, cookie string) *tor.Daemon {
	t.Helper()
	cfg := tor.AttachConfig{CookieFile: cookie}
	var err error
	if cfg.Control, err = tor.ParseAddr(control); err != nil {
		t.Fatal(err)
	}
	if cfg.SOCKS, err = tor.ParseAddr(socks); err != nil {
		t.Fatal(err)
	}
	d, err := tor.Attach(testContext(t), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func testContext(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), testTimeout)
	t.Cleanup(cancel)
	return ctx
}

// within runs f and fails the test if it takes longer than promptly.
func within(t testing.TB, what string, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	select {
	case <-done:
	case <-time.After(promptly):
		t.Fatalf("%s takes longer than %s", what, promptly)
	}
}
