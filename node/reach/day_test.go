package reach_test

import (
	"container/heap"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/reach"
)

// Something waits for 200 contacts, none of whom is there for a day. Each is dialled as
// often as the waits say, although they have to share eight places.
func TestADayWithoutAnybody(t *testing.T) {
	const (
		contacts = 200
		takes    = 5 * time.Second // until a dial fails
		day      = 24 * time.Hour
	)
	p := reach.New(reach.Config{Own: own, Rand: rand.NewChaCha8([32]byte{})})
	began := make([][]time.Duration, contacts+1)
	var pending agenda
	underWay, most, ticks := 0, 0, 0
	var now time.Duration
	settle := func() {
		for _, a := range p.Take() {
			c := a.(reach.Dial).Contact
			began[c] = append(began[c], now)
			underWay++
			most = max(most, underWay)
			heap.Push(&pending, entry{now + takes, int(c), func() {
				underWay--
				p.DialFailed(start.Add(now), c, false)
			}})
		}
	}
	for c := ledger.ContactID(1); c <= contacts; c++ {
		p.Add(c, weAreLower)
		p.Want(start, c, reach.Background)
		settle()
	}
	for {
		next := p.Next()
		wake := next.Sub(start)
		if len(pending) > 0 && (next.IsZero() || pending[0].at <= wake) {
			e := heap.Pop(&pending).(entry)
			now = e.at
			e.do()
		} else {
			ticks++
			now = wake
			p.Tick(next)
		}
		if now > day {
			break
		}
		settle()
	}

	if most != reach.MaxDials-2 {
		t.Errorf("%d dials at a time", most)
	}
	total := 0
	for c := 1; c <= contacts; c++ {
		// Five waits from 30 seconds to 8 minutes, then one every 15 minutes.
		if n := len(began[c]); n < 85 || n > 105 {
			t.Errorf("contact %d was dialled %d times", c, n)
		}
		total += len(began[c])
		wait := 30 * time.Second
		for i := 1; i < len(began[c]); i++ {
			waited := began[c][i] - began[c][i-1] - takes
			// It may have to wait for a place, while all others are dialled at most.
			if waited < wait*8/10 || waited > wait*12/10+contacts/8*takes {
				t.Errorf("contact %d waited %v before dial %d, not %v", c, waited, i+1, wait)
			}
			wait = min(2*wait, 15*time.Minute)
		}
	}
	if ticks > total {
		t.Errorf("%d ticks for %d dials", ticks, total)
	}
}
