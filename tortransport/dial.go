package tortransport

import (
	"context"
	"errors"
	"net"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/transport"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/tortransport/internal/eager"
	"github.com/onionwire/onionwire/tortransport/internal/socks5"
)

const (
	// maxDials is how many dials may build circuits at once. Each costs Tor some
	// circuits; more at once makes all of them slower, and tor itself begins to
	// drop circuits when hundreds are pending (MaxClientCircuitsPending, 32).
	maxDials = 24
	// urgentDials is how many of those places are kept for dials that somebody
	// waits for.
	urgentDials = 8
	// maxPlain is how many peers are remembered that do not take an early
	// proposal. Each who is forgotten costs one dial that is made twice.
	maxPlain = 1024
)

// Dial connects to the peer p at raddr, which CanDial has accepted.
//
// Errors match those of this package, or those of package onion for a malformed
// address. An onion address that could lately not be reached is answered with the
// same error at once, unless the dial is urgent (see [Transport.Hurry]).
func (t *Transport) Dial(ctx context.Context, raddr ma.Multiaddr, p peer.ID) (transport.CapableConn, error) {
	to, err := t.target(raddr)
	if err != nil {
		return nil, err
	}
	t.metrics.used(t)
	if n := t.reconnects(); t.sessions.Swap(n) != n {
		t.failures.Clear() // another tor may find what that one did not
	}
	if to.isOnion() && !t.places.Urgent(string(p)) {
		if err := t.failures.Check(to.onion); err != nil {
			t.metrics.dialCached(err)
			return nil, &recentError{err}
		}
	}
	ctx, cancel := context.WithTimeout(ctx, t.dialTimeout)
	defer cancel()
	trace := t.metrics.dial()
	c, err := t.dialNegotiating(ctx, to, p, trace)
	if lost := errors.Is(err, errTorLost) || to.isOnion() && circuitLost(err); lost && ctx.Err() == nil {
		c, err = t.dialNegotiating(ctx, to, p, trace) // waits for the next tor, or has a circuit built
	}
	trace.done(err)
	if to.isOnion() {
		t.learn(ctx, to, p, err)
		if errors.Is(err, ErrNotFound) {
			t.closeLookups(ctx)
		}
	}
	return c, err
}

// dialNegotiating proposes the security protocol early, unless p is known for not
// taking that, and dials again if it does not.
func (t *Transport) dialNegotiating(ctx context.Context, to target, p peer.ID, trace *dialTrace) (transport.CapableConn, error) {
	if t.patient || t.plain.has(p) {
		return t.dialOnce(ctx, to, p, trace, false)
	}
	c, hasty := t.dialOnce(ctx, to, p, trace, true)
	if !errors.Is(hasty, eager.ErrDisagreed) {
		return c, hasty
	}
	t.metrics.fallback()
	c, err := t.dialOnce(ctx, to, p, trace, false)
	// Who hung up may have had other reasons, which are gone the next time.
	if err == nil && !errors.Is(hasty, eager.ErrHungUp) {
		t.plain.add(p)
	}
	return c, err
}

func (t *Transport) dialOnce(ctx context.Context, to target, p peer.ID, trace *dialTrace, early bool) (transport.CapableConn, error) {
	scope, err := t.rcmgr.OpenConnection(network.DirOutbound, true, nearEnd)
	if err != nil {
		t.log.Debug("resource manager blocked outgoing connection", "peer", shortPeer(p), "error", discreetError{err})
		return nil, discreetError{err}
	}
	c, err := t.dialWithScope(ctx, to, p, scope, trace, early)
	if err != nil {
		scope.Done()
		return nil, err
	}
	return c, nil
}

func (t *Transport) dialWithScope(ctx context.Context, to target, p peer.ID, scope network.ConnManagementScope, trace *dialTrace, early bool) (transport.CapableConn, error) {
	if err := scope.SetPeer(p); err != nil {
		t.log.Debug("resource manager blocked outgoing connection for peer", "peer", shortPeer(p), "error", discreetError{err})
		return nil, discreetError{err}
	}
	a := &attempt{trace: trace}
	defer a.end()
	reconnects := t.reconnects()
	raw, err := t.dialRaw(ctx, to, p, a)
	if err != nil {
		a.release() // whatever there is still to find out
		return nil, dialError(to, t.daemonError(ctx, err, reconnects))
	}
	var negotiating interface {
		net.Conn
		Agreed() bool
	}
	hasty := (*eager.Conn)(nil)
	if early {
		hasty = eager.New(raw)
		negotiating = hasty
	} else {
		negotiating = &negotiation{Conn: raw, dir: network.DirOutbound}
	}
	c, err := t.upgrader.Upgrade(ctx, t, &onionConn{Conn: negotiating, local: anonymous, remote: to.addr}, network.DirOutbound, p, scope)
	switch {
	case err == nil:
		return c, nil
	case hasty != nil && hasty.Disagreement() != nil && a.granted():
		err = hasty.Disagreement() // whatever the upgrader made of it
	default:
		err = a.because(err, negotiating.Agreed())
	}
	a.release()
	negotiating.Close() // the upgrader forgets it where it refuses before it begins
	return nil, dialError(to, t.daemonError(ctx, err, reconnects))
}

// dialRaw connects to the target, and to nobody in particular yet. Tor may not
// have answered when it returns: see [socks5.Conn].
func (t *Transport) dialRaw(ctx context.Context, to target, p peer.ID, a *attempt) (net.Conn, error) {
	if t.dialer == nil {
		if err := t.daemon.Err(); err != nil {
			return nil, err
		}
		a.trace.enter(phaseTorReady)
		// Tor would hold the connection back until it is ready, and not say why.
		if err := t.daemon.WaitReady(ctx); err != nil {
			return nil, err
		}
	}
	a.trace.enter(phaseQueue)
	place, err := t.places.Acquire(ctx, string(p))
	if err != nil {
		return nil, err
	}
	a.place = place
	a.trace.enter(phaseCircuit)
	if t.dialer != nil {
		c, err := t.dialer.DialContext(ctx, "tcp", to.hostPort())
		a.replied(err)
		return c, err
	}
	a.fresh.start(ctx, t, to)
	socks := t.daemon.SOCKS()
	d := socks5.Dialer{Network: socks.Network, Address: socks.Address}
	if t.patient {
		c, err := d.Dial(ctx, to.host, to.port, t.isolation.auth(p))
		a.replied(err)
		return c, err
	}
	c, err := d.DialEarly(ctx, to.host, to.port, t.isolation.auth(p), a.replied)
	if err != nil {
		return nil, err // a nil Conn in an interface is not nil
	}
	return c, nil
}
