package tor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"
)

const (
	// maxFailures is how many sessions of a managed tor in a row may fail before
	// it is given up: with the pauses below it has half a minute for an update of
	// its program to be over, or for memory to be free again.
	maxFailures = 8
	// settled is how long a session must have lasted to count as one that worked.
	// A tor with a bad configuration ends well before.
	settled = 10 * time.Second
	// firstPause and lastPause bound the wait between two tries, of whatever kind,
	// before it is jittered.
	firstPause = 500 * time.Millisecond
	lastPause  = 25 * time.Second
	// openTimeout bounds one try to open a session of an attached daemon.
	openTimeout = time.Minute
)

// retry is the pause between tries that fail one after the other. The first of
// them is followed at once by the next: most of what is lost can be had back
// immediately.
type retry struct {
	failures int
	pauses   *backoff.ExponentialBackOff
}

func newRetry() *retry {
	pauses := backoff.NewExponentialBackOff()
	pauses.InitialInterval, pauses.MaxInterval = firstPause, lastPause
	pauses.Multiplier, pauses.RandomizationFactor = 2, 0.2
	return &retry{pauses: pauses}
}

func (r *retry) failed() { r.failures++ }

func (r *retry) reset() {
	r.failures = 0
	r.pauses.Reset()
}

// next is how long to wait before the next try.
func (r *retry) next() time.Duration {
	if r.failures < 2 {
		return 0
	}
	return r.pauses.NextBackOff()
}

// supervise keeps the daemon supplied with a session, of which s is the first. It
// is the only place where a session, or the daemon, ends.
func (d *Daemon) supervise(s *session) {
	tries := newRetry()
	var err error
	for s != nil {
		if err = s.wait(d.ctx.Done()); d.ctx.Err() != nil {
			err = ErrClosed
		}
		if time.Since(s.began) >= settled {
			tries.reset()
		} else {
			tries.failed()
		}
		d.lose(s, err)
		s, err = d.reopen(tries, err)
	}
	d.finish(err)
}

// lose puts an end to a session, for a reason.
func (d *Daemon) lose(s *session, reason error) {
	if errors.Is(reason, ErrClosed) {
		d.takeBackClientKeys(s.control)
	}
	s.control.close() // the last event has been seen
	d.current.update(func(now **session) { *now = nil })
	if d.ctx.Err() == nil {
		d.log.Info("tor is lost", "error", reason)
		d.status.update(func(st *DaemonStatus) {
			*st = DaemonStatus{State: Reconnecting, Err: reason, Progress: d.unconnected()}
		})
	}
	s.err = reason
	close(s.lost)
	s.end()
}

// reopen opens a new session, however many tries that takes. It fails when the
// daemon is closed or, if it is managed, given up, for the reason why the last
// session was lost or failed.
func (d *Daemon) reopen(tries *retry, reason error) (*session, error) {
	for attempts := 1; ; attempts++ {
		if d.Managed() && tries.failures >= maxFailures {
			return nil, gaveUp(tries.failures, reason)
		}
		if !sleep(d.ctx, tries.next()) {
			return nil, ErrClosed
		}
		s, err := d.open(d.ctx)
		if err == nil {
			if err = d.restoreClientKeys(d.ctx, s.control); err != nil {
				s.end()
			}
		}
		if err == nil {
			d.log.Info("tor is back", "attempts", attempts)
			d.reconnects.Add(1)
			d.adopt(s)
			return s, nil
		}
		if d.ctx.Err() != nil {
			return nil, ErrClosed
		}
		reason = err
		tries.failed()
		d.log.Debug("tor is not back yet", "attempts", attempts, "error", err)
		d.status.update(func(st *DaemonStatus) {
			*st = DaemonStatus{State: Reconnecting, Err: err, Attempts: attempts, Progress: d.unconnected()}
		})
	}
}

// adopt makes s the session that everybody uses.
func (d *Daemon) adopt(s *session) {
	d.latest.Store(s)
	d.status.update(func(st *DaemonStatus) { st.State, st.Err, st.Attempts = Connected, nil, 0 })
	d.current.update(func(now **session) { *now = s })
}

// finish ends the daemon.
func (d *Daemon) finish(err error) {
	if d.folder != nil {
		d.folder.remove()
	}
	d.mu.Lock()
	d.err = err
	services := d.services
	d.services = nil
	d.mu.Unlock()
	d.status.update(func(st *DaemonStatus) { *st = DaemonStatus{State: Ended, Err: err, Progress: st.Progress} })
	close(d.done)
	for _, s := range services {
		<-s.finished
	}
}

// await returns the session that there is, and waits for the next if there is
// none, until that comes, the daemon ends or ctx does.
func (d *Daemon) await(ctx context.Context) (*session, error) {
	for {
		s, changed := d.current.get()
		if s != nil {
			return s, nil
		}
		select {
		case <-changed:
		case <-d.done:
			return nil, d.Err()
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// lostLately reports whether s is not the first session and began a short while
// ago.
func (d *Daemon) lostLately(s *session) bool {
	return d.reconnects.Load() > 0 && time.Since(s.began) < leftover
}

func gaveUp(failures int, reason error) error {
	err := fmt.Errorf("%w: it failed %d times in a row: %w", ErrGaveUp, failures, reason)
	if !errors.Is(err, ErrExited) {
		err = fmt.Errorf("%w: %w", ErrExited, err)
	}
	return err
}

// sleep waits and reports whether ctx is still alive.
func sleep(ctx context.Context, pause time.Duration) bool {
	t := time.NewTimer(pause)
	defer t.Stop()
	select {
	case <-t.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
