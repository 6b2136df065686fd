package tortest_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport/tortest"
)

func TestOnionService(t *testing.T) {
	n := sharedNetwork(t)
	// The service comes first: a network that is ready has it uploaded at once.
	service := startClient(t, n, tortest.ClientConfig{})
	ready(t, service)
	addr := echoOnion(t, service)
	client := startClient(t, n, tortest.ClientConfig{Unix: true, Password: `pass "word" \ ü`})
	conn, err := dialSocks(t.Context(), client, addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for range 3 {
		if _, err := echo(conn); err != nil {
			t.Fatal(err)
		}
	}
	if phase := dialControl(t, client).ask("GETINFO status/bootstrap-phase"); !strings.Contains(phase, "PROGRESS=100") {
		t.Errorf("a client that reached a service is at %q", phase)
	}
}

func TestTorrc(t *testing.T) {
	n := sharedNetwork(t)
	for _, line := range []string{"TestingTorNetwork 1\n", "DirAuthority "} {
		if !strings.Contains(n.Torrc(), line) {
			t.Errorf("Torrc lacks %q", line)
		}
	}
	for _, word := range []string{"Port ", "DataDirectory", "Log ", os.TempDir()} {
		if strings.Contains(n.Torrc(), word) {
			t.Errorf("Torrc has %q:\n%s", word, n.Torrc())
		}
	}
	content, err := os.ReadFile(n.TorrcFile())
	if err != nil {
		t.Fatal(err)
	}
	if string(content) != n.Torrc() {
		t.Errorf("the file differs from Torrc: %q", content)
	}
}

func TestTwoNetworksAtOnce(t *testing.T) {
	dir := t.TempDir()
	found := make(chan *tortest.Network, 1)
	go func() {
		defer close(found)
		n, err := tortest.Start(t.Context(), tortest.Config{Dir: dir})
		if err != nil {
			t.Error(err)
			return
		}
		found <- n
	}()
	a := tortest.New(t, tortest.Config{Relays: 3})
	b := <-found
	if b == nil {
		t.FailNow()
	}
	t.Cleanup(func() { _ = b.Stop() })
	small := startClient(t, a, tortest.ClientConfig{})
	ready(t, small)
	conn, err := dialSocks(t.Context(), small, echoOnion(t, small))
	if err != nil {
		t.Fatalf("an onion service with the fewest relays: %v", err)
	}
	defer conn.Close()
	if _, err := echo(conn); err != nil {
		t.Fatal(err)
	}
	client := startClient(t, b, tortest.ClientConfig{Unix: true})
	ready(t, client)
	if a.Torrc() == b.Torrc() {
		t.Error("two networks are one")
	}

	if err := b.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := b.Stop(); err != nil {
		t.Errorf("second Stop: %v", err)
	}
	select {
	case <-b.Done():
	default:
		t.Error("Done is open after Stop")
	}
	if err := b.Err(); err != nil {
		t.Errorf("Err after Stop: %v", err)
	}
	wantEmpty(t, dir)
	if _, err := os.Stat(strings.TrimPrefix(client.Control, "unix:")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the client's control socket is left: %v", err)
	}
	if err := client.Restart(t.Context()); !errors.Is(err, tortest.ErrStopped) {
		t.Errorf("Restart = %v, want ErrStopped", err)
	}
	if _, err := b.StartClient(t.Context(), tortest.ClientConfig{}); !errors.Is(err, tortest.ErrStopped) {
		t.Errorf("StartClient = %v, want ErrStopped", err)
	}
	select {
	case <-a.Done():
		t.Errorf("the other network ended too: %v", a.Err())
	default:
	}
}

func TestLinkDelay(t *testing.T) {
	fast := medianEcho(t, sharedNetwork(t))
	slow := medianEcho(t, tortest.New(t, tortest.Config{LinkDelay: 20 * time.Millisecond}))
	t.Logf("round trip %s, with 20 ms on each link %s", fast, slow)
	if slow < 4*fast {
		t.Errorf("slow links make %s of %s", slow, fast)
	}
}

// medianEcho measures a warm round trip over an onion service.
func medianEcho(t *testing.T, n *tortest.Network) time.Duration {
	t.Helper()
	c := startClient(t, n, tortest.ClientConfig{})
	defer c.Stop()
	ready(t, c)
	conn, err := dialSocks(t.Context(), c, echoOnion(t, c))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	times := make([]time.Duration, 7)
	for i := range times {
		if times[i], err = echo(conn); err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(times)
	return times[len(times)/2]
}

func ready(t *testing.T, c *tortest.Client) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	if err := c.Ready(ctx); err != nil {
		t.Fatal(err)
	}
}

func wantEmpty(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		t.Errorf("%s is left", e.Name())
	}
}
