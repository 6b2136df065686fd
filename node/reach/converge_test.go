package reach_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/onionwire/onionwire/node/reach"
)

// converged checks that there is one link, which both write on and hear.
func (w *world) converged() {
	w.Helper()
	a, b := w.parties[0], w.parties[1]
	if a.current == 0 || a.current != b.current || !a.online || !b.online || a.dial != 0 || b.dial != 0 {
		w.Fatalf("links %d and %d, online %t and %t", a.current, b.current, a.online, b.online)
	}
	for _, l := range w.wires {
		if is := l.id == a.current; l.open[0] != is || l.open[1] != is || is && l.dead {
			w.Fatalf("link %d is open for %t, dead %t; written on is %d", l.id, l.open, l.dead, a.current)
		}
	}
}

// stays checks that nothing happens any more.
func (w *world) stays() {
	w.Helper()
	orders := w.parties[0].orders + w.parties[1].orders
	w.run(2 * time.Hour)
	w.converged()
	if now := w.parties[0].orders + w.parties[1].orders; now != orders {
		w.Fatalf("%d more orders", now-orders)
	}
}

func (p *party) want(want reach.Want) { p.plan.Want(p.clock(), theOther, want) }

// Both dial at the same time, or almost, and one dial each is enough.
func TestSimultaneousDialsConverge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		for range 50 { // in a row
			for _, p := range w.parties {
				p.dials = 0
				p.dialed = time.Time{}
				w.after(w.within(10*time.Second), func() { p.want(reach.Urgent) })
			}
			w.run(time.Minute)
			w.converged()
			for _, p := range w.parties {
				if p.dials > 1 {
					t.Fatalf("%d dials", p.dials)
				}
				p.want(reach.Nothing)
			}
			w.run(10 * time.Minute)
			if a, b := w.parties[0], w.parties[1]; a.current != 0 || b.current != 0 || a.ticks || b.ticks {
				t.Fatal("the idle link stays")
			}
		}
		w.converge()
	})
}

// trouble does something at random, again and again.
func (w *world) trouble(clocks bool) {
	if !w.bad {
		return
	}
	p := w.parties[w.IntN(2)]
	switch w.IntN(7) {
	case 0:
		p.want(reach.Want(w.IntN(3)))
	case 1:
		p.plan.KeepConnected(p.clock(), theOther, w.often(50))
	case 2, 3: // a link dies
		if len(w.wires) > 0 {
			w.wires[len(w.wires)-1-w.IntN(min(3, len(w.wires)))].dead = true
		}
	case 4: // a stream is reset
		if n := len(w.wires); n > 0 && w.wires[n-1].open[p.index] {
			w.hangUp(w.wires[n-1], p.index, false)
			p.plan.LinkDown(p.clock(), w.wires[n-1].id)
		}
	case 5:
		if clocks {
			p.jump(w.within(4*time.Hour) - 2*time.Hour)
		}
	case 6: // a stream that says nothing
		l := &wire{id: reach.LinkID(len(w.wires) + 1), opener: 1 - p.index}
		w.wires = append(w.wires, l)
		p.up(l)
	}
	w.after(w.within(time.Minute), func() { w.trouble(clocks) })
}

// converge waits for the two to find each other, after whatever was before.
func (w *world) converge() {
	w.Helper()
	for _, p := range w.parties {
		p.want(reach.Background)
	}
	w.run(time.Hour)
	w.converged()
	w.stays()
}

// Whatever has happened: when the network is good again and both want to, they have one
// link within the longest wait and stay with it.
func TestPartiesFindEachOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		w.bad = true
		w.trouble(rapid.Bool().Draw(t, "clocks"))
		w.run(w.within(6 * time.Hour))
		w.bad = false
		w.converge()
		for _, p := range w.parties {
			if p.ticked > w.events {
				t.Fatalf("%d ticks at %d events", p.ticked, w.events)
			}
		}
	})
}
