package tortransport_test

import (
	"testing"

	"github.com/libp2p/go-libp2p/core/control"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/tortransport"
)

// gate refuses connections in one of the two places where a transport asks.
type gate struct{ refuseAccept, refuseSecured bool }

func (g *gate) InterceptPeerDial(peer.ID) bool               { return true }
func (g *gate) InterceptAddrDial(peer.ID, ma.Multiaddr) bool { return true }
func (g *gate) InterceptAccept(network.ConnMultiaddrs) bool  { return !g.refuseAccept }
func (g *gate) InterceptSecured(network.Direction, peer.ID, network.ConnMultiaddrs) bool {
	return !g.refuseSecured
}

func (g *gate) InterceptUpgraded(network.Conn) (bool, control.DisconnectReason) { return true, 0 }

// onceGate refuses the first connection and lets the others in.
type onceGate struct {
	gate
	refused chan struct{}
}

func (g *onceGate) first() bool {
	select {
	case <-g.refused:
		return false
	default:
		close(g.refused)
		return true
	}
}

func (g *onceGate) InterceptAccept(network.ConnMultiaddrs) bool {
	return !g.refuseAccept || !g.first()
}

func (g *onceGate) InterceptSecured(network.Direction, peer.ID, network.ConnMultiaddrs) bool {
	return !g.refuseSecured || !g.first()
}

func TestGaterRefusesInbound(t *testing.T) {
	for name, g := range map[string]gate{
		"before the handshake": {refuseAccept: true},
		"behind the handshake": {refuseSecured: true},
	} {
		t.Run(name, func(t *testing.T) {
			_, d := fakeTor(t)
			k := newKey(t)
			limits := newCountingManager(t)
			server := partyConfig{limits: limits, gater: &onceGate{g, make(chan struct{})}}.
				new(t, tortransport.WithDaemon(d), tortransport.WithOnionKey(k))
			addr := server.serve(t, k)
			// With early data it would try a second time by itself.
			client := partyConfig{}.new(t, tortransport.WithDaemon(d), tortransport.WithoutEarlyData())
			c, err := client.Dial(testContext(t), addr, server.id)
			if err == nil {
				_, err = echo(c, []byte("x"))
				c.Close()
			}
			if err == nil {
				t.Error("the connection that the gater refuses works")
			}
			mustReach(t, d, addr, server)
			limits.wantNone(t)
		})
	}
}

func TestGaterRefusesOutbound(t *testing.T) {
	_, d := fakeTor(t)
	k := newKey(t)
	server := newParty(t, d, k)
	addr := server.serve(t, k)
	limits := newCountingManager(t)
	client := partyConfig{limits: limits, gater: &gate{refuseSecured: true}}.new(t, tortransport.WithDaemon(d))
	wantDiscreet(t, client.dialFails(t, testContext(t), addr, server.id))
	limits.wantNone(t)
}
