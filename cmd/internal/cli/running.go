package cli

import (
	"context"

	"github.com/onionwire/onionwire/tortransport/tor"
)

// WhileRunning returns a context that ends when the daemon does. Cause then says
// why.
func WhileRunning(ctx context.Context, d *tor.Daemon) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		select {
		case <-d.Done():
			cancel(d.Err())
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		cancel(nil)
		<-done
	}
}

// Cause replaces err by the reason why ctx has ended, if it has.
func Cause(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}
