package node

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/onionwire/onionwire/node/contactlink"
	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/wire"
)

// handshake is what the end-to-end handshake with a peer is made with.
func (n *Node) handshake(id peer.ID, o engine.Opening) (e2ee.HandshakeConfig, error) {
	key, err := contactlink.IdentityKey(id)
	if err != nil {
		return e2ee.HandshakeConfig{}, err
	}
	return e2ee.HandshakeConfig{
		Identity: n.identity, LocalID: n.peer, RemoteID: []byte(id), RemoteKey: key,
		KnowsRemote: o.Known, Generation: o.Generation,
	}, nil
}

// initiate does the handshake on a link that we have opened. The session is kept
// before the last message leaves, or a crash would leave the other side alone with it.
func (n *Node) initiate(ctx context.Context, l *link, id ledger.ContactID, o engine.Opening) (e2ee.SessionID, error) {
	var name e2ee.SessionID
	cfg, err := n.handshake(peer.ID(l.peer), o)
	if err != nil {
		return name, err
	}
	h, err := e2ee.NewInitiator(cfg)
	if err != nil {
		return name, err
	}
	defer h.Close()
	if err := send(h, l.conn); err != nil {
		return name, err
	}
	answer, err := l.conn.Read(wire.Handshake)
	if err != nil {
		return name, brokenOff(err)
	}
	if err := violation(h.Read(answer)); err != nil {
		return name, err
	}
	last, err := h.Write()
	if err != nil {
		return name, err
	}
	session, err := h.Session()
	if err != nil {
		return name, err
	}
	name = session.SessionID()
	if err := n.addSession(ctx, id, session, h.RemoteKnowsUs()); err != nil {
		return name, err
	}
	if err := l.conn.Write(wire.Handshake, last); err != nil {
		_ = n.do(context.WithoutCancel(ctx), func(e *engine.Engine, _ time.Time) error {
			e.Suspend(id, name)
			return nil
		})
		return name, brokenOff(err)
	}
	return name, nil
}

// addSession gives the engine a session with a contact, and keeps it.
func (n *Node) addSession(ctx context.Context, id ledger.ContactID, session *e2ee.Session, knowsUs bool) error {
	ctx = context.WithoutCancel(ctx) // the engine waits for what becomes of the session
	return n.do(ctx, func(e *engine.Engine, now time.Time) error {
		if err := n.ensure(ctx, e, now, id); err != nil {
			return err
		}
		return e.AddSession(now, id, session, knowsUs)
	})
}

// respond does the handshake on a stream that the other side has opened, and returns
// its session.
func (n *Node) respond(id peer.ID, conn *wire.Conn, first []byte, o engine.Opening) (*e2ee.Session, bool, error) {
	cfg, err := n.handshake(id, o)
	if err != nil {
		return nil, false, err
	}
	h, err := e2ee.NewResponder(cfg)
	if err != nil {
		return nil, false, err
	}
	defer h.Close()
	if err := violation(h.Read(first)); err != nil {
		return nil, false, err
	}
	if err := send(h, conn); err != nil {
		return nil, false, err
	}
	last, err := conn.Read(wire.Handshake)
	if err != nil {
		return nil, false, brokenOff(err)
	}
	if err := violation(h.Read(last)); err != nil {
		return nil, false, err
	}
	session, err := h.Session()
	return session, h.RemoteKnowsUs(), err
}

func send(h *e2ee.Handshake, conn *wire.Conn) error {
	m, err := h.Write()
	if err != nil {
		return err
	}
	if err := conn.Write(wire.Handshake, m); err != nil {
		return brokenOff(err)
	}
	return nil
}

// violation names what a message of the handshake has failed with.
func violation(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, e2ee.ErrIdentity), errors.Is(err, e2ee.ErrCertificate):
		return fmt.Errorf("%w: %w", ErrNotProven, err)
	case errors.Is(err, e2ee.ErrVersion), errors.Is(err, e2ee.ErrDowngrade):
		return fmt.Errorf("%w: %w", ErrVersion, err)
	default:
		return fmt.Errorf("%w: %w", engine.ErrProtocol, err)
	}
}

// brokenOff names how a stream has ended during the handshake.
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
