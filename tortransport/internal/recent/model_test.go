package recent_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/onionwire/onionwire/tortransport/internal/recent"
	"github.com/onionwire/onionwire/tortransport/onion"
)

// event is something that was told of an address.
type event struct {
	addr onion.Address
	at   time.Time
	err  error // nil for a sign of life
}

// history remembers everything, and works out each answer from the beginning.
type history struct {
	cfg    recent.Config
	events []event
}

// failing returns the failure of addr, when it came and how long it is fresh. The
// error is nil if there is none.
func (h *history) failing(addr onion.Address) (at time.Time, ttl time.Duration, err error) {
	for _, e := range h.events {
		if e.addr != addr {
			continue
		}
		age := e.at.Sub(at)
		switch {
		case e.err == nil:
			at, ttl, err = time.Time{}, 0, nil
			continue
		case err == nil || age >= ttl+h.cfg.MaxTTL:
			ttl = h.cfg.FirstTTL
		case age >= ttl:
			ttl = min(ttl*2, h.cfg.MaxTTL)
		}
		err, at = e.err, e.at
	}
	return at, ttl, err
}

func (h *history) check(addr onion.Address, now time.Time) error {
	if at, ttl, err := h.failing(addr); err != nil && now.Before(at.Add(ttl)) {
		return err
	}
	return nil
}

// machine does the same to a Failures and to its history.
type machine struct {
	failures *recent.Failures
	history  history
	addrs    []onion.Address
	count    int
}

func (m *machine) draw(t *rapid.T) onion.Address {
	return rapid.SampledFrom(m.addrs).Draw(t, "address")
}

func (m *machine) Failed(t *rapid.T) {
	addr := m.draw(t)
	m.count++
	err := fmt.Errorf("failure %d", m.count)
	m.failures.Failed(addr, "someone", err)
	m.history.events = append(m.history.events, event{addr, time.Now(), err})
}

func (m *machine) Alive(t *rapid.T) {
	addr := m.draw(t)
	m.failures.Alive(addr)
	m.history.events = append(m.history.events, event{addr: addr, at: time.Now()})
}

func (m *machine) Clear(t *rapid.T) {
	if rapid.IntRange(0, 2).Draw(t, "seldom") > 0 {
		return
	}
	m.failures.Clear()
	m.history.events = nil
}

func (m *machine) Sleep(t *rapid.T) {
	time.Sleep(rapid.SampledFrom([]time.Duration{
		time.Nanosecond, m.history.cfg.FirstTTL, m.history.cfg.FirstTTL - 1, m.history.cfg.FirstTTL * 2, m.history.cfg.MaxTTL, m.history.cfg.MaxTTL * 2,
	}).Draw(t, "time"))
}

func (m *machine) Check(t *rapid.T) {
	fresh := 0
	for i, addr := range m.addrs {
		want := m.history.check(addr, time.Now())
		if got := m.failures.Check(addr); got != want {
			t.Fatalf("address %d: got %v, want %v", i, got, want)
		}
		if want != nil {
			fresh++
		}
	}
	if got := m.failures.Len(); got != fresh {
		t.Fatalf("%d are fresh, want %d", got, fresh)
	}
}

func addresses(t testing.TB, n int) []onion.Address {
	t.Helper()
	var all []onion.Address
	for i := range n {
		pub := slices.Repeat([]byte{byte(i), byte(i >> 8)}, 16)
		pub[31] = 1 // not all zeros
		a, err := onion.FromPublicKey(pub)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, a)
	}
	return all
}

// inBubble runs f in a bubble of its own, whose clock stands still until all sleep.
// What rapid throws does not stop at the bubble's edge.
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

// TestModel compares with a model that forgets nothing, where there is room for
// all.
func TestModel(t *testing.T) {
	addrs := addresses(t, 3)
	rapid.Check(t, func(rt *rapid.T) {
		cfg := recent.Config{
			FirstTTL:   time.Duration(rapid.IntRange(2, 10).Draw(rt, "first")) * time.Second,
			MaxTTL:     time.Duration(rapid.IntRange(10, 60).Draw(rt, "max")) * time.Second,
			MaxEntries: len(addrs),
		}
		inBubble(t, func() {
			m := &machine{failures: recent.NewFailures(cfg), history: history{cfg: cfg}, addrs: addrs}
			rt.Repeat(rapid.StateMachineActions(m))
		})
	})
}
