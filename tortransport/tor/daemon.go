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
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"

	"github.com/onionwire/onionwire/tortransport/internal/proc"
	"github.com/onionwire/onionwire/tortransport/onion"
)

var (
	// ErrClosed means that the daemon, or the service, was closed by us.
	ErrClosed = errors.New("tor daemon closed")
	// ErrExited means that the managed tor has ended by itself or was killed.
	ErrExited = errors.New("tor has ended")
)

// Daemon is a Tor daemon that can be used: its control port let us in. All
// methods may be called concurrently.
type Daemon struct {
	log     *slog.Logger
	version Version
	socks   Addr
	control *controlConn

	// child and folder are nil for an attached daemon.
	child  *proc.Process
	folder *folder

	progress watched[Progress]
	// descriptorEvents is false if the control port does not let us subscribe to
	// the fate of descriptors.
	descriptorEvents bool

	mu       sync.Mutex
	services map[onion.Address]*Service
	targets  int // numbers the sockets of onion targets
	err      error

	closing   chan struct{} // closed when Close begins
	closeOnce sync.Once
	done      chan struct{} // closed when the daemon can no longer be used
	watcher   sync.WaitGroup
}

// Version is the daemon's version.
func (d *Daemon) Version() Version { return d.version }

// Managed reports whether the daemon is a child of ours.
func (d *Daemon) Managed() bool { return d.child != nil }

// SOCKS is where the daemon takes connections to be made through Tor.
func (d *Daemon) SOCKS() Addr { return d.socks }

// Done is closed when the daemon can no longer be used: it was closed, it
// ended, or its control connection is lost. Err then says which.
func (d *Daemon) Done() <-chan struct{} { return d.done }

// Err is nil until Done is closed. Then it matches ErrClosed after Close,
// ErrExited if a managed tor ended (with its last log lines), or ErrControl if
// the control connection was lost.
func (d *Daemon) Err() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.err
}

// Close ends a managed daemon, and leaves an attached one running without our
// services. It waits until the child, its sockets and every goroutine are gone.
func (d *Daemon) Close() error {
	d.closeOnce.Do(func() { close(d.closing) })
	d.watcher.Wait()
	return nil
}

// connect opens the control port and begins.
func (d *Daemon) connect(ctx context.Context, addr Addr, cred credentials) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, addr.Network, addr.Address)
	if err != nil {
		return fmt.Errorf("cannot reach the control port: %w", err)
	}
	return d.begin(ctx, conn, cred)
}

// begin takes charge of a connection to the control port, authenticates and
// subscribes to events. d has its log, child and folder already. Events are
// subscribed to before anything is asked, so that nothing happens unseen between
// the two.
func (d *Daemon) begin(ctx context.Context, conn net.Conn, cred credentials) error {
	d.services = make(map[onion.Address]*Service)
	d.closing, d.done = make(chan struct{}), make(chan struct{})
	d.control = newControlConn(conn, d.onEvent)
	if err := d.greet(ctx, cred); err != nil {
		d.control.close()
		return err
	}
	d.watcher.Go(d.watch)
	return nil
}

func (d *Daemon) greet(ctx context.Context, cred credentials) error {
	var err error
	if d.version, err = d.control.authenticate(ctx, cred); err != nil {
		return err
	}
	if err := d.version.check(); err != nil {
		return err
	}
	if err := d.subscribe(ctx); err != nil {
		return err
	}
	return d.askProgress(ctx)
}

// subscribe asks for what a filtering control port lets through.
func (d *Daemon) subscribe(ctx context.Context) error {
	_, err := d.control.request(ctx, "SETEVENTS STATUS_CLIENT HS_DESC")
	if err == nil {
		d.descriptorEvents = true
		return nil
	}
	if !errors.Is(err, ErrRefused) {
		return fmt.Errorf("subscribing to events: %w", err)
	}
	d.log.Warn("the control port hides HS_DESC events: whether an onion service is reachable cannot be told", "reason", err)
	if _, err := d.control.request(ctx, "SETEVENTS STATUS_CLIENT"); err != nil && !errors.Is(err, ErrRefused) {
		return fmt.Errorf("subscribing to events: %w", err)
	}
	return nil
}

// onEvent is called by the reader of the control connection, one event after
// the other, and does not block.
func (d *Daemon) onEvent(line string) {
	kind, rest, _ := strings.Cut(line, " ")
	switch kind {
	case "STATUS_CLIENT":
		if p, ok := parseBootstrap(rest); ok {
			d.log.Debug("bootstrap", "percent", p.Percent, "summary", p.Summary)
			d.setProgress(p)
		}
	case "HS_DESC":
		if e, ok := parseDescriptorEvent(rest); ok {
			d.mu.Lock()
			s := d.services[e.address]
			d.mu.Unlock()
			if s != nil {
				s.onDescriptor(e)
			}
		}
	}
}

// watch waits for the end of the daemon, whoever brings it about, and clears
// up. It is the only place that does.
func (d *Daemon) watch() {
	var exited <-chan struct{}
	if d.child != nil {
		exited = d.child.Done()
	}
	var err error
	select {
	case <-d.closing:
		// Closing the connection takes our services with it: none is detached.
		err = ErrClosed
	case <-exited:
		err = fmt.Errorf("%w: %w", ErrExited, d.child.Err())
	case <-d.control.closed:
		err = d.whyExited(d.control.err)
	}
	d.control.close()
	if d.child != nil {
		d.child.Stop(stopGrace)
		d.folder.remove()
	}
	d.mu.Lock()
	d.err = err
	services := d.services
	d.services = nil
	d.mu.Unlock()
	close(d.done)
	for _, s := range services {
		s.end(err)
		s.adding.Wait() // ends with the control connection
	}
}
