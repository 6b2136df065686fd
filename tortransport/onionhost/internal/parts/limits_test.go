package parts_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	rcmgr "github.com/libp2p/go-libp2p/p2p/host/resource-manager"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/tortransport/onionhost/internal/parts"
)

// torsEnd is what the transport tells of every inbound connection.
var torsEnd = ma.StringCast("/ip4/127.0.0.1")

func newResourceManager(t *testing.T) network.ResourceManager {
	t.Helper()
	m, err := parts.NewResourceManager(rcmgr.WithMetricsDisabled())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

// open opens an inbound connection until the end of the test.
func open(t *testing.T, m network.ResourceManager) (network.ConnManagementScope, error) {
	t.Helper()
	c, err := m.OpenConnection(network.DirInbound, true, torsEnd)
	if err == nil {
		t.Cleanup(c.Done)
	}
	return c, err
}

// TestManyStrangers: all come from the same address, and many find room.
func TestManyStrangers(t *testing.T) {
	m := newResourceManager(t)
	for i := range 300 {
		c, err := open(t, m)
		if err != nil {
			t.Fatalf("stranger %d: %v", i, err)
		}
		if err := c.SetPeer(peer.ID(fmt.Sprint("stranger ", i))); err != nil {
			t.Fatalf("stranger %d: %v", i, err)
		}
	}
}

// TestSlowStrangers: many may be negotiating at once, and not any number.
func TestSlowStrangers(t *testing.T) {
	m := newResourceManager(t)
	const enough = 100_000
	for i := range enough {
		if _, err := open(t, m); err != nil {
			if i < 3*32 {
				t.Errorf("only %d strangers may be negotiating: %v", i, err)
			}
			if !errors.Is(err, network.ErrResourceLimitExceeded) {
				t.Errorf("got %v", err)
			}
			return
		}
	}
	t.Error("any number of strangers may be negotiating")
}

// TestOnePeer: a peer that connects again and again is held back.
func TestOnePeer(t *testing.T) {
	m := newResourceManager(t)
	for i := range 100 {
		c, err := open(t, m)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.SetPeer("somebody"); err != nil {
			if i < 2 {
				t.Errorf("only %d connections of one peer are allowed", i)
			}
			return
		}
	}
	t.Error("one peer may have any number of connections")
}
