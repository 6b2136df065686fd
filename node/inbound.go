package node

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/internal/redact"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/wire"
)

// onStream is called by libp2p on a goroutine of its own for every chat stream that a
// peer opens. Whatever goes wrong, the other side sees its stream reset and learns
// nothing more.
func (n *Node) onStream(s network.Stream) {
	if !n.enter() {
		_ = s.Reset()
		return
	}
	defer n.tasks.Done()
	if err := n.answer(s); err != nil {
		n.log.Debug("inbound stream refused", "error", redact.Path(err))
		_ = s.Reset()
	}
}

// enter counts a task that libp2p started, unless the node is closing.
func (n *Node) enter() bool {
	n.entrance.Lock()
	defer n.entrance.Unlock()
	if n.ctx.Err() != nil {
		return false
	}
	n.tasks.Add(1)
	return true
}

// answer finds out what the other side of a stream wants, and serves it.
func (n *Node) answer(s network.Stream) error {
	l := n.newLink(s, wire.NewConn(s))
	defer l.cancel(errEnded)
	first, err := n.greet(l)
	if err != nil {
		n.abandon(l, err)
		return err
	}
	n.serve(l, first)
	return nil
}

// greet lets a link that the other side has opened count, after a handshake if it
// begins with one. It returns the cell that it begins with otherwise.
func (n *Node) greet(l *link) (cell []byte, err error) {
	ctx, cancel := context.WithTimeout(l.ctx, n.cfg.patience.handshake)
	defer cancel()
	// Before anything is done or waited for: it bounds how many streams wait.
	defer n.guests.enter(l.peer, n.gate.stateOf(l.peer) != 0, cancel)()
	stop := context.AfterFunc(ctx, func() { _ = l.stream.Reset() })
	defer func() {
		if !stop() && err == nil {
			err = fmt.Errorf("end-to-end handshake: %w", ctx.Err())
		}
	}()
	if err := n.mayRead(ctx, l.pace); err != nil { // a handshake costs more than a cell
		return nil, err
	}
	contact, opening, err := n.admit(ctx, l.peer)
	if err != nil {
		return nil, err
	}
	kind, first, err := l.conn.ReadFirst()
	if err != nil {
		return nil, lost(err)
	}
	up := engine.LinkUp{Link: l.id, Contact: contact}
	if kind == wire.Cell {
		if contact == 0 {
			return nil, errors.New("a stranger without a handshake")
		}
		return first, n.linkUp(ctx, l, up)
	}
	session, knowsUs, err := n.respond(peer.ID(l.peer), l.conn, first, opening)
	if err != nil {
		return nil, err
	}
	if contact == 0 {
		return nil, n.strangerUp(ctx, l, session)
	}
	name := session.SessionID()
	if err := n.addSession(ctx, contact, session, knowsUs); err != nil {
		return nil, err
	}
	up.Session = &name
	return nil, n.linkUp(ctx, l, up)
}

// admit says who has opened a stream, 0 for a stranger, and how to answer a handshake.
func (n *Node) admit(ctx context.Context, id string) (contact ledger.ContactID, o engine.Opening, err error) {
	err = n.do(ctx, func(e *engine.Engine, now time.Time) (err error) {
		if contact, err = e.Admit([]byte(id)); err != nil || contact == 0 {
			return err
		}
		if err := n.ensure(ctx, e, now, contact); err != nil {
			return err
		}
		o, err = e.Opening(contact, false)
		return err
	})
	return contact, o, err
}

// strangerUp tells the engine of a link with somebody who is no contact.
func (n *Node) strangerUp(ctx context.Context, l *link, session *e2ee.Session) error {
	n.links.add(l)
	return n.do(context.WithoutCancel(ctx), func(e *engine.Engine, now time.Time) error {
		return e.StrangerUp(now, l.id, []byte(l.peer), session)
	})
}
