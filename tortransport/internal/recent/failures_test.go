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
			f.Failed(addr, errNobody)
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
			f.Failed(addr, errors.New("an earlier one"))
			time.Sleep(time.Second)
		}
		f.Failed(addr, errNobody)
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
			f.Failed(a, errNobody)
		}
		f.Failed(addrs[0], errNobody) // is now the most recent
		for _, a := range addrs[recent.MaxEntries:] {
			f.Failed(a, errNobody)
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

func TestClear(t *testing.T) {
	addrs := addresses(t, 2)
	f := recent.NewFailures(recent.Config{})
	for _, a := range addrs {
		f.Failed(a, errNobody)
	}
	f.Clear()
	f.Failed(addrs[0], errNobody)
	if f.Check(addrs[0]) == nil || f.Check(addrs[1]) != nil || f.Len() != 1 {
		t.Error("what was cleared is still there, or what came after is not")
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
				f.Failed(addr, errNobody)
				if err := f.Check(addr); err != nil && !errors.Is(err, errNobody) {
					t.Errorf("got %v", err)
				}
				f.Alive(addrs[rand.IntN(len(addrs))])
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
		f.Failed(a, errNobody)
	}
}
