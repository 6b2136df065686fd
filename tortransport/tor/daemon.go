// Package tor runs or attaches to a Tor daemon.
//
// [Start] runs a tor of its own, the managed daemon: with its own data folder,
// SOCKS and control ports on unix sockets that only this user can open, and
// gone when the program is gone, however that ends. [Attach] uses a tor that
// somebody else runs. Either gives a [Daemon], which tells how far tor has got
// ([Daemon.Progress], [Daemon.WaitReady]), where to dial through it
// ([Daemon.SOCKS]) and publishes onion services ([Daemon.Publish]).
//
// A Daemon belongs to whoever made it: pass it to any number of transports, and
// close it after them.
//
// # What happens to tor
//
// A Daemon outlives its tor. When the control connection is lost, tor was killed,
// or does not answer any more, a managed tor is started again in the same folder,
// and an attached one is called again until it answers, whoever has restarted it.
// The onion services are then published again under the same addresses; the
// listeners behind them have been open all the time. [Daemon.Status] and
// [Service.Status] tell what is going on meanwhile. A Daemon ends by
// [Daemon.Close], or if a managed tor cannot be kept running: see [ErrGaveUp].
//
// # Sockets
//
// Where there are no unix sockets for a managed daemon (on Windows, or if neither
// the data folder nor the temporary folder has a path that is short and plain
// enough), its ports are on loopback. Only its control port then asks who is there,
// for the cookie: every local user can connect through the SOCKS port, and to the
// target of an onion service without going through Tor. The same holds for the
// targets of services at an attached daemon, which are always on loopback. What is
// behind a target must tell by itself who has connected.
//
// # Somebody else's tor
//
// What an attached daemon needs in its torrc is in docs/transport.md. Its SOCKS port
// should have the flag ExtendedErrors, or nobody learns why a service cannot be
// reached. Where a filter stands before the control port, as on Whonix and Tails,
// what it does not let through is left out with a warning, or fails with an error
// that matches [ErrRefused]; nothing is assumed to have been done. A filter that
// connects to a restarted tor again by itself, so that the services of the tor before
// are gone, is noticed by tor's uptime, if it tells that.
//
// # After a crash
//
// When the program is killed, tor notices the loss of its control connection and
// ends. What [Daemon.Close] would have removed stays: the socket files of onion
// targets (onion-1 and so on, in the folder "sockets") until the next Start with
// the same data folder, and temporary folders until a later Start needs one of its
// own and finds them unchanged for a minute. Both are for this user only, and
// nobody listens on the sockets.
//
// The control port is spoken as Tor's control-spec describes it.
package tor

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/onionwire/onionwire/tortransport/onion"
)

var (
	// ErrClosed means that the daemon, or the service, was closed by us.
	ErrClosed = errors.New("tor daemon closed")
	// ErrExited means that the managed tor has ended by itself or was killed.
	ErrExited = errors.New("tor has ended")
	// ErrGaveUp means that a managed tor ended, or failed to start, so often in a
	// row that starting it once more is of no use.
	ErrGaveUp = errors.New("tor does not stay up")
)

// Daemon is a Tor daemon, through all the control connections and processes that
// it takes. All methods may be called concurrently.
type Daemon struct {
	log *slog.Logger
	// open begins a session. It is called by one goroutine at a time.
	open func(ctx context.Context) (*session, error)
	// folder is nil for an attached daemon.
	folder *folder
	// lacks is what the program of a managed daemon is known to have been built
	// without.
	lacks []Feature
	// heartbeat is the time between two signs of life that tor is asked for.
	heartbeat time.Duration

	status     watched[DaemonStatus]
	current    watched[*session] // nil while there is none
	latest     atomic.Pointer[session]
	reconnects atomic.Uint64

	clientKeys clientKeys
	fetches    fetches
	complained atomic.Bool // see onLog

	mu       sync.Mutex
	services map[onion.Address]*Service // nil when the daemon has ended
	targets  int                        // numbers the sockets of onion targets
	err      error

	ctx        context.Context // ends when Close begins
	cancel     context.CancelFunc
	done       chan struct{} // closed when the daemon has ended
	supervisor sync.WaitGroup
}

// newDaemon makes a daemon that has no session yet.
func newDaemon(log *slog.Logger, heartbeat time.Duration) *Daemon {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	if heartbeat == 0 {
		heartbeat = heartbeatInterval
	}
	d := &Daemon{
		log:       log,
		heartbeat: heartbeat,
		services:  make(map[onion.Address]*Service),
		done:      make(chan struct{}),

		clientKeys: newClientKeys(),
	}
	d.ctx, d.cancel = context.WithCancel(context.Background())
	return d
}

// begin opens the first session. If that fails the daemon is of no use.
func (d *Daemon) begin(ctx context.Context) error {
	s, err := d.open(ctx)
	if err != nil {
		d.cancel()
		return err
	}
	d.adopt(s)
	d.supervisor.Go(func() { d.supervise(s) }) //nolint:contextcheck // ctx is for the start only
	return nil
}

// Version is the daemon's version, as the latest control connection told it.
func (d *Daemon) Version() Version { return d.latest.Load().version }

// Managed reports whether the daemon is a child of ours.
func (d *Daemon) Managed() bool { return d.folder != nil }

// SOCKS is where the daemon takes connections to be made through Tor. It may be
// another address after tor was restarted, so ask again for each connection.
func (d *Daemon) SOCKS() Addr { return d.latest.Load().socks }

// Done is closed when the daemon has ended: it was closed, or its tor cannot be
// kept running. Err then says which.
func (d *Daemon) Done() <-chan struct{} { return d.done }

// Err is nil until Done is closed. Then it matches ErrClosed after Close, or
// ErrGaveUp and ErrExited, with tor's last log lines, if a managed tor ends
// whenever it is started.
func (d *Daemon) Err() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.err
}

// Close ends a managed daemon, and leaves an attached one running without our
// services. It waits until the child, its sockets and every goroutine are gone.
func (d *Daemon) Close() error {
	d.cancel()
	d.supervisor.Wait()
	return nil
}

// ListenTarget opens a listener for the connections that an onion service
// brings: a unix socket that only this user and a managed tor can open, or a
// loopback port for an attached tor, which runs as another user and may be
// confined. It does not depend on tor and stays open until the caller closes it.
func (d *Daemon) ListenTarget() (net.Listener, error) {
	if d.folder == nil {
		return net.Listen("tcp", "127.0.0.1:0")
	}
	d.mu.Lock()
	d.targets++
	n := d.targets
	d.mu.Unlock()
	return d.folder.listen(n)
}
