package tortransport

import (
	"container/list"
	"context"
	"errors"
	"sync"
)

// errCrowded ends a negotiation in favour of one that has just begun.
var errCrowded = errors.New("too many inbound connections are negotiating")

// upgrades bounds the inbound connections that are not accepted yet. When all
// places are taken, who has been negotiating for longest goes: peers that
// connect and never speak cost nothing but themselves, and cannot keep out one
// that does. Connections that have negotiated are not ended; if they take all
// places, because nobody accepts them, newcomers wait.
type upgrades struct {
	places chan struct{} // holds a token for every upgrade

	mu          sync.Mutex
	negotiating list.List // of context.CancelCauseFunc, the oldest first
}

func newUpgrades(places int) *upgrades {
	return &upgrades{places: make(chan struct{}, places)}
}

// makeRoom waits until there is a free place, or ctx ends. Only the goroutine
// that calls it may call begin.
func (u *upgrades) makeRoom(ctx context.Context) {
	select {
	case u.places <- struct{}{}:
	default:
		u.endOldest()
		select {
		case u.places <- struct{}{}:
		case <-ctx.Done():
			return
		}
	}
	<-u.places
}

func (u *upgrades) endOldest() {
	u.mu.Lock()
	defer u.mu.Unlock()
	if oldest := u.negotiating.Front(); oldest != nil {
		oldest.Value.(context.CancelCauseFunc)(errCrowded)
		u.negotiating.Remove(oldest)
	}
}

// begin takes a place for an upgrade, whose context it returns. It reports false
// if the listener has ended before there was one.
func (u *upgrades) begin(listener context.Context) (context.Context, upgrade, bool) {
	select {
	case u.places <- struct{}{}:
	case <-listener.Done():
		return nil, upgrade{}, false
	}
	ctx, cancel := context.WithCancelCause(listener)
	u.mu.Lock()
	defer u.mu.Unlock()
	return ctx, upgrade{of: u, cancel: cancel, entry: u.negotiating.PushBack(cancel)}, true
}

// upgrade is one place in upgrades that is taken.
type upgrade struct {
	of     *upgrades
	cancel context.CancelCauseFunc
	entry  *list.Element
}

// negotiated keeps the connection from being ended in favour of another.
func (u upgrade) negotiated() {
	u.of.mu.Lock()
	defer u.of.mu.Unlock()
	u.of.negotiating.Remove(u.entry) // does nothing if it is not in there
}

// end gives the place back.
func (u upgrade) end() {
	u.negotiated()
	u.cancel(nil)
	<-u.of.places
}
