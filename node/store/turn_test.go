package store_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/store"
)

// line is who has had a turn, in that order.
type line struct {
	mu    sync.Mutex
	names []string
}

func (l *line) add(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.names = append(l.names, name)
}

// queue has somebody wait for a turn behind those who wait already.
func (l *line) queue(t *testing.T, s *store.Store, all *sync.WaitGroup, name string, do func(f func() error) error) {
	t.Helper()
	waiting := s.Waiting()
	all.Go(func() {
		if err := do(func() error { l.add(name); return nil }); err != nil {
			t.Error(err)
		}
	})
	for s.Waiting() == waiting {
		time.Sleep(time.Millisecond)
	}
}

func TestWhoWritesGoesFirst(t *testing.T) {
	s := populated(t)
	ctx := t.Context()
	reads := func(f func() error) error {
		return s.View(ctx, func(*store.View) error { return f() })
	}
	readsFirst := func(f func() error) error {
		return s.ViewFirst(ctx, func(*store.View) error { return f() })
	}
	writes := func(f func() error) error {
		return s.Update(ctx, func(*store.Update) error { return f() })
	}
	var (
		all sync.WaitGroup
		l   line
	)
	view(t, s, func(*store.View) error {
		for range 3 {
			l.queue(t, s, &all, "reader", reads)
		}
		l.queue(t, s, &all, "writer", writes)
		l.queue(t, s, &all, "first", readsFirst)
		return nil
	})
	all.Wait()
	if want := []string{"writer", "first", "reader", "reader", "reader"}; !slices.Equal(l.names, want) {
		t.Errorf("turns are %q, want %q", l.names, want)
	}

	// A reader gets its turn, however many write.
	l.names = nil
	view(t, s, func(*store.View) error {
		l.queue(t, s, &all, "reader", reads)
		for range 2 * store.MaxOvertaken {
			l.queue(t, s, &all, "writer", writes)
		}
		return nil
	})
	all.Wait()
	if at := slices.Index(l.names, "reader"); at < 0 || at > store.MaxOvertaken {
		t.Errorf("the reader comes after %d writers", at)
	}
}

func TestWhoDoesNotWaitAnyLonger(t *testing.T) {
	s := populated(t)
	gone, leave := context.WithCancelCause(t.Context())
	reason := errors.New("enough")
	var all sync.WaitGroup
	view(t, s, func(*store.View) error {
		for range 2 {
			all.Go(func() {
				if err := s.View(gone, func(*store.View) error { return nil }); !errors.Is(err, reason) {
					t.Errorf("error is %v", err)
				}
			})
			all.Go(func() {
				if err := s.Update(gone, func(*store.Update) error { return nil }); !errors.Is(err, reason) {
					t.Errorf("error is %v", err)
				}
			})
		}
		for s.Waiting() < 4 {
			time.Sleep(time.Millisecond)
		}
		leave(reason)
		all.Wait()
		return nil
	})
	apply(t, s, ledger.PutSetting{Name: "a"}) // there is nobody in the way
}
