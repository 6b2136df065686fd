package store

import (
	"context"
	"slices"
	"sync"
)

// maxOvertaken is how many who are urgent go in a row while others wait: a reader
// gets its turn, whatever is written.
const maxOvertaken = 16

// turn is who has the connection. Those who are urgent go before others, who would
// hold up everything that is said: a search by each of many programs, or an export.
type turn struct {
	mu             sync.Mutex
	taken          bool
	urgent, others []chan struct{} // who wait, the first first; closed when it is their turn
	overtaken      int             // how many that were urgent have gone since one of the others has
}

// take waits for the turn, or for the end of ctx, whose error it returns.
func (t *turn) take(ctx context.Context, urgent bool) error {
	t.mu.Lock()
	if !t.taken {
		t.taken = true
		t.mu.Unlock()
		return nil
	}
	mine := make(chan struct{})
	queue := t.queue(urgent)
	*queue = append(*queue, mine)
	t.mu.Unlock()
	select {
	case <-mine:
		return nil
	case <-ctx.Done():
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if i := slices.Index(*queue, mine); i >= 0 {
		*queue = slices.Delete(*queue, i, i+1)
	} else {
		t.next() // it was given to somebody who is gone
	}
	return context.Cause(ctx)
}

func (t *turn) queue(urgent bool) *[]chan struct{} {
	if urgent {
		return &t.urgent
	}
	return &t.others
}

// give ends the turn.
func (t *turn) give() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.next()
}

func (t *turn) next() {
	urgent := len(t.urgent) > 0 && (len(t.others) == 0 || t.overtaken < maxOvertaken)
	queue := t.queue(urgent)
	if len(*queue) == 0 {
		t.taken = false
		return
	}
	if t.overtaken++; !urgent {
		t.overtaken = 0
	}
	close((*queue)[0])
	*queue = slices.Delete(*queue, 0, 1)
}
