package transfer_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onionwire/onionwire/node/transfer"
)

// One file's sender has stopped answering: another file from it still gets on, and
// nothing is counted as under way when all has ended.
func TestAFileThatHangsBesideAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPath(0.8*(1<<20), 142*time.Millisecond)
		var limiter transfer.Limiter
		quick := make(chan time.Duration)
		go func() {
			took, _ := fetchTime(t, p, &limiter, content(8<<20))
			quick <- took
		}()
		ctx, cancel := context.WithCancel(t.Context())
		hung := make(chan error, 1)
		go func() {
			receiver, _ := p.stream()
			var got sink
			config := got.config(t, 100*chunkSize)
			config.Limiter = &limiter
			hung <- transfer.Fetch(ctx, receiver, config)
		}()
		if took := <-quick; took > 5*time.Minute {
			t.Errorf("it took %v", took)
		}
		cancel()
		<-hung
		if limiter.Under() != 0 || limiter.Window() < transfer.MinWindow || limiter.Window() > transfer.MaxWindow {
			t.Errorf("%d chunks under way of %d", limiter.Under(), limiter.Window())
		}
	})
}

// A file that waits for its turn can be given up.
func TestWaitingIsCalledOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPath(0, time.Millisecond)
		var limiter transfer.Limiter
		ctx, cancel := context.WithCancelCause(t.Context())
		const count = 20 // more than there are places
		results := make(chan error, count)
		for range count {
			go func() {
				receiver, _ := p.stream()
				var got sink
				config := got.config(t, 100*chunkSize)
				config.Limiter = &limiter
				results <- transfer.Fetch(ctx, receiver, config)
			}()
		}
		synctest.Wait()
		if under := limiter.Under(); under != transfer.StartWindow {
			t.Errorf("%d chunks are under way", under)
		}
		cancel(errStop)
		for range count {
			wantErr(t, <-results, errStop)
		}
		if under := limiter.Under(); under != 0 {
			t.Errorf("%d chunks are still counted as under way", under)
		}
	})
}
