package dialqueue_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onionwire/onionwire/tortransport/internal/dialqueue"
)

// deadDial is how long a dial to a service that is gone takes.
const deadDial = 90 * time.Second

func acquire(t testing.TB, q *dialqueue.Queue, key string) *dialqueue.Place {
	t.Helper()
	p, err := q.Acquire(context.Background(), key)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// crowd dials n dead peers in the background. The function that is returned waits
// for them.
func crowd(q *dialqueue.Queue, n int) (wait func()) {
	var tasks sync.WaitGroup
	for i := range n {
		tasks.Go(func() {
			p, err := q.Acquire(context.Background(), fmt.Sprint("dead ", i))
			if err != nil {
				return
			}
			defer p.Release()
			time.Sleep(deadDial)
		})
	}
	return tasks.Wait
}

// TestUrgentAmongDead: a thousand dead peers do not delay urgent dials that find
// the reserved places free, and those that do not by one dead dial at most.
func TestUrgentAmongDead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limits := dialqueue.Limits{Places: 16, Reserved: 4}
		q := dialqueue.New(limits)
		wait := crowd(q, 1000)
		defer wait()
		synctest.Wait()
		if held, waiting := q.Count(); held != 12 || waiting != 988 {
			t.Fatalf("%d places are held and %d wait, want 12 and 988", held, waiting)
		}
		defer q.Hurry("alive")()
		start := time.Now()
		var places []*dialqueue.Place
		for range limits.Reserved {
			places = append(places, acquire(t, q, "alive"))
		}
		if waited := time.Since(start); waited != 0 {
			t.Errorf("reserved places were waited for, %s", waited)
		}
		places = append(places, acquire(t, q, "alive"))
		if waited := time.Since(start); waited > deadDial {
			t.Errorf("the next place was waited for %s, want at most %s", waited, deadDial)
		}
		for _, p := range places {
			p.Release()
		}
	})
}

// TestHurryWhoWaits: somebody joins a dial that is far behind in the background.
func TestHurryWhoWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := dialqueue.New(dialqueue.Limits{Places: 2, Reserved: 1})
		wait := crowd(q, 10)
		defer wait()
		synctest.Wait()
		joined := make(chan *dialqueue.Place)
		go func() { joined <- acquire(t, q, "alive") }()
		synctest.Wait()
		select {
		case <-joined:
			t.Fatal("the last in the background has a place")
		default:
		}
		defer q.Hurry("alive")()
		start := time.Now()
		(<-joined).Release()
		if waited := time.Since(start); waited != 0 {
			t.Errorf("it waited %s for a reserved place", waited)
		}
	})
}

func TestWaitingEndsWithContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := dialqueue.New(dialqueue.Limits{Places: 1})
		held := acquire(t, q, "a")
		defer held.Release()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		for range 2 { // it ends while waiting, and has ended before
			_, err := q.Acquire(ctx, "b")
			if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "waiting for a place") {
				t.Errorf("got %v, want the context's error and what was waited for", err)
			}
		}
		if held, waiting := q.Count(); held != 1 || waiting != 0 {
			t.Errorf("%d places are held and %d wait, want 1 and 0", held, waiting)
		}
	})
}

func TestImpossibleLimits(t *testing.T) {
	for _, l := range []dialqueue.Limits{{}, {Places: 4, Reserved: 4}, {Places: 4, Reserved: -1}, {Places: -1, Reserved: -2}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%+v are accepted", l)
				}
			}()
			dialqueue.New(l)
		}()
	}
}

// TestRace has everybody do everything at once. There are never more dials than
// places, and in the end none.
func TestRace(t *testing.T) {
	limits := dialqueue.Limits{Places: 4, Reserved: 1}
	q := dialqueue.New(limits)
	var now, got atomic.Int32
	var tasks sync.WaitGroup
	for i := range 64 {
		tasks.Go(func() {
			for range 100 {
				key := fmt.Sprint(rand.IntN(8))
				done := func() {}
				if i%4 == 0 {
					done = q.Hurry(key)
				}
				ctx, cancel := context.WithTimeout(context.Background(), time.Duration(rand.IntN(2000))*time.Microsecond)
				if p, err := q.Acquire(ctx, key); err == nil {
					got.Add(1)
					if n := now.Add(1); int(n) > limits.Places {
						t.Errorf("%d dials have a place", n)
					}
					time.Sleep(time.Duration(rand.IntN(50)) * time.Microsecond)
					now.Add(-1)
					tasks.Go(p.Release)
					p.Release()
				}
				cancel()
				done()
				done()
			}
		})
	}
	tasks.Wait()
	if held, waiting := q.Count(); held != 0 || waiting != 0 {
		t.Errorf("%d places and %d who wait are left", held, waiting)
	}
	if got.Load() == 0 {
		t.Error("nobody has got a place")
	}
	for range limits.Places - limits.Reserved { // none is lost
		defer acquire(t, q, "end").Release()
	}
}
