package recent_test

import (
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onionwire/onionwire/tortransport/internal/recent"
	"github.com/onionwire/onionwire/tortransport/onion"
)

var errNobody = errors.New("nobody there")

// freshFor returns for how long a failure that has just come is fresh.
func freshFor(t *testing.T, f *recent.Failures, addr onion.Address) time.Duration {
	t.Helper()
	start := time.Now()
	for f.Check(addr) != nil {
		if time.Since(start) > time.Hour {
			t.Fatal("a failure is fresh for ever")
		}
		time.Sleep(time.Second)
	}
	return time.Since(start)
}

// TestDefaults: ten seconds, doubling to a minute, and ten again when nobody has
// tried for a while or the service was there meanwhile.
func TestDefaults(t *testing.T) {
	addr := addresses(t, 1)[0]
	synctest.Test(t, func(t *testing.T) {
		f := recent.NewFailures(recent.Config{})
		fails := func(seconds int) {
			t.Helper()
			f.Failed(addr, "someone", errNobody)
			if got, want := freshFor(t, f, addr), time.Duration(seconds)*time.Second; got != want {
				t.Errorf("a failure is fresh for %s, want %s", got, want)
			}
		}
		for _, seconds := range []int{10, 20, 40, 60, 60} {
			fails(seconds)
		}
		time.Sleep(recent.MaxTTL - time.Second)
		fails(60)
		time.Sleep(recent.MaxTTL)
		fails(10)
		fails(20)
		f.Alive(addr)
		fails(10)
	})
}

// TestSameFailure: a crowd of dials that fail together are one failure, and the
// last error counts.
func TestSameFailure(t *testing.T) {
	addr := addresses(t, 1)[0]
	synctest.Test(t, func(t *testing.T) {
		f := recent.NewFailures(recent.Config{})
		for range 10 {
			f.Failed(addr, "someone", errors.New("an earlier one"))
			time.Sleep(time.Second)
		}
		f.Failed(addr, "someone", errNobody)
		if err := f.Check(addr); !errors.Is(err, errNobody) {
			t.Errorf("got %v, want the latest failure", err)
		}
		if got := freshFor(t, f, addr); got != recent.FirstTTL {
			t.Errorf("it is fresh for %s, want %s", got, recent.FirstTTL)
		}
	})
}

func TestBound(t *testing.T) {
	addrs := addresses(t, recent.MaxEntries+100)
	synctest.Test(t, func(t *testing.T) {
		f := recent.NewFailures(recent.Config{})
		for _, a := range addrs[:recent.MaxEntries] {
			f.Failed(a, "someone", errNobody)
		}
		f.Failed(addrs[0], "someone", errNobody) // is now the most recent
		for _, a := range addrs[recent.MaxEntries:] {
			f.Failed(a, "someone", errNobody)
		}
		if n := f.Len(); n != recent.MaxEntries {
			t.Errorf("%d are remembered, want %d", n, recent.MaxEntries)
		}
		for i, a := range addrs {
			if kept := f.Check(a) != nil; kept != (i == 0 || i > 100) {
				t.Errorf("the failure of address %d is kept: %v", i, kept)
			}
		}
	})
}

// TestClear: what was cleared does not come back, nor is it in the way of what comes
// after.
func TestClear(t *testing.T) {
	addrs := addresses(t, 3)
	f := recent.NewFailures(recent.Config{MaxEntries: 2})
	for _, a := range addrs[:2] {
		f.Failed(a, "someone", errNobody)
	}
	f.Clear()
	if n := f.Len(); n != 0 {
		t.Errorf("%d are left", n)
	}
	for _, i := range []int{2, 0, 1} { // the last takes the place of the first
		f.Failed(addrs[i], "someone", errNobody)
	}
	for i, want := range []error{errNobody, errNobody, nil} {
		if err := f.Check(addrs[i]); !errors.Is(err, want) {
			t.Errorf("address %d: got %v, want %v", i, err, want)
		}
	}
}

// TestAliveBy has two addresses at which one and the same was to be met, and one of
// somebody else.
func TestAliveBy(t *testing.T) {
	addrs := addresses(t, 3)
	f := recent.NewFailures(recent.Config{})
	for i, by := range []string{"a", "b", "a"} {
		f.Failed(addrs[i], by, errNobody)
	}
	f.AliveBy("a")
	f.AliveBy("nobody")
	for i, want := range []error{nil, errNobody, nil} {
		if err := f.Check(addrs[i]); !errors.Is(err, want) {
			t.Errorf("address %d: got %v, want %v", i, err, want)
		}
	}
	if n := f.Len(); n != 1 {
		t.Errorf("%d are remembered, want 1", n)
	}
}

func TestRace(t *testing.T) {
	addrs := addresses(t, 8)
	f := recent.NewFailures(recent.Config{FirstTTL: time.Microsecond, MaxTTL: time.Millisecond, MaxEntries: 4})
	var tasks sync.WaitGroup
	for range 16 {
		tasks.Go(func() {
			for range 1000 {
				addr := addrs[rand.IntN(len(addrs))]
				f.Failed(addr, "someone", errNobody)
				if err := f.Check(addr); err != nil && !errors.Is(err, errNobody) {
					t.Errorf("got %v", err)
				}
				f.Alive(addrs[rand.IntN(len(addrs))])
				f.AliveBy("nobody")
				if n := f.Len(); n > 4 {
					t.Errorf("%d are remembered", n)
				}
			}
		})
	}
	tasks.Wait()
}

// BenchmarkFull is a dial to an address that is not remembered, and its failure,
// while there is no more room.
func BenchmarkFull(b *testing.B) {
	addrs := addresses(b, 2*recent.MaxEntries)
	f := recent.NewFailures(recent.Config{})
	i := 0
	for b.Loop() {
		a := addrs[i%len(addrs)]
		i++
		if f.Check(a) != nil {
			b.Fatal("it is remembered")
		}
		f.Failed(a, "someone", errNobody)
	}
}
