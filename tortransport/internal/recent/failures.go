// Package recent remembers for a short while that an onion service could not be
// reached, so that the same is not found out again and again: each time costs Tor
// up to half a dozen circuits and two minutes.
//
// The while is short because nothing tells when a service comes back. One that
// starts has published its descriptor after some seconds, so the first failure is
// believed for ten. A service that fails again and again is likely to stay away,
// and Tor answers for it from memory as well: it leaves out introduction points
// that have failed for two minutes (HS_CACHE_CLIENT_INTRO_STATE_MAX_AGE in tor's
// hs_cache.h), so that asking more often finds out nothing new. A minute, the
// longest that is believed here, stays well below that and is what somebody who
// waits for a contact will put up with.
package recent

import (
	"container/list"
	"sync"
	"time"

	"github.com/onionwire/onionwire/tortransport/onion"
)

// The limits that a zero [Config] stands for.
const (
	FirstTTL   = 10 * time.Second
	MaxTTL     = time.Minute
	MaxEntries = 4096
)

// Config has the limits of a Failures. Fields that are zero stand for the
// constants of this package.
type Config struct {
	// FirstTTL is how long a failure is fresh. It doubles with each failure that
	// follows, up to MaxTTL.
	FirstTTL, MaxTTL time.Duration
	// MaxEntries is how many addresses are remembered. The one that has failed
	// least recently goes first.
	MaxEntries int
}

// Failures are the addresses that could lately not be reached. All methods may be
// called concurrently.
//
// Time is measured by the monotonic clock: on systems where that stands still
// while the machine sleeps, what was fresh before still is.
type Failures struct {
	cfg Config

	mu      sync.Mutex
	entries map[onion.Address]*list.Element
	order   list.List // of *failure, the least recent first
}

// failure is the latest of an address.
type failure struct {
	addr onion.Address
	by   string
	err  error
	at   time.Time
	ttl  time.Duration
}

// NewFailures makes a Failures that is empty.
func NewFailures(cfg Config) *Failures {
	if cfg.FirstTTL == 0 {
		cfg.FirstTTL = FirstTTL
	}
	if cfg.MaxTTL == 0 {
		cfg.MaxTTL = MaxTTL
	}
	if cfg.MaxEntries == 0 {
		cfg.MaxEntries = MaxEntries
	}
	return &Failures{cfg: cfg, entries: make(map[onion.Address]*list.Element)}
}

// Failed remembers that addr could not be reached because of err, and by what name
// AliveBy will know who was to be met there. Only failures that concern the address
// as a whole belong here: not those of one port, of the peer behind it, of Tor
// itself, or of a caller who has lost patience.
//
// While a failure is fresh, nobody needs to dial: what fails then has begun to
// dial before, and does not count as one more in a row. A failure counts as
// following another if it comes within MaxTTL after that is no longer fresh;
// after that, whoever tries again finds things as they were at first.
func (f *Failures) Failed(addr onion.Address, by string, err error) {
	now := time.Now()
	f.mu.Lock()
	defer f.mu.Unlock()
	ttl := f.cfg.FirstTTL
	if e, ok := f.entries[addr]; ok {
		if last := e.Value.(*failure); last.fresh(now) {
			ttl = last.ttl
		} else if f.recent(last, now) {
			ttl = min(2*last.ttl, f.cfg.MaxTTL)
		}
		f.remove(e)
	}
	f.shrink(now)
	f.entries[addr] = f.order.PushBack(&failure{addr: addr, by: by, err: err, at: now, ttl: ttl})
}

// Check returns the error of the latest failure to reach addr while it is fresh,
// else nil.
func (f *Failures) Check(addr onion.Address) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if e, ok := f.entries[addr]; ok && e.Value.(*failure).fresh(time.Now()) {
		return e.Value.(*failure).err
	}
	return nil
}

// Alive forgets all failures of addr: the service has given a sign of life.
func (f *Failures) Alive(addr onion.Address) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if e, ok := f.entries[addr]; ok {
		f.remove(e)
	}
}

// AliveBy is Alive for all addresses that were dialled for by, who may have been
// met elsewhere. It looks at all that are remembered.
func (f *Failures) AliveBy(by string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for e := f.order.Front(); e != nil; {
		next := e.Next()
		if e.Value.(*failure).by == by {
			f.remove(e)
		}
		e = next
	}
}

// Clear forgets everything, when the failures may have been of our own making:
// the network was away, or Tor.
func (f *Failures) Clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	clear(f.entries)
	f.order.Init()
}

// Len returns how many addresses have a failure that is fresh. It looks at all
// that are remembered.
func (f *Failures) Len() int {
	now := time.Now()
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, e := range f.entries {
		if e.Value.(*failure).fresh(now) {
			n++
		}
	}
	return n
}

// fresh tells whether last still stands for what a dial would find.
func (last *failure) fresh(now time.Time) bool { return now.Sub(last.at) < last.ttl }

// recent tells whether a failure now would follow the last.
func (f *Failures) recent(last *failure, now time.Time) bool {
	return now.Sub(last.at) < last.ttl+f.cfg.MaxTTL
}

// shrink makes room for an entry, and lets go of old ones that mean nothing any
// more. The caller holds the lock.
func (f *Failures) shrink(now time.Time) {
	for e := f.order.Front(); e != nil; e = f.order.Front() {
		if len(f.entries) < f.cfg.MaxEntries && f.recent(e.Value.(*failure), now) {
			return
		}
		f.remove(e)
	}
}

func (f *Failures) remove(e *list.Element) {
	delete(f.entries, e.Value.(*failure).addr)
	f.order.Remove(e)
}
