package node

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/wire"
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
)

// Both sides of a conversation may connect to each other at once. Two rules,
// which both compute alike, leave one connection:
//
//   - While both have a handshake under way, that of the lower peer ID goes on:
//     its owner refuses the other's, and the other gives up its own.
//   - Otherwise the newest wins. Who has a working connection does not connect,
//     so a new one means that the other side has lost the old.
//
// Whatever was under way on a connection that loses is sent again on the other.

// handshaking is a handshake that is under way.
type handshaking struct{ cancel context.CancelFunc }

// keepConnected connects to the contact whenever there is no connection, until
// the conversation ends.
func (c *Conversation) keepConnected(to peer.AddrInfo) {
	waits := backoff.NewExponentialBackOff()
	waits.InitialInterval, waits.MaxInterval, waits.Multiplier = firstRetry, lastRetry, 2
	for {
		if c.wait(c.ctx, func() bool { return c.idle() && c.room() }) != nil {
			return
		}
		l, err := c.dial(to)
		if err == nil {
			began := time.Now()
			c.run(l)
			if time.Since(began) >= stableAfter {
				waits.Reset()
			}
		}
		retry := waits.NextBackOff()
		c.mu.Lock()
		if err != nil && c.idle() && c.ctx.Err() == nil {
			c.emit(Unreachable{Err: err, Retry: retry})
		}
		c.mu.Unlock()
		c.pause(retry)
	}
}

// pause waits, but not for longer than until the contact shows up.
func (c *Conversation) pause(d time.Duration) {
	ctx, cancel := context.WithTimeout(c.ctx, d)
	defer cancel()
	_ = c.wait(ctx, func() bool { return !c.idle() }) // either end of the wait is fine
}

// idle reports whether there is neither a connection nor one in the making from
// the other side. c.mu is held.
func (c *Conversation) idle() bool { return c.link == nil && c.inbound == nil }

// dial connects to the contact and does the handshake.
func (c *Conversation) dial(to peer.AddrInfo) (*link, error) {
	if err := onionhost.Connect(c.ctx, c.node.host, to); err != nil {
		return nil, err
	}
	l, err := c.openStream()
	if err != nil && !errors.Is(err, errYield) {
		// The connection may be one that is dead and does not know it yet. The
		// next try makes a new one.
		c.mu.Lock()
		idle := c.idle()
		c.mu.Unlock()
		if idle {
			_ = c.node.host.Network().ClosePeer(c.peer)
		}
	}
	return l, err
}

func (c *Conversation) openStream() (*link, error) {
	ctx, cancel := context.WithTimeout(c.ctx, handshakeTimeout)
	defer cancel()
	s, err := c.node.host.NewStream(ctx, c.peer, wire.ProtocolID)
	if err != nil {
		return nil, fmt.Errorf("the contact does not answer: %w", err)
	}
	h := &handshaking{cancel}
	c.mu.Lock()
	yield := !c.idle()
	if !yield {
		c.outbound = h
	}
	c.mu.Unlock()
	if yield {
		_ = s.Reset()
		return nil, errYield
	}
	l, err := c.handshake(ctx, s, e2ee.NewInitiator)
	c.mu.Lock()
	c.outbound = nil
	if err != nil && c.inbound != nil {
		err = errYield
	}
	c.mu.Unlock()
	if err != nil {
		return nil, err
	}
	c.attach(l)
	return l, nil
}

// acceptStream does the handshake on a stream that the contact has opened.
func (c *Conversation) acceptStream(s network.Stream) (*link, error) {
	ctx, cancel := context.WithTimeout(c.ctx, handshakeTimeout)
	defer cancel()
	h := &handshaking{cancel}
	c.mu.Lock()
	if c.outbound != nil && c.node.address.Peer < c.peer {
		c.mu.Unlock()
		return nil, errYield
	}
	if len(c.events) >= 2*maxEvents {
		c.mu.Unlock()
		return nil, errors.New("nobody takes the events of this conversation")
	}
	if c.outbound != nil {
		c.outbound.cancel()
	}
	if c.inbound != nil {
		c.inbound.cancel()
	}
	c.inbound = h
	c.mu.Unlock()

	l, err := c.handshake(ctx, s, e2ee.NewResponder)
	if err == nil {
		if err = c.node.adopt(c); err == nil {
			c.attach(l)
		} else {
			l.session.Close()
		}
	}
	c.mu.Lock()
	if c.inbound == h {
		c.inbound = nil
		c.wake()
	}
	c.mu.Unlock()
	return l, err
}

// handshake runs one side of the end-to-end handshake.
func (c *Conversation) handshake(ctx context.Context, s network.Stream, side func(e2ee.HandshakeConfig) (*e2ee.Handshake, error)) (*link, error) {
	stop := context.AfterFunc(ctx, func() { _ = s.Reset() })
	l, err := c.negotiate(s, side)
	if !stop() {
		err = fmt.Errorf("end-to-end handshake: %w", ctx.Err())
	}
	if err != nil {
		_ = s.Reset()
		return nil, err
	}
	return l, nil
}

func (c *Conversation) negotiate(s network.Stream, side func(e2ee.HandshakeConfig) (*e2ee.Handshake, error)) (*link, error) {
	h, err := side(e2ee.HandshakeConfig{
		Identity:    c.node.identity,
		LocalID:     []byte(c.node.address.Peer),
		RemoteID:    []byte(c.peer),
		RemoteKey:   c.key,
		KnowsRemote: c.node.knows(c.peer),
	})
	if err != nil {
		return nil, err
	}
	defer h.Close()
	conn := wire.NewConn(s)
	// Three messages; whose turn it is follows from who opened the stream.
	for turn := range 3 {
		ours := (turn%2 == 0) == (s.Stat().Direction == network.DirOutbound)
		if ours {
			var m []byte
			if m, err = h.Write(); err == nil {
				err = conn.Write(wire.Handshake, m)
			}
		} else {
			var m []byte
			if m, err = conn.Read(wire.Handshake); err == nil {
				if err = h.Read(m); err != nil {
					err = fmt.Errorf("%w: %w", ErrProtocol, err)
				}
			} else {
				err = lost(err)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("end-to-end handshake: %w", err)
		}
	}
	session, err := h.Session()
	if err != nil {
		return nil, err
	}
	return &link{stream: s, conn: conn, session: session, knowsUs: h.RemoteKnowsUs(), ended: make(chan struct{})}, nil
}
