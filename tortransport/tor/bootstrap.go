package tor

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"
)

// ErrNotReady means that tor has not connected to its network yet.
var ErrNotReady = errors.New("tor is not connected to its network")

// Progress is how far tor has got in connecting to its network.
type Progress struct {
	// Percent runs from 0 to 100; at 100 circuits can be built.
	Percent int
	// Tag names the phase for programs, such as "conn_done".
	Tag string
	// Summary says it for people, such as "Connected to a relay".
	Summary string
	// Warning is tor's reason for being stuck, if it gave one.
	Warning string
}

// Done reports whether tor is connected.
func (p Progress) Done() bool { return p.Percent >= 100 }

func (p Progress) String() string {
	s := fmt.Sprintf("%d%% %s", p.Percent, p.Summary)
	if p.Warning != "" {
		s += " (" + p.Warning + ")"
	}
	return s
}

// parseBootstrap reads a bootstrap phase as it stands in a STATUS_CLIENT event
// and in the answer to GETINFO status/bootstrap-phase (control-spec section
// 4.1.10): "NOTICE BOOTSTRAP PROGRESS=75 TAG=enough_dirinfo SUMMARY="…"".
func parseBootstrap(s string) (Progress, bool) {
	words, pairs, err := keywords(s)
	if err != nil || len(words) < 2 || words[1] != "BOOTSTRAP" {
		return Progress{}, false
	}
	percent, err := strconv.Atoi(pairs["PROGRESS"])
	if err != nil || percent < 0 || percent > 100 {
		return Progress{}, false
	}
	return Progress{
		Percent: percent,
		Tag:     printable(pairs["TAG"]),
		Summary: printable(pairs["SUMMARY"]),
		Warning: printable(pairs["WARNING"]),
	}, true
}

// Progress yields how far tor has got in connecting to its network: the state
// now, then every change, until it is connected, the daemon has ended or ctx is
// done. It begins anew when tor does. A slow reader skips states and holds up
// nobody.
func (d *Daemon) Progress(ctx context.Context) iter.Seq[Progress] {
	return func(yield func(Progress) bool) {
		var last *Progress
		for st := range d.Status(ctx) {
			if p := st.Progress; last == nil || *last != p {
				if last = &p; !yield(p) {
					return
				}
			}
			if st.ready() {
				return
			}
		}
	}
}

// ready reports whether tor can be used.
func (st DaemonStatus) ready() bool { return st.State == Connected && st.Progress.Done() }

// WaitReady waits until tor is connected to its network, also if it has to be
// started or called again before. It returns the daemon's error if that ends
// first, or an error that matches ErrNotReady and the context's, with the phase
// that tor got stuck in, or the reason why there is no connection to it.
//
// A network that tor has lost later is not waited for: tor looks for it again when
// it is given something to do.
func (d *Daemon) WaitReady(ctx context.Context) error {
	var last DaemonStatus
	for st := range d.Status(ctx) {
		if last = st; st.ready() {
			return nil
		}
	}
	switch last.State {
	case Ended:
		return last.Err
	case Reconnecting:
		return fmt.Errorf("%w: %w: %w", ErrNotReady, last.Err, ctx.Err())
	default:
		return fmt.Errorf("%w: it is at %s: %w", ErrNotReady, last.Progress, ctx.Err())
	}
}

// unconnected is the progress of a daemon without a session.
func (d *Daemon) unconnected() Progress {
	if d.Managed() {
		return Progress{Tag: "restarting", Summary: "Starting tor again"}
	}
	return Progress{Tag: "reconnecting", Summary: "Reconnecting to tor"}
}

// askProgress asks for the phase once, for what happened before the events were
// subscribed to. A control port that filters this question leaves it at zero.
func (d *Daemon) askProgress(ctx context.Context, c *controlConn) error {
	r, err := c.request(ctx, "GETINFO status/bootstrap-phase")
	if errors.Is(err, ErrRefused) {
		d.log.Warn("the control port does not tell how far tor has connected; assuming that it has", "reason", err)
		d.setProgress(Progress{Percent: 100, Tag: "unknown", Summary: "Unknown"})
		return nil
	}
	if err != nil {
		return err
	}
	if phase, ok := strings.CutPrefix(r[0], "status/bootstrap-phase="); ok {
		if p, ok := parseBootstrap(phase); ok {
			d.setProgress(p)
		}
	}
	return nil
}

// setProgress never goes back: an event and the answer to askProgress may
// arrive in either order.
func (d *Daemon) setProgress(p Progress) {
	d.status.update(func(st *DaemonStatus) {
		if p.Percent >= st.Progress.Percent {
			st.Progress = p
		}
	})
}
