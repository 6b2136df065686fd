//go:build unix

package tortransport_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// stoppableTor attaches to a tor that is somebody else's, so that nobody starts it again,
// and returns what stops it. The relays that it is connected to do not notice.
func stoppableTor(t *testing.T) (*tor.Daemon, func()) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "pid")
	c, err := privateNetwork(t).StartClient(testContext(t), tortest.ClientConfig{Torrc: "PidFile " + file})
	if err != nil {
		t.Fatal(err)
	}
	d := attach(t, tor.AttachConfig{Control: parseAddr(t, c.Control)})
	if err := d.WaitReady(testContext(t)); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		t.Fatal(err)
	}
	return d, func() {
		t.Helper()
		if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = syscall.Kill(pid, syscall.SIGCONT) }) // so that it ends at once
	}
}

// TestServiceMoves takes a service to another tor while the relays take the old one for
// connected, as when the network of a machine changes. Whoever knows the service from
// before is led there first.
func TestServiceMoves(t *testing.T) {
	t.Parallel()
	a, b := sharedTors(t)
	old, stop := stoppableTor(t)
	k := newKey(t)
	addr := newParty(t, old, k).serve(t, k)
	server := newParty(t, a, k)
	connected, knowing := newParty(t, b), newParty(t, b)
	// Whom the circuit leads to is not who is asked for, which only the two ends see.
	err := connected.dialFails(t, testContext(t), addr, server.id)
	t.Logf("before: %v", err)

	stop()
	server.serve(t, k)
	for name, client := range map[string]party{"with a circuit to the old place": connected, "knowing the old place": knowing} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			begin := time.Now()
			c := client.mustDial(t, addr, server.id)
			t.Logf("reached after %s", time.Since(begin).Round(time.Millisecond))
			mustEcho(t, c)
			c.Close()
		})
	}
}
