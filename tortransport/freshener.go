package tortransport

import (
	"context"
	"sync"
	"time"
)

// hungAfter is for how long Tor may be silent about a dial before it is made to look
// whether the service has moved, and again each time that this has passed. Most dials
// take less by far; and Tor waits longer, see [tor.Daemon.Freshen].
const hungAfter = 15 * time.Second

// freshener gets a dial going that hangs. The zero value can be used.
type freshener struct {
	cancel context.CancelFunc // nil before start
	tasks  sync.WaitGroup
}

// start begins to wait for Tor's silence about a dial to last, until stop is called or
// ctx ends.
func (f *freshener) start(ctx context.Context, t *Transport, to target) {
	if !to.isOnion() {
		return
	}
	ctx, f.cancel = context.WithCancel(ctx)
	f.tasks.Go(func() {
		tick := time.NewTicker(hungAfter)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
			closed, err := t.daemon.Freshen(ctx, to.onion)
			if ctx.Err() == nil {
				t.log.Debug("tor was silent about a dial, and was told to start over with the service",
					"service", to.onion.Short(), "circuits given up", closed, "error", err)
			}
		}
	})
}

// stop ends the wait. It does not wait for that.
func (f *freshener) stop() {
	if f.cancel != nil {
		f.cancel()
	}
}
