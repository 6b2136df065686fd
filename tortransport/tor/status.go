package tor

import (
	"context"
	"iter"
)

// State is what a Daemon is at.
type State int

const (
	// Connected: the control port of tor answers.
	Connected State = iota
	// Reconnecting: the control connection is lost. A managed tor is being
	// started again, an attached one called again.
	Reconnecting
	// Ended: the daemon was closed or given up.
	Ended
)

func (s State) String() string {
	return [...]string{"connected", "reconnecting", "ended"}[s]
}

// DaemonStatus is how a daemon is doing.
type DaemonStatus struct {
	State State
	// Err is why there is no connection to tor: why it was lost or, after a
	// failed try, why it cannot be had back. It is nil while State is Connected.
	// When State is Ended it is what [Daemon.Err] returns.
	Err error
	// Attempts counts the tries that have failed since the connection was lost.
	Attempts int
	// Progress is how far tor has got in connecting to its network.
	Progress Progress
	// Network matches ErrNetwork while tor, which had been connected to its
	// network, gets no circuit through. It is nil, too, if tor has nothing to build
	// circuits for, or if the control port does not tell.
	Network error
}

// Status yields how the daemon is doing, now and after every change, until it has
// ended or ctx is done. A slow reader skips states.
func (d *Daemon) Status(ctx context.Context) iter.Seq[DaemonStatus] {
	return d.status.follow(ctx, d.done, func(st DaemonStatus) bool { return st.State == Ended })
}

// Reconnects counts how often tor was lost and found again.
func (d *Daemon) Reconnects() uint64 { return d.reconnects.Load() }
