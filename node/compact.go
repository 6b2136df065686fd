package node

import (
	"context"
	"errors"
	"time"

	"github.com/onionwire/onionwire/node/internal/redact"
	"github.com/onionwire/onionwire/node/store"
)

const (
	// compactAfter is how long what was deleted may be in the log of the database
	// before that is written anew: what is deleted with it is done at once.
	compactAfter = 2 * time.Second
	// compactPause is between two steps: others get their turn.
	compactPause = 20 * time.Millisecond
	// compactRetry is how long it waits when a step has failed.
	compactRetry = time.Minute
)

// compact makes that deleted content is nowhere on the disk any more, a while after
// something was deleted, and first of all what a crash came before. It is a task.
func (n *Node) compact() {
	for {
		more, err := n.store.CompactStep(n.ctx)
		pause := compactPause
		switch {
		case n.ctx.Err() != nil, errors.Is(err, store.ErrClosed):
			return
		case err != nil:
			n.log.Warn("what was deleted cannot be removed from the disk yet", "error", redact.Path(err))
			pause = compactRetry
		case !more:
			select {
			case <-n.deleted:
				pause = compactAfter
			case <-n.ctx.Done():
				return
			}
		}
		if !sleep(n.ctx, pause) {
			return
		}
	}
}

// sleep waits, and reports whether the context has lasted that long.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// erased says that something was deleted. It is called by the loop.
func (n *Node) erased() {
	select {
	case n.deleted <- struct{}{}:
	default: // it is known already
	}
}
