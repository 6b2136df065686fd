package reach_test

import (
	"container/heap"
	"math/rand/v2"
	"time"

	"pgregory.net/rapid"

	"github.com/onionwire/onionwire/node/reach"
)

const (
	// maxLatency is how long a message is under way at most.
	maxLatency = 3 * time.Second
	// A link that is silent is pinged, and given up without an answer.
	pingEvery, pingPatience = 20 * time.Second, 15 * time.Second
)

// world is a network between two parties, and its time. Everything in it follows from
// its seed.
type world struct {
	*rapid.T
	*rand.Rand
	now     time.Duration
	due     agenda
	events  int // ever
	parties [2]*party
	// bad means that dials fail.
	bad   bool
	wires []*wire
}

func newWorld(t *rapid.T) *world {
	w := &world{T: t, Rand: rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))}
	for i, own := range []string{"lower", "opposite"} {
		w.parties[i] = newParty(w, i, []byte(own))
	}
	w.parties[0].plan.Add(theOther, []byte("opposite"))
	w.parties[1].plan.Add(theOther, []byte("lower"))
	return w
}

// within is a time up to d.
func (w *world) within(d time.Duration) time.Duration { return time.Duration(w.Int64N(int64(d))) }

// often is true so often in a hundred times.
func (w *world) often(percent int) bool { return w.IntN(100) < percent }

// after has f done after some time.
func (w *world) after(d time.Duration, f func()) {
	w.events++
	heap.Push(&w.due, entry{w.now + d, w.events, f})
}

// run lets time pass.
func (w *world) run(d time.Duration) {
	w.Helper()
	for end := w.now + d; ; {
		for _, p := range w.parties {
			p.settle()
		}
		at, do := end, func() {}
		if len(w.due) > 0 && w.due[0].at < at {
			at, do = w.due[0].at, func() { heap.Pop(&w.due).(entry).do() }
		}
		for _, p := range w.parties {
			if p.ticks && p.wake < at {
				at, do = p.wake, p.tick
			}
		}
		w.now = max(w.now, at)
		if at == end {
			return
		}
		do()
	}
}

// wire is a link as the network knows it.
type wire struct {
	id     reach.LinkID
	opener int
	dead   bool    // nothing arrives, and nobody is told
	open   [2]bool // for whom
	// arrival is when the last message to a party arrives: none overtakes another.
	arrival [2]time.Duration
}

// send has something happen at the other end, if the link is open there by then.
func (w *world) send(l *wire, from int, f func()) {
	to := 1 - from
	l.arrival[to] = max(l.arrival[to], w.now+w.within(maxLatency))
	w.after(l.arrival[to]-w.now, func() {
		if !l.dead {
			f()
		}
	})
}

// hangUp ends a link at one end. In order or not, the other is told, if it can be.
func (w *world) hangUp(l *wire, at int, orderly bool) {
	l.open[at] = false
	gone := func() { w.parties[1-at].lost(l) }
	if orderly {
		w.send(l, at, gone)
		return
	}
	w.after(w.within(maxLatency), func() {
		if !l.dead {
			gone()
		}
		l.dead = true
	})
}

// agenda has what is going to happen, the next first.
type agenda []entry

type entry struct {
	at time.Duration
	n  int
	do func()
}

func (a agenda) Len() int { return len(a) }
func (a agenda) Less(i, j int) bool {
	return a[i].at < a[j].at || a[i].at == a[j].at && a[i].n < a[j].n
}
func (a agenda) Swap(i, j int) { a[i], a[j] = a[j], a[i] }
func (a *agenda) Push(x any)   { *a = append(*a, x.(entry)) }
func (a *agenda) Pop() any {
	last := (*a)[len(*a)-1]
	*a = (*a)[:len(*a)-1]
	return last
}
