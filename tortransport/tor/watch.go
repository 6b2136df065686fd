package tor

import (
	"context"
	"iter"
	"sync"
)

// watched is a value that others can follow. A follower that is slow skips
// values and never holds up the one who sets them. The zero watched holds the
// zero value and can be used.
type watched[T any] struct {
	mu      sync.Mutex
	value   T
	changed chan struct{} // closed by the next change; nil until somebody waits
}

// update changes the value under the lock and wakes the followers.
func (w *watched[T]) update(change func(*T)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change(&w.value)
	if w.changed != nil {
		close(w.changed)
		w.changed = nil
	}
}

// get returns the value and a channel that the next change closes.
func (w *watched[T]) get() (T, <-chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.changed == nil {
		w.changed = make(chan struct{})
	}
	return w.value, w.changed
}

// follow yields the value now and after each change, until final says that no
// other follows, ctx ends, or stop is closed. Values set while the loop's body
// runs may be skipped except for the last.
func (w *watched[T]) follow(ctx context.Context, stop <-chan struct{}, final func(T) bool) iter.Seq[T] {
	return func(yield func(T) bool) {
		for {
			v, changed := w.get()
			if !yield(v) || final(v) {
				return
			}
			select {
			case <-changed:
			case <-stop:
				// What was set just before the stop is still told.
				if v, again := w.get(); again != changed {
					yield(v)
				}
				return
			case <-ctx.Done():
				return
			}
		}
	}
}
