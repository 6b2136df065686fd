package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/onionwire/onionwire/tortransport/tor"
)

// WhileRunning returns a context that ends when the daemon does. Cause then says
// why. Until then w is told when tor is lost and when it is back.
func WhileRunning(ctx context.Context, d *tor.Daemon, w io.Writer) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		tell(ctx, d, w)
		if err := d.Err(); err != nil {
			cancel(err)
		}
	}()
	return ctx, func() {
		cancel(nil)
		<-done
	}
}

// tell tells what becomes of a daemon until it or ctx ends.
func tell(ctx context.Context, d *tor.Daemon, w io.Writer) {
	before := "" // nothing is wrong
	connected := false
	for st := range d.Status(ctx) {
		now := trouble(st, d.Managed())
		connected = connected || st.Progress.Done()
		switch {
		case st.State == tor.Ended, now == before:
			continue
		case !connected && st.State != tor.Reconnecting:
			continue // for the first time, of which WaitReady tells
		case now != "":
			fmt.Fprintln(w, now)
		default:
			fmt.Fprintln(w, "tor is back")
		}
		before = now
	}
}

// trouble says what is wrong with a daemon and what is done about it.
func trouble(st tor.DaemonStatus, managed bool) string {
	switch {
	case st.State == tor.Reconnecting && managed:
		return "tor has ended; starting it again"
	case st.State == tor.Reconnecting:
		return "the connection to tor is lost; trying to get it back"
	case !st.Progress.Done():
		return "tor is connecting to its network again"
	case st.Network != nil:
		return "tor has lost its network; is there a network connection?"
	}
	return ""
}

// Cause replaces err by the reason why ctx has ended, if it has.
func Cause(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}
