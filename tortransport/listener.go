package tortransport

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/transport"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/tor"
)

const (
	// maxUpgrades is how many inbound connections may be negotiating, or
	// waiting to be accepted, at once. It is what libp2p's default resource
	// manager grants the smallest machine for inbound connections whose peer is
	// not known: with more, that would refuse who comes next, however long the
	// others have been silent.
	maxUpgrades = 32
	// acceptPause is the wait after a failed accept: what makes it fail, such
	// as too many open files, passes by itself.
	acceptPause = 100 * time.Millisecond
)

// listener is one onion service that is listened on. libp2p's own listener
// bounds the upgrade of an inbound connection by the upgrader's 15 seconds;
// this one has a bound that fits Tor with whatever upgrader it is given.
type listener struct {
	t       *Transport
	addr    onion.Address
	raw     transport.GatedMaListener
	service service

	incoming chan transport.CapableConn
	upgrades *upgrades

	ctx    context.Context // ends when the listener does; its cause says why
	cancel context.CancelCauseFunc
	tasks  sync.WaitGroup
}

var _ transport.Listener = (*listener)(nil)

func (t *Transport) listen(addr onion.Address, port uint16, laddr ma.Multiaddr) (*listener, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.listeners[addr] != nil {
		return nil, tor.ErrCollision
	}
	target, service, err := t.publish(addr, port)
	if err != nil {
		return nil, err
	}
	l := &listener{
		t:        t,
		addr:     addr,
		service:  service,
		incoming: make(chan transport.CapableConn),
		upgrades: newUpgrades(maxUpgrades),
	}
	l.ctx, l.cancel = context.WithCancelCause(context.Background())
	// There is room for a connection before the resource manager is asked about
	// it.
	l.raw = t.upgrader.GateMaListener(&onionListener{
		Listener: target,
		addr:     laddr,
		arrived:  func() { l.upgrades.makeRoom(l.ctx) },
	})
	t.listeners[l.addr] = l
	t.metrics.used(t)
	l.tasks.Go(l.acceptLoop)
	l.tasks.Go(l.follow)
	return l, nil
}

// follow ends the listener when its onion service is gone for good.
func (l *listener) follow() {
	for st := range l.service.Status(l.ctx) {
		if st.Phase == tor.Gone {
			l.t.log.Info("onion service is gone", "service", l.addr, "error", st.Err)
			// A listener that is closed is nothing that libp2p would log, with its
			// address in full.
			l.end(fmt.Errorf("%w: %w", transport.ErrListenerClosed, st.Err))
		}
	}
}

func (l *listener) acceptLoop() {
	for {
		conn, scope, err := l.raw.Accept()
		switch {
		case l.ctx.Err() != nil:
			if err == nil {
				conn.Close()
				scope.Done()
			}
			return
		case errors.Is(err, net.ErrClosed):
			l.end(err)
			return
		case err != nil:
			l.t.log.Debug("accept failed", "service", l.addr, "error", discreetError{err})
			select {
			case <-time.After(acceptPause):
			case <-l.ctx.Done():
			}
			continue
		}
		n := &negotiation{Conn: conn, dir: network.DirInbound, bounded: make(chan struct{})}
		upgrade := l.upgrades.begin(l.ctx, n)
		if upgrade == nil {
			conn.Close()
			scope.Done()
			return
		}
		l.tasks.Go(func() {
			defer upgrade.end()
			ctx, cancel := context.WithTimeout(upgrade.ctx, l.t.acceptTimeout)
			defer cancel()
			if c := l.upgrade(ctx, n, scope); c != nil {
				upgrade.negotiated()
				l.t.met(c.RemotePeer())
				l.hand(ctx, c)
			}
		})
	}
}

// upgrade negotiates with one inbound connection. What goes wrong is that peer's
// business: it never ends the listener.
func (l *listener) upgrade(ctx context.Context, n *negotiation, scope network.ConnManagementScope) transport.CapableConn {
	conn := &onionConn{Conn: n, local: l.Multiaddr(), remote: anonymous}
	c, err := l.t.upgrader.Upgrade(ctx, l.t, conn, network.DirInbound, "", scope)
	if err != nil {
		err = failed(err, n.Agreed()).at(err, context.Cause(ctx))
		l.t.metrics.inbound(err)
		l.t.log.Debug("inbound connection failed", "service", l.addr, "error", discreetError{err})
		conn.Close() // the upgrader forgets it where it refuses before it begins
		scope.Done()
		return nil
	}
	n.lift()
	return c
}

// hand gives a connection to Accept.
func (l *listener) hand(ctx context.Context, c transport.CapableConn) {
	select {
	case l.incoming <- c:
		l.t.metrics.inbound(nil)
	case <-ctx.Done():
		l.t.metrics.inbound(context.Cause(ctx))
		_ = c.CloseWithError(network.ConnRateLimited) // nobody is left to tell
	}
}

// Accept returns the next connection that is negotiated. It fails only when the
// listener has ended, with transport.ErrListenerClosed: after Close together with
// net.ErrClosed, else together with the reason why the onion service is gone.
func (l *listener) Accept() (transport.CapableConn, error) {
	for {
		select {
		case c := <-l.incoming:
			if c.IsClosed() {
				// The peer has left again. Closing is what releases the scope.
				_ = c.Close()
				continue
			}
			return c, nil
		case <-l.ctx.Done():
			return nil, context.Cause(l.ctx)
		}
	}
}

// errListenerClosed is libp2p's sentinel and Go's in one.
var errListenerClosed = fmt.Errorf("%w: %w", transport.ErrListenerClosed, net.ErrClosed)

// Close takes the onion service down. Connections that were accepted stay open.
func (l *listener) Close() error {
	l.end(errListenerClosed)
	l.tasks.Wait()
	return l.service.Close()
}

// end stops taking connections, for a reason; the first one counts.
func (l *listener) end(reason error) {
	l.cancel(reason)
	l.raw.Close()
	l.t.mu.Lock()
	defer l.t.mu.Unlock()
	if l.t.listeners[l.addr] == l {
		delete(l.t.listeners, l.addr)
	}
}

func (l *listener) Addr() net.Addr          { return l.raw.Addr() }
func (l *listener) Multiaddr() ma.Multiaddr { return l.raw.Multiaddr() }

func (l *listener) String() string { return fmt.Sprintf("<tor.Listener %s>", l.addr.Short()) }
