package tortest

import (
	"sync"
	"time"
)

// chunk is data and the time at which it arrives.
type chunk struct {
	due  time.Time
	data []byte
}

// delayQueue holds chunks until they are due. One goroutine pushes and one
// drains. It is bounded by bytes: push waits while it is full.
type delayQueue struct {
	limit int

	mu      sync.Mutex
	changed sync.Cond
	chunks  []chunk
	size    int
	closed  bool // by the draining side
	err     error
	due     time.Time // of err
}

func newDelayQueue(limit int) *delayQueue {
	q := &delayQueue{limit: limit}
	q.changed.L = &q.mu
	return q
}

// push appends c and reports whether somebody still drains.
func (q *delayQueue) push(c chunk) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.size >= q.limit && !q.closed {
		q.changed.Wait()
	}
	if q.closed {
		return false
	}
	q.chunks = append(q.chunks, c)
	q.size += len(c.data)
	q.changed.Broadcast()
	return true
}

// end says that nothing follows, and why. Like data it travels until due.
func (q *delayQueue) end(err error, due time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.err, q.due = err, due
	q.changed.Broadcast()
}

// drain hands each chunk to write when it is due. It returns the error of end
// or of write, whichever comes first.
func (q *delayQueue) drain(write func([]byte) error) error {
	for {
		c, err := q.next()
		time.Sleep(time.Until(c.due))
		if err == nil {
			err = write(c.data)
		}
		if err != nil {
			q.mu.Lock()
			q.closed = true
			q.changed.Broadcast()
			q.mu.Unlock()
			return err
		}
	}
}

// next waits for the next chunk, or for the end; that has a due time as well.
func (q *delayQueue) next() (chunk, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.chunks) == 0 && q.err == nil {
		q.changed.Wait()
	}
	if len(q.chunks) == 0 {
		return chunk{due: q.due}, q.err
	}
	c := q.chunks[0]
	q.chunks[0] = chunk{}
	q.chunks = q.chunks[1:]
	q.size -= len(c.data)
	q.changed.Broadcast()
	return c, nil
}
