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
// places are taken, one that is negotiating goes, so that peers that connect and
// never speak cannot keep out one that does. Those who have agreed on a security
// protocol and those who have not are entitled to half of the places each: whoever
// only connects, however often, ends nobody who has begun to speak, and whoever
// begins and then is silent does not keep the places for himself. Who goes is the
// one that has been there for longest, of the half that has more than its due.
//
// Connections that have negotiated are not ended; if they take all places, because
// nobody accepts them, newcomers wait.
type upgrades struct {
	places chan struct{} // holds a token for every upgrade

	mu          sync.Mutex
	negotiating list.List // of *upgrade, the oldest first
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
		u.endOne()
		select {
		case u.places <- struct{}{}:
		case <-ctx.Done():
			return
		}
	}
	<-u.places
}

// endOne ends the negotiation that has to go, if there is one.
func (u *upgrades) endOne() {
	u.mu.Lock()
	defer u.mu.Unlock()
	var oldest [2]*upgrade // of those who have not agreed, and of those who have
	var count [2]int
	for e := u.negotiating.Front(); e != nil; e = e.Next() {
		up, half := e.Value.(*upgrade), 0
		if up.conn.Agreed() {
			half = 1
		}
		if count[half]++; oldest[half] == nil {
			oldest[half] = up
		}
	}
	up := oldest[0]
	if count[1] > count[0] { // the newcomer will be one of the others
		up = oldest[1]
	}
	if up != nil {
		up.cancel(errCrowded)
		u.negotiating.Remove(up.entry)
	}
}

// begin takes a place for the upgrade of a connection. It returns nil if the
// listener has ended before there was one.
func (u *upgrades) begin(listener context.Context, conn *negotiation) *upgrade {
	select {
	case u.places <- struct{}{}:
	case <-listener.Done():
		return nil
	}
	up := &upgrade{of: u, conn: conn}
	up.ctx, up.cancel = context.WithCancelCause(listener)
	u.mu.Lock()
	defer u.mu.Unlock()
	up.entry = u.negotiating.PushBack(up)
	return up
}

// upgrade is one place in upgrades that is taken.
type upgrade struct {
	of     *upgrades
	conn   *negotiation
	ctx    context.Context // ends with the upgrade; its cause says why
	cancel context.CancelCauseFunc
	entry  *list.Element
}

// negotiated keeps the connection from being ended in favour of another.
func (u *upgrade) negotiated() {
	u.of.mu.Lock()
	defer u.of.mu.Unlock()
	u.of.negotiating.Remove(u.entry) // does nothing if it is not in there
}

// end gives the place back.
func (u *upgrade) end() {
	u.negotiated()
	u.cancel(nil)
	<-u.of.places
}
