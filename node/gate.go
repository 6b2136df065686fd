package node

import (
	"sync"

	"github.com/libp2p/go-libp2p/core/control"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/node/ledger"
)

// gate knows who is to be kept out, who is let in before others, and who is to be
// slowed down.
type gate struct {
	mu    sync.Mutex
	peers map[ledger.ContactID]string
	state map[string]ledger.ContactState // by peer ID
	paces map[string]*pace
	order []string // of the paces, the oldest first
}

// fill takes over all contacts.
func (g *gate) fill(all []ledger.Contact) {
	g.peers = make(map[ledger.ContactID]string)
	g.state = make(map[string]ledger.ContactState)
	for _, c := range all {
		g.put(c)
	}
}

// put notes what a contact is by now.
func (g *gate) put(c ledger.Contact) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.peers[c.ID] = string(c.Peer)
	g.state[string(c.Peer)] = c.State
}

// drop notes that there is no such contact any more.
func (g *gate) drop(id ledger.ContactID) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.state, g.peers[id])
	delete(g.peers, id)
}

// lets reports whether a peer may connect.
func (g *gate) lets(id peer.ID) bool { return g.stateOf(string(id)) != ledger.Blocked }

// accepts reports whether a peer is somebody whom we have asked or accepted.
func (g *gate) accepts(peer string) bool {
	s := g.stateOf(peer)
	return s == ledger.Accepted || s == ledger.Requested
}

// peerOf returns the peer ID of a contact, or nothing.
func (g *gate) peerOf(id ledger.ContactID) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.peers[id]
}

func (g *gate) stateOf(peer string) ledger.ContactState {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.state[peer]
}

// The gate is libp2p's gater: a blocked peer is turned away as soon as it has proven
// who it is, before any work is done for it.

// InterceptPeerDial implements connmgr.ConnectionGater.
func (g *gate) InterceptPeerDial(id peer.ID) bool { return g.lets(id) }

// InterceptAddrDial implements connmgr.ConnectionGater.
func (g *gate) InterceptAddrDial(id peer.ID, _ ma.Multiaddr) bool { return g.lets(id) }

// InterceptAccept implements connmgr.ConnectionGater.
func (g *gate) InterceptAccept(network.ConnMultiaddrs) bool { return true }

// InterceptSecured implements connmgr.ConnectionGater.
func (g *gate) InterceptSecured(_ network.Direction, id peer.ID, _ network.ConnMultiaddrs) bool {
	return g.lets(id)
}

// InterceptUpgraded implements connmgr.ConnectionGater.
func (g *gate) InterceptUpgraded(network.Conn) (bool, control.DisconnectReason) { return true, 0 }

// pace returns the pace of a peer. Links that are opened anew share it.
func (g *gate) pace(peer string) *pace {
	g.mu.Lock()
	defer g.mu.Unlock()
	if p := g.paces[peer]; p != nil {
		return p
	}
	if g.paces == nil {
		g.paces = make(map[string]*pace)
	}
	if len(g.order) >= maxPaces {
		delete(g.paces, g.order[0])
		g.order = g.order[1:]
	}
	p := newPace()
	g.paces[peer] = p
	g.order = append(g.order, peer)
	return p
}
