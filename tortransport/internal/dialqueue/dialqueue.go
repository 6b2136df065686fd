// Package dialqueue limits how many dials build circuits at once, and lets those
// that a person waits for go first.
//
// A dial to a service that is gone holds its place for as long as Tor tries, up to
// two minutes. Some places are therefore reserved for urgent dials: a crowd of
// dead addresses in the background does not delay these at all.
//
// What makes a dial urgent is its key, which is the peer's. libp2p lets everybody
// who asks for a peer share one dial, so that somebody may come to wait for one
// that has begun in the background: see [Queue.Hurry].
package dialqueue

import (
	"context"
	"fmt"
	"sync"
)

// Limits says how many places there are.
type Limits struct {
	// Places is how many dials can hold one at once.
	Places int
	// Reserved is how many of them only urgent dials can take. It is less than
	// Places: the others need one as well.
	Reserved int
}

// Queue hands out places. All methods may be called concurrently.
//
// Urgent dials go before all others, for as long as there are any, and among them
// who has waited for longest is first. Among the others it is who has come last:
// when a crowd of dead addresses is dialled, those that wait behind it would all
// run out of time one after the other, the living among them too. So a new one
// waits for one place, and it is the oldest that may wait in vain.
//
// The queue does not bound how many wait: each of them is a caller with a
// goroutine and a context of its own, and takes some 300 bytes here.
type Queue struct {
	limits Limits

	mu      sync.Mutex
	held    [2]int  // places, by the class in which they were taken
	lines   [2]line // of who waits, by class
	tickets uint64  // handed out so far
	keys    map[string]*key
}

// New makes a queue. It panics if the limits are not as their fields say.
func New(l Limits) *Queue {
	if l.Reserved < 0 || l.Reserved >= l.Places {
		panic(fmt.Sprintf("dialqueue: %d of %d places are reserved", l.Reserved, l.Places))
	}
	return &Queue{limits: l, keys: make(map[string]*key)}
}

// Acquire waits for a place for a dial under the key. The caller must release it.
// The only error is one that wraps the context's.
func (q *Queue) Acquire(ctx context.Context, key string) (*Place, error) {
	if err := ctx.Err(); err != nil {
		return nil, q.waitError(err)
	}
	w := q.join(key)
	if w.ready == nil {
		return w.place, nil
	}
	select {
	case <-w.ready:
		return w.place, nil
	case <-ctx.Done():
		q.leave(w)
		return nil, q.waitError(ctx.Err())
	}
}

func (q *Queue) waitError(err error) error {
	return fmt.Errorf("waiting for a place among %d dials: %w", q.limits.Places, err)
}

// Hurry makes the dials under the key urgent until done is called: those that
// wait, and those to come. Others may hurry the same key; each calls its own done,
// once or more often. A dial that has its place already keeps it as it was taken.
//
// Hurry looks at everybody who waits if somebody waits under the key.
func (q *Queue) Hurry(key string) (done func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	k := q.key(key)
	k.hurries++
	if k.hurries == 1 && k.waiting > 0 {
		q.lines[background].move(k, &q.lines[urgent])
		q.serve() // with a reserved place, perhaps
	}
	var once sync.Once
	return func() { once.Do(func() { q.calm(k) }) }
}

// Urgent reports whether dials under the key are urgent now.
func (q *Queue) Urgent(key string) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	k, ok := q.keys[key]
	return ok && k.hurries > 0
}

// calm undoes one Hurry. Who has become urgent by it and still waits takes the
// place in the background line that it would have had.
func (q *Queue) calm(k *key) {
	q.mu.Lock()
	defer q.mu.Unlock()
	k.hurries--
	if k.hurries == 0 && k.waiting > 0 {
		q.lines[urgent].move(k, &q.lines[background])
	}
	q.forget(k)
}

// Count returns how many dials hold a place, and how many wait for one.
func (q *Queue) Count() (held, waiting int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.held[background] + q.held[urgent], q.lines[background].Len() + q.lines[urgent].Len()
}

// serve gives places to those who wait, as far as there are any. The caller holds
// the lock.
func (q *Queue) serve() {
	for q.held[background]+q.held[urgent] < q.limits.Places {
		next := urgent
		if q.lines[urgent].Len() == 0 {
			next = background
			if q.lines[background].Len() == 0 || q.held[background] == q.limits.Places-q.limits.Reserved {
				return
			}
		}
		w := q.lines[next].next(next)
		q.remove(w)
		q.held[next]++
		w.place = &Place{queue: q, class: next}
		if w.ready != nil {
			close(w.ready)
		}
	}
}

// Place is the right to dial.
type Place struct {
	queue    *Queue
	class    class // in which it was taken
	released bool  // guarded by the queue's lock
}

// Release gives the place to the next in the queue. Only the first call counts.
func (p *Place) Release() {
	p.queue.mu.Lock()
	defer p.queue.mu.Unlock()
	p.release()
}

// release does so for a caller who holds the queue's lock.
func (p *Place) release() {
	if p.released {
		return
	}
	p.released = true
	p.queue.held[p.class]--
	p.queue.serve()
}
