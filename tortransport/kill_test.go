package tortransport_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

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

// TestTorIsKilled kills the Tor of one side, which listens and has dialled.
func TestTorIsKilled(t *testing.T) {
	t.Parallel()
	a, _ := sharedTors(t)
	k1, k2 := newKey(t), newKey(t)
	limits := newCountingManager(t)
	far := newParty(t, a, k1)
	addr := far.serve(t, k1)
	d, kill := killableTor(t)
	near := partyConfig{limits: limits}.new(t, tortransport.WithDaemon(d), tortransport.WithOnionKey(k2))
	l := near.listen(t, k2)
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
	// At once: nobody may have noticed yet.
	ctx, cancel := context.WithTimeout(testContext(t), 5*time.Second)
	defer cancel()
	if err := near.dialFails(t, ctx, addr, far.id); !errors.Is(err, tor.ErrExited) {
		t.Errorf("the next dial gave %v, want tor.ErrExited", err)
	}
	select {
	case err := <-read:
		if !errors.Is(err, network.ErrReset) {
			t.Errorf("reading gave %v, want network.ErrReset", err)
		}
	case <-ctx.Done():
		t.Error("the stream hangs")
	}
	if err := acceptError(t, l); !errors.Is(err, tor.ErrExited) {
		t.Errorf("Accept gave %v, want tor.ErrExited", err)
	}
	if err := l.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	if _, err := near.Listen(onionAddr(t, k2)); !errors.Is(err, tor.ErrExited) {
		t.Errorf("Listen gave %v, want tor.ErrExited", err)
	}
	c.Close()
	limits.wantNone(t)
	// The other side lives on.
	_, b := sharedTors(t)
	other := newParty(t, b).mustDial(t, addr, far.id)
	defer other.Close()
	mustEcho(t, other)
}
