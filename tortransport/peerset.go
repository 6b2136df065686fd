package tortransport

import (
	"sync"

	"github.com/libp2p/go-libp2p/core/peer"
)

// peerSet is a set of peers with a limit: when it is full, who was added first
// goes. It may be used concurrently.
type peerSet struct {
	limit int

	mu    sync.Mutex
	order []peer.ID // oldest first
	peers map[peer.ID]struct{}
}

func (s *peerSet) has(p peer.ID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.peers[p]
	return ok
}

func (s *peerSet) add(p peer.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.peers == nil {
		s.peers = make(map[peer.ID]struct{})
	}
	if _, ok := s.peers[p]; ok {
		return
	}
	if len(s.order) == s.limit {
		delete(s.peers, s.order[0])
		s.order = append(s.order[:0], s.order[1:]...)
	}
	s.order = append(s.order, p)
	s.peers[p] = struct{}{}
}
