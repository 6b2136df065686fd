package tortransport_test

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/libp2p/go-libp2p/core/network"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// killableTor starts a daemon, and returns what kills its process.
func killableTor(t *testing.T) (*tor.Daemon, func()) {
	t.Helper()
	pidFile := filepath.Join(t.TempDir(), "pid")
	d, err := tor.Start(testContext(t), tor.Config{Torrc: privateNetwork(t).Torrc() + "PidFile " + pidFile})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d, func() {
		t.Helper()
		b, err := os.ReadFile(pidFile)
		if err != nil {
			t.Fatal(err)
		}
		pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
		if err != nil {
			t.Fatal(err)
		}
		p, err := os.FindProcess(pid)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Kill(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestTorIsKilled kills the Tor of one side, which listens and has dialled. What
// went through it is lost, and all that comes after goes through the next.
func TestTorIsKilled(t *testing.T) {
	t.Parallel()
	a, _ := sharedTors(t)
	k1, k2 := newKey(t), newKey(t)
	limits := newCountingManager(t)
	far := newParty(t, a, k1)
	addr := far.serve(t, k1)
	d, kill := killableTor(t)
	near := partyConfig{limits: limits}.new(t, tortransport.WithDaemon(d), tortransport.WithOnionKey(k2))
	own := near.serve(t, k2)
	c := near.mustDial(t, addr, far.id)
	defer c.Close()
	mustEcho(t, c)
	s, err := c.OpenStream(testContext(t))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	read := make(chan error, 1)
	go func() {
		_, err := s.Read(make([]byte, 1)) // nothing comes
		read <- err
	}()

	kill()
	// At once: a dial either finds the tor that has just died, or waits for the
	// next.
	again, err := near.Dial(testContext(t), addr, far.id)
	if err != nil {
		if !errors.Is(err, tor.ErrExited) {
			t.Errorf("the next dial gave %v, want tor.ErrExited", err)
		}
		again = near.mustDial(t, addr, far.id)
	}
	mustEcho(t, again)
	select {
	case err := <-read:
		if !errors.Is(err, network.ErrReset) {
			t.Errorf("reading gave %v, want network.ErrReset", err)
		}
	case <-testContext(t).Done():
		t.Error("the stream hangs")
	}
	// The listener has been open all the time, and is found again.
	if err := near.Ready(testContext(t), own); err != nil {
		t.Fatal(err)
	}
	back := far.mustDial(t, own, near.id)
	mustEcho(t, back)
	back.Close()
	again.Close()
	c.Close()
	if d.Reconnects() != 1 || d.Err() != nil {
		t.Errorf("%d reconnects, %v", d.Reconnects(), d.Err())
	}
	limits.wantNone(t)
	// The other side has noticed nothing.
	_, b := sharedTors(t)
	other := newParty(t, b).mustDial(t, addr, far.id)
	defer other.Close()
	mustEcho(t, other)
}
