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
		Tag:     pairs["TAG"],
		Summary: pairs["SUMMARY"],
		Warning: pairs["WARNING"],
	}, true
}

// Progress yields how far tor has got in connecting to its network: the state
// now, then every change, until it is connected, the daemon has ended or ctx is
// done. A slow reader skips states and holds up nobody.
func (d *Daemon) Progress(ctx context.Context) iter.Seq[Progress] {
	return d.progress.follow(ctx, d.done, Progress.Done)
}

// WaitReady waits until tor is connected to its network. It returns the
// daemon's error if that ends first, or an error that matches ErrNotReady and
// the context's, with the phase that tor got stuck in.
func (d *Daemon) WaitReady(ctx context.Context) error {
	var last Progress
	for p := range d.Progress(ctx) {
		last = p
	}
	if err := d.Err(); err != nil {
		return err
	}
	if last.Done() {
		return nil
	}
	return fmt.Errorf("%w: it is at %s: %w", ErrNotReady, last, ctx.Err())
}

// askProgress asks for the phase once, for what happened before the events were
// subscribed to. A control port that filters this question leaves it at zero.
func (d *Daemon) askProgress(ctx context.Context) error {
	r, err := d.control.request(ctx, "GETINFO status/bootstrap-phase")
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
	d.progress.update(func(now *Progress) {
		if p.Percent >= now.Percent {
			*now = p
		}
	})
}
