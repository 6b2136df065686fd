package node

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/wire"
	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onionhost"
)

const (
	// firstRetry and lastRetry are the first and the longest wait between two
	// tries to connect, before jitter. A chat in the foreground is worth trying
	// for every minute.
	firstRetry = 2 * time.Second
	lastRetry  = time.Minute
	// stableAfter is how long a connection must hold for the waits to begin anew.
	stableAfter = 30 * time.Second
	// refusalPause is how long a contact who refuses our connection has to make
	// one to us before that counts as a failure.
	refusalPause = 500 * time.Millisecond
	// patience is how long the lower side's own connection is preferred: longer
	// than a handshake takes through slow circuits, shorter than a contact likes
	// to be kept out because of a dead one.
	patience = 10 * time.Second
)

// Both sides of a conversation may connect to each other at once. The side with
// the lower peer ID decides which connection it is to be, and the other goes
// along, so that they never give up one each:
//
//   - The lower side has one handshake under way at a time. While it is its own,
//     it refuses the other side's; during the other side's, it begins none.
//   - The higher side takes part in both at once, and gives its own up when the
//     other is done.
//   - When its own is done, the lower side goes on refusing until something has
//     arrived on the connection: what comes before that was begun by a side that
//     did not know of it yet.
//   - The lower side insists on its own for as long as patience, no longer: a
//     connection can be dead and not know it.
//   - Otherwise the newest wins. Who has a working connection does not connect,
//     so a new one means that the other side has lost the old.
//
// Whatever was under way on a connection that loses is sent again on the other.

// handshaking is a handshake that is under way.
type handshaking struct {
	cancel context.CancelFunc
	began  time.Time
	// committed is whether the last message may have been sent, so that the
	// other side counts on the connection.
	committed bool
}

// connectTo has the node connect to the contact at an address from now on.
func (c *Conversation) connectTo(at ma.Multiaddr) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
	c.wake()
	if !c.dialler {
		c.dialler = true
		c.node.tasks.Go(c.keepConnected)
	}
}

// keepConnected connects to the contact whenever there is no connection, until
// the conversation ends or another try would be of no use.
func (c *Conversation) keepConnected() {
	waits := backoff.NewExponentialBackOff()
	waits.InitialInterval, waits.MaxInterval, waits.Multiplier = firstRetry, lastRetry, 2
	// Somebody waits for the first try, and for the one after a connection that is
	// lost. With those after a failed one nobody's dial shall be delayed.
	for urgent := true; ; {
		var at ma.Multiaddr
		if c.wait(c.ctx, func() bool { at = c.at; return c.idle() && c.room() }) != nil {
			return
		}
		l, err := c.dial(at, urgent)
		urgent = err == nil
		if err == nil {
			began := time.Now()
			c.run(l)
			if c.worked(l) || time.Since(began) >= stableAfter {
				waits.Reset()
			}
		}
		retry := waits.NextBackOff()
		if errors.Is(err, ErrTurnedAway) {
			// Who refuses us is perhaps connecting to us instead.
			c.pause(refusalPause, at)
			retry = max(0, retry-refusalPause)
			if c.lacksProtocol() {
				err = fmt.Errorf("%w: it does not have %s", ErrVersion, wire.ProtocolID)
			}
		}
		if c.failed(at, err, retry) {
			return
		}
		c.pause(retry, at)
	}
}

// failed tells why a try to connect to an address has failed, if it has and
// matters, and reports whether there should be no other.
func (c *Conversation) failed(at ma.Multiaddr, err error, retry time.Duration) (final bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil || errors.Is(err, errYield) || !c.idle() || c.ctx.Err() != nil || !c.at.Equal(at) {
		return false
	}
	if errors.Is(err, ErrWrongPeer) || errors.Is(err, ErrNotProven) {
		final, retry = true, 0
		c.dialler = false
	}
	c.emit(Unreachable{Err: err, Retry: retry})
	return final
}

// worked reports whether an ended link was of use: something was received on it,
// and all of that in good order.
func (c *Conversation) worked(l *link) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return l.heard > 0 && !errors.Is(l.err, ErrProtocol)
}

// pause waits, but not for longer than until the contact shows up or is said to
// be somewhere else than at an address.
func (c *Conversation) pause(d time.Duration, at ma.Multiaddr) {
	ctx, cancel := context.WithTimeout(c.ctx, d)
	defer cancel()
	_ = c.wait(ctx, func() bool { return !c.idle() || !c.at.Equal(at) }) // either end of the wait is fine
}

// idle reports whether there is neither a connection nor one in the making from
// the other side. c.mu is held.
func (c *Conversation) idle() bool { return c.link == nil && c.inbound == nil }

// dial connects to the contact and does the handshake.
func (c *Conversation) dial(at ma.Multiaddr, urgent bool) (*link, error) {
	if urgent {
		defer tortransport.Hurry(c.node.host.Network(), c.peer)()
	}
	// libp2p would try the addresses of earlier dials as well.
	c.node.host.Peerstore().ClearAddrs(c.peer)
	to := peer.AddrInfo{ID: c.peer, Addrs: []ma.Multiaddr{at}}
	if err := onionhost.Dial(c.ctx, c.node.host, to); err != nil {
		return nil, err
	}
	l, err := c.openStream()
	if errors.Is(err, context.DeadlineExceeded) {
		// The connection is dead and does not know it. The next try makes a new
		// one.
		_ = c.node.host.Network().ClosePeer(c.peer)
	}
	return l, err
}

// openStream does the handshake on a stream of ours and attaches the link. It
// fails with errYield if the contact has connected, or is connecting, to us.
func (c *Conversation) openStream() (*link, error) {
	ctx, cancel := context.WithTimeout(c.ctx, handshakeTimeout)
	defer cancel()
	h := &handshaking{cancel: cancel, began: time.Now()}
	c.mu.Lock()
	if !c.idle() {
		c.mu.Unlock()
		return nil, errYield
	}
	c.outbound = h
	c.mu.Unlock()

	l, err := c.initiate(ctx, h)
	c.mu.Lock()
	mine := c.outbound == h
	if mine {
		c.outbound = nil
	}
	if err == nil && mine {
		old := c.attach(l)
		c.mu.Unlock()
		old.end(errYield)
		return l, nil
	}
	if !mine || !c.idle() {
		err = errYield
	}
	c.mu.Unlock()
	if l != nil {
		l.discard()
	}
	return nil, err
}

// initiate opens a stream and does the handshake on it.
func (c *Conversation) initiate(ctx context.Context, h *handshaking) (*link, error) {
	// Connecting is dial's business: it does so with the right limits, and its
	// errors keep the address to themselves.
	s, err := tortransport.OpenStream(network.WithNoDial(ctx, "connected before"), c.node.host.Network(), c.peer, wire.ProtocolID)
	if err != nil {
		return nil, fmt.Errorf("the contact does not answer: %w", err)
	}
	return c.handshake(ctx, s, e2ee.NewInitiator, func() error {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.outbound != h {
			return errYield
		}
		h.committed = true
		return nil
	})
}

// lacksProtocol reports whether the contact has told which protocols they have,
// as libp2p hosts do after connecting, and ours is not among them. The answer to
// a stream does not tell: the reset behind it overtakes it.
func (c *Conversation) lacksProtocol() bool {
	has, err := c.node.host.Peerstore().GetProtocols(c.peer)
	return err == nil && len(has) > 0 && !slices.Contains(has, wire.ProtocolID)
}

// acceptStream does the handshake on a stream that the contact has opened and
// attaches the link.
func (c *Conversation) acceptStream(s network.Stream) (*link, error) {
	ctx, cancel := context.WithTimeout(c.ctx, handshakeTimeout)
	defer cancel()
	h := &handshaking{cancel: cancel, began: time.Now()}
	if err := c.beginInbound(h); err != nil {
		return nil, err
	}
	l, err := c.handshake(ctx, s, e2ee.NewResponder, nil)
	if err == nil {
		if err = c.node.adopt(c); err != nil {
			l.discard()
		}
	}
	c.mu.Lock()
	var old *link
	if err == nil {
		old = c.attach(l)
		c.giveUpOutbound()
	}
	if c.inbound == h {
		c.inbound = nil
		c.wake()
	}
	c.mu.Unlock()
	old.end(errYield)
	return l, err
}

// beginInbound makes h the inbound handshake in place of an earlier one, which
// the other side has given up, or says why there can be none.
func (c *Conversation) beginInbound(h *handshaking) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.events) >= 2*maxEvents {
		return errors.New("nobody takes the events of this conversation")
	}
	if c.node.address.Peer < c.peer {
		if c.insists() {
			return errYield
		}
		c.giveUpOutbound()
	}
	if c.inbound != nil {
		c.inbound.cancel()
	}
	c.inbound = h
	return nil
}

// insists reports whether the lower side prefers a connection of its own to one
// from the other side. c.mu is held.
func (c *Conversation) insists() bool {
	if o := c.outbound; o != nil {
		return o.committed || time.Since(o.began) < patience
	}
	l := c.link
	return l != nil && l.ours() && l.heard == 0 && time.Since(l.began) < patience
}

// giveUpOutbound ends a handshake of ours that is under way. c.mu is held.
func (c *Conversation) giveUpOutbound() {
	if c.outbound != nil {
		c.outbound.cancel()
		c.outbound = nil
	}
}
