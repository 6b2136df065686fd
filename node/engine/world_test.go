package engine_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// world is where people live, with a time and a network of its own. What happens in it
// happens in the order of its time, one thing after another.
type world struct {
	rapid.TB
	now      time.Time // by the clocks of everybody who is not wrong
	due      []event   // sorted
	events   int       // how many there ever were
	rand     *rand.Rand
	people   []*person
	byOnion  map[[32]byte]*person
	cables   []*cable
	latency  time.Duration // of new cables, one way
	dialTime time.Duration
	steps    int // how often an engine was flushed
	book     book
}

type event struct {
	at time.Time
	n  int
	do func()
}

func newWorld(tb rapid.TB, names ...string) *world {
	w := &world{
		TB: tb, now: noon, rand: rand.New(rand.NewPCG(1, 2)), byOnion: make(map[[32]byte]*person),
		latency: 150 * time.Millisecond, dialTime: 2 * time.Second,
	}
	w.book.world = w
	for _, name := range names {
		w.people = append(w.people, newPerson(w, name))
	}
	return w
}

// two makes a world with two people.
func two(t *testing.T) (w *world, alice, bob *person) {
	t.Helper()
	w = newWorld(t, "alice", "bob")
	return w, w.people[0], w.people[1]
}

// after lets something happen later.
func (w *world) after(d time.Duration, do func()) {
	w.events++
	e := event{w.now.Add(d), w.events, do}
	i, _ := slices.BinarySearchFunc(w.due, e, func(a, b event) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.n, b.n))
	})
	w.due = slices.Insert(w.due, i, e)
}

// pass lets time go by, with all that happens meanwhile.
func (w *world) pass(d time.Duration) {
	end := w.now.Add(d)
	for still := 0; ; {
		at, do := w.next()
		if do == nil || at.After(end) {
			break
		}
		if at.After(w.now) {
			w.now, still = at, 0
		}
		if still++; still > 20_000 {
			w.Fatal("the world does not come to rest")
		}
		do()
	}
	w.now = end
}

// next returns what happens next, and when.
func (w *world) next() (at time.Time, do func()) {
	if len(w.due) > 0 {
		at = w.due[0].at
		do = func() {
			first := w.due[0]
			w.due = slices.Delete(w.due, 0, 1)
			first.do()
		}
	}
	for _, p := range w.people {
		if p.engine == nil {
			continue
		}
		if wanted := p.engine.Next(); !wanted.IsZero() {
			tick := maxTime(wanted.Add(-p.skew), w.now)
			if do == nil || tick.Before(at) {
				at, do = tick, p.tick
			}
		}
	}
	return at, do
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// cutAll ends all links; what is under way is lost.
func (w *world) cutAll() {
	for _, c := range slices.Clone(w.cables) {
		c.cut()
	}
}

// befriend makes two people contacts.
func (w *world) befriend(a, b *person) {
	w.Helper()
	a.add(b)
	w.pass(10 * time.Second)
	b.must(b.engine.AcceptContact(b.now(), b.contact(a).ID))
	b.flush()
	w.pass(10 * time.Second)
	if a.contact(b).State != ledger.Accepted || b.contact(a).State != ledger.Accepted {
		w.Fatalf("%s and %s are no contacts: %d, %d", a.name, b.name, a.contact(b).State, b.contact(a).State)
	}
}

// source is a source of random bytes that is the same each time.
type source struct{ *rand.ChaCha8 }

func sourceFor(name string) source {
	var seed [32]byte
	copy(seed[:], name)
	return source{rand.NewChaCha8(seed)}
}

// text makes a text that is like no other.
func (w *world) text(from *person) string {
	w.events++
	return fmt.Sprintf("%s %d", from.name, w.events)
}

var _ = engine.Output{}
