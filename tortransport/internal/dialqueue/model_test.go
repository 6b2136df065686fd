package dialqueue_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"

	"pgregory.net/rapid"

	"github.com/onionwire/onionwire/tortransport/internal/dialqueue"
)

// dial is a call to Acquire, as the model sees it.
type dial struct {
	key    string
	held   bool
	urgent bool // when it got its place
}

// model says who has a place by looking at everybody, in the order in which they
// have come.
type model struct {
	limits  dialqueue.Limits
	dials   []*dial // that wait or hold a place
	hurries map[string]int
}

func (m *model) count(is func(*dial) bool) int {
	n := 0
	for _, d := range m.dials {
		if is(d) {
			n++
		}
	}
	return n
}

func (m *model) serve() {
	for {
		free := m.limits.Places - m.count(func(d *dial) bool { return d.held })
		forAll := m.limits.Places - m.limits.Reserved - m.count(func(d *dial) bool { return d.held && !d.urgent })
		next := slices.IndexFunc(m.dials, func(d *dial) bool { return !d.held && m.hurries[d.key] > 0 })
		urgent := next >= 0
		if !urgent && forAll > 0 {
			for i, d := range m.dials { // the last
				if !d.held {
					next = i
				}
			}
		}
		if free == 0 || next < 0 {
			return
		}
		m.dials[next].held, m.dials[next].urgent = true, urgent
	}
}

func (m *model) remove(d *dial) {
	m.dials = slices.DeleteFunc(m.dials, func(other *dial) bool { return other == d })
}

// attempt is the same call at the real queue.
type attempt struct {
	cancel context.CancelFunc
	done   bool
	place  *dialqueue.Place
	err    error
}

// machine does the same to the queue and to the model.
type machine struct {
	queue    *dialqueue.Queue
	model    model
	attempts map[*dial]*attempt
	calm     []func()
}

func (m *machine) Acquire(t *rapid.T) {
	d := &dial{key: rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "key")}
	ctx, cancel := context.WithCancel(context.Background())
	a := &attempt{cancel: cancel}
	m.attempts[d] = a
	go func() {
		a.place, a.err = m.queue.Acquire(ctx, d.key)
		a.done = true
	}()
	m.model.dials = append(m.model.dials, d)
}

// End releases what has a place, twice at times, and cancels what waits.
func (m *machine) End(t *rapid.T) {
	if len(m.model.dials) == 0 {
		return
	}
	d := rapid.SampledFrom(m.model.dials).Draw(t, "dial")
	a := m.attempts[d]
	if d.held {
		a.place.Release()
		if rapid.Bool().Draw(t, "twice") {
			a.place.Release()
		}
	}
	a.cancel()
	synctest.Wait()
	if !d.held && !errors.Is(a.err, context.Canceled) {
		t.Fatalf("a dial that was called off got %v", a.err)
	}
	m.model.remove(d)
	delete(m.attempts, d)
}

func (m *machine) Hurry(t *rapid.T) {
	key := rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "key")
	done := m.queue.Hurry(key)
	m.model.hurries[key]++
	m.calm = append(m.calm, func() {
		done()
		done()
		m.model.hurries[key]--
	})
}

func (m *machine) Calm(t *rapid.T) {
	if len(m.calm) == 0 {
		return
	}
	i := rapid.IntRange(0, len(m.calm)-1).Draw(t, "hurry")
	m.calm[i]()
	m.calm = slices.Delete(m.calm, i, i+1)
}

// Check is called after every step.
func (m *machine) Check(t *rapid.T) {
	m.model.serve()
	synctest.Wait()
	held := 0
	for i, d := range m.model.dials {
		a := m.attempts[d]
		if a.done != d.held || a.done && (a.err != nil || a.place == nil) {
			t.Fatalf("dial %d of %q: has ended: %v, error %v; want a place: %v", i, d.key, a.done, a.err, d.held)
		}
		if d.held {
			held++
		}
	}
	for key, n := range m.model.hurries {
		if urgent := m.queue.Urgent(key); urgent != (n > 0) {
			t.Fatalf("dials to %q are urgent: %v, but %d hurry", key, urgent, n)
		}
	}
	if gotHeld, gotWaiting := m.queue.Count(); gotHeld != held || gotWaiting != len(m.model.dials)-held {
		t.Fatalf("Count gave %d and %d, want %d and %d", gotHeld, gotWaiting, held, len(m.model.dials)-held)
	}
}

// inBubble runs f in a bubble of its own, in which synctest.Wait tells when all
// has come to rest. What rapid throws does not stop at the bubble's edge.
func inBubble(t *testing.T, f func()) {
	t.Helper()
	var thrown any
	synctest.Test(t, func(*testing.T) {
		defer func() { thrown = recover() }()
		f()
	})
	if thrown != nil {
		panic(thrown)
	}
}

// TestModel compares the queue with a model that is too simple to be wrong.
func TestModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		places := rapid.IntRange(1, 5).Draw(rt, "places")
		limits := dialqueue.Limits{Places: places, Reserved: rapid.IntRange(0, places-1).Draw(rt, "reserved")}
		m := &machine{
			queue:    dialqueue.New(limits),
			model:    model{limits: limits, hurries: make(map[string]int)},
			attempts: make(map[*dial]*attempt),
		}
		inBubble(t, func() {
			defer m.endAll() // also when the test has failed: the bubble waits for everybody
			rt.Repeat(rapid.StateMachineActions(m))
		})
		if held, waiting := m.queue.Count(); held != 0 || waiting != 0 {
			rt.Fatalf("%d places and %d who wait are left", held, waiting)
		}
	})
}

// endAll leaves the queue empty.
func (m *machine) endAll() {
	for _, a := range m.attempts {
		a.cancel()
		synctest.Wait()
		if a.place != nil {
			a.place.Release()
		}
	}
}
