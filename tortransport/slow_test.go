package tortransport_test

import (
	"sync"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peerstore"

	"github.com/onionwire/onionwire/tortransport/tortest"
)

// connected returns what receives the time of the next new connection of a host.
func connected(h host.Host) <-chan time.Time {
	at := make(chan time.Time, 1)
	h.Network().Notify(&network.NotifyBundle{ConnectedF: func(network.Network, network.Conn) {
		select {
		case at <- time.Now():
		default:
		}
	}})
	return at
}

// TestSlowTor has a Tor so slow that neither end is done with the negotiation in
// the 15 seconds for which stock libp2p waits: the swarm for a dial, the upgrader
// for an inbound connection.
func TestSlowTor(t *testing.T) {
	t.Parallel()
	const (
		stock = 15 * time.Second
		lag   = 8 * time.Second // the dialler waits for one answer, thus twice at least
	)
	f, d := fakeTor(t)
	server, client := ownHost(t, d, newKey(t)), ownHost(t, d)
	awaitReady(t, server.Network())
	inbound := connected(server)
	var once sync.Once
	arrived := make(chan time.Time, 1)
	f.OnSocks(func(tortest.FakeRequest) tortest.FakeSocksReply {
		once.Do(func() { arrived <- time.Now() })
		return tortest.FakeSocksReply{Lag: lag}
	})
	client.Peerstore().AddAddrs(server.ID(), server.Addrs(), peerstore.PermanentAddrTTL)
	begin := time.Now()
	c, err := client.Network().DialPeer(network.WithDialPeerTimeout(testContext(t), testTimeout), server.ID())
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begin); took <= stock {
		t.Errorf("the dial took %s, which is not slow enough", took)
	}
	select {
	case at := <-inbound:
		if took := at.Sub(<-arrived); took <= stock {
			t.Errorf("the inbound upgrade took %s, which is not slow enough", took)
		}
	case <-testContext(t).Done():
		t.Fatal("the inbound connection was not accepted")
	}
	if c.IsClosed() {
		t.Error("the connection is closed already")
	}
}
