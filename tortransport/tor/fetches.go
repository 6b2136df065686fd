package tor

import (
	"sync"
	"time"

	"github.com/onionwire/onionwire/tortransport/onion"
)

const (
	// requeryPeriod is for how long tor does not ask a directory for a descriptor
	// again, while it does not reach the service, and maxFetches is how many of those
	// six or so that should have it we have it ask in that time. The others are for
	// tor itself, once it has found out that it needs a newer one.
	requeryPeriod = 15 * time.Minute
	maxFetches    = 3
	// maxFetched bounds for how many services that is counted. Beyond it nothing is
	// fetched.
	maxFetched = 1024
)

// fetches has what becomes of tor's attempts to get descriptors, and how many there
// were because of us. The zero value can be used.
type fetches struct {
	mu        sync.Mutex
	followers map[onion.Address]map[chan descriptorEvent]bool
	begun     map[onion.Address][]time.Time // oldest first
}

// begin reports whether a descriptor may be fetched now, and counts that.
func (f *fetches) begin(addr onion.Address, now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for a, times := range f.begun {
		for len(times) > 0 && now.Sub(times[0]) >= requeryPeriod {
			times = times[1:]
		}
		if f.begun[a] = times; len(times) == 0 {
			delete(f.begun, a)
		}
	}
	times, known := f.begun[addr]
	if len(times) >= maxFetches || !known && len(f.begun) >= maxFetched {
		return false
	}
	if f.begun == nil {
		f.begun = make(map[onion.Address][]time.Time)
	}
	f.begun[addr] = append(times, now)
	return true
}

// follow returns a channel for the ends of fetches of a descriptor, until stop is
// called. It holds the last one: an earlier one that was not taken is replaced.
func (f *fetches) follow(addr onion.Address) (ends <-chan descriptorEvent, stop func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.followers == nil {
		f.followers = make(map[onion.Address]map[chan descriptorEvent]bool)
	}
	if f.followers[addr] == nil {
		f.followers[addr] = make(map[chan descriptorEvent]bool)
	}
	c := make(chan descriptorEvent, 1)
	f.followers[addr][c] = true
	return c, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.followers[addr], c)
		if len(f.followers[addr]) == 0 {
			delete(f.followers, addr)
		}
	}
}

// note takes an event in. It is called by the reader of the control connection and does
// not block.
func (f *fetches) note(e descriptorEvent) {
	if !e.fetch || e.action != "RECEIVED" && e.action != "FAILED" {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for c := range f.followers[e.address] {
		select {
		case <-c:
		default:
		}
		c <- e // nobody else sends, so that there is room
	}
}
