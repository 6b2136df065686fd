package node

import (
	"container/list"
	"context"
	"sync"
)

const (
	// maxGuests is how many streams of strangers may be in the middle of a handshake.
	// Another one displaces the oldest: one that takes its time is more likely up to
	// no good.
	maxGuests = 32
	// maxKnocks is how many streams of one contact may be. A contact who keeps to the
	// protocol has one, and another when it has lost that.
	maxKnocks = 4
)

// guests are those who have opened a stream and are in the middle of a handshake.
type guests struct {
	mu        sync.Mutex
	strangers list.List             // of *context.CancelFunc, the oldest first
	contacts  map[string]*list.List // the same, by peer: no number of strangers keeps them out
}

// enter counts a handshake until the function is called that it returns. If there are
// too many, the oldest is cancelled.
func (g *guests) enter(peer string, known bool, cancel context.CancelFunc) (leave func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	all, most := &g.strangers, maxGuests
	if known {
		if g.contacts == nil {
			g.contacts = make(map[string]*list.List)
		}
		if g.contacts[peer] == nil {
			g.contacts[peer] = new(list.List)
		}
		all, most = g.contacts[peer], maxKnocks
	}
	if all.Len() >= most {
		(*all.Remove(all.Front()).(*context.CancelFunc))()
	}
	place := all.PushBack(&cancel)
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		all.Remove(place) // does nothing if it was displaced
		if known && all.Len() == 0 && g.contacts[peer] == all {
			delete(g.contacts, peer)
		}
	}
}
