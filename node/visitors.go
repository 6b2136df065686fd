package node

import (
	"sync"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
	"github.com/libp2p/go-libp2p/p2p/protocol/ping"
)

const (
	// maxVisitorStreams is how many streams people have open to us who are no
	// contacts, and maxVisitorPings how many of them to ping us. libp2p has limits for
	// all together, which strangers could use up: for each stream it sets 2 MiB aside.
	// It is enough for those of all handshakes and links with strangers.
	maxVisitorStreams = 96
	maxVisitorPings   = 16
	// maxVisitorEach is how many one of them has: for a link, a ping, and for libp2p
	// to find out what each other speaks.
	maxVisitorEach = 4
)

// visitors is libp2p's resource manager, of which strangers get a part and no more:
// the rest is for contacts.
type visitors struct {
	network.ResourceManager
	gate *gate

	mu      sync.Mutex
	each    map[peer.ID]int
	streams int
	pings   int
}

func newVisitors(all network.ResourceManager, g *gate) network.ResourceManager {
	return &visitors{ResourceManager: all, gate: g, each: make(map[peer.ID]int)}
}

// OpenStream implements network.ResourceManager.
func (v *visitors) OpenStream(id peer.ID, dir network.Direction) (network.StreamManagementScope, error) {
	if dir != network.DirInbound || v.gate.accepts(string(id)) {
		return v.ResourceManager.OpenStream(id, dir)
	}
	if !v.enter(id) {
		return nil, network.ErrResourceLimitExceeded
	}
	scope, err := v.ResourceManager.OpenStream(id, dir)
	if err != nil {
		v.leave(id, false)
		return nil, err
	}
	return &visit{StreamManagementScope: scope, all: v, peer: id}, nil
}

func (v *visitors) enter(id peer.ID) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.streams >= maxVisitorStreams || v.each[id] >= maxVisitorEach {
		return false
	}
	v.streams++
	v.each[id]++
	return true
}

func (v *visitors) leave(id peer.ID, pings bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.streams--
	if pings {
		v.pings--
	}
	if v.each[id]--; v.each[id] == 0 {
		delete(v.each, id)
	}
}

// mayPing takes one of the places for pings, if there is one.
func (v *visitors) mayPing() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.pings >= maxVisitorPings {
		return false
	}
	v.pings++
	return true
}

// visit is a stream of a stranger.
type visit struct {
	network.StreamManagementScope
	all  *visitors
	peer peer.ID

	mu    sync.Mutex
	pings bool
	over  bool
}

// SetProtocol implements network.StreamManagementScope. libp2p calls it once.
func (s *visit) SetProtocol(id protocol.ID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id == ping.ID && !s.over {
		if s.pings = s.all.mayPing(); !s.pings {
			return network.ErrResourceLimitExceeded
		}
	}
	return s.StreamManagementScope.SetProtocol(id)
}

// Done implements network.ResourceScopeSpan.
func (s *visit) Done() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.StreamManagementScope.Done()
	if !s.over {
		s.over = true
		s.all.leave(s.peer, s.pings)
	}
}
