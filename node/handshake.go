package node

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/libp2p/go-libp2p/core/network"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/wire"
)

// side makes one side of a handshake.
type side func(e2ee.HandshakeConfig) (*e2ee.Handshake, error)

// handshake runs one side of the end-to-end handshake. Before the last message
// is sent, commit, unless it is nil, can still refuse.
func (c *Conversation) handshake(ctx context.Context, s network.Stream, role side, commit func() error) (*link, error) {
	stop := context.AfterFunc(ctx, func() { _ = s.Reset() })
	l, err := c.negotiate(s, role, commit)
	if !stop() {
		err = fmt.Errorf("end-to-end handshake: %w", ctx.Err())
	}
	if err != nil {
		if l != nil {
			l.session.Close()
		}
		_ = s.Reset()
		return nil, err
	}
	return l, nil
}

func (c *Conversation) negotiate(s network.Stream, role side, commit func() error) (*link, error) {
	h, err := role(e2ee.HandshakeConfig{
		Identity:    c.node.identity,
		LocalID:     []byte(c.node.address.Peer),
		RemoteID:    []byte(c.peer),
		RemoteKey:   c.key,
		KnowsRemote: c.node.knows(c.peer),
		Generation:  1, // no session outlives its connection
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
			if turn == 2 && commit != nil {
				err = commit()
			}
			if err == nil {
				m, err = h.Write()
			}
			if err == nil {
				err = conn.Write(wire.Handshake, m)
			}
		} else {
			var m []byte
			if m, err = conn.Read(wire.Handshake); err == nil {
				err = violation(h.Read(m))
			}
		}
		if err != nil {
			return nil, fmt.Errorf("end-to-end handshake: %w", brokenOff(err))
		}
	}
	session, err := h.Session()
	if err != nil {
		return nil, err
	}
	return &link{
		stream:  s,
		conn:    conn,
		session: session,
		knowsUs: h.RemoteKnowsUs(),
		began:   time.Now(),
		ended:   make(chan struct{}),
	}, nil
}

// violation names what the other side has done wrong in a handshake.
func violation(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, e2ee.ErrIdentity), errors.Is(err, e2ee.ErrCertificate):
		return fmt.Errorf("%w: %w", ErrNotProven, err)
	case errors.Is(err, e2ee.ErrVersion):
		return fmt.Errorf("%w: %w", ErrVersion, err)
	case errors.Is(err, e2ee.ErrDowngrade):
		return fmt.Errorf("%w: %w", ErrDowngrade, err)
	default:
		return fmt.Errorf("%w: %w", ErrProtocol, err)
	}
}

// brokenOff says why a handshake has ended early, where the stream did.
func brokenOff(err error) error {
	switch {
	case errors.Is(err, network.ErrReset):
		return ErrTurnedAway
	case errors.Is(err, wire.ErrFrame), errors.Is(err, io.EOF):
		return lost(err)
	default:
		return err
	}
}
