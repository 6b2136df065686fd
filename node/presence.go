package node

import (
	"context"
	"time"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// Presence returns whether a contact is there, as far as it is proven. It fails with
// ErrNotFound.
func (n *Node) Presence(ctx context.Context, id ledger.ContactID) (Presence, error) {
	if _, err := n.Contact(ctx, id); err != nil {
		return Presence{}, err
	}
	p := n.feed.presence(id)
	p.Heard = n.heardOf(id)
	switch {
	case p.State == rpc.Online:
		if l := n.links.live(n.gate.peerOf(id)); l != nil && n.overdue(l) {
			p.State = rpc.Silent
		}
	case n.dials.dialling(id):
		p.State = rpc.Connecting
	case p.Trouble != "": // the plan may have changed since it was told
		err := n.do(ctx, func(e *engine.Engine, _ time.Time) error {
			p.Tried, p.Next = tries(e, id)
			return nil
		})
		if err != nil {
			return Presence{}, err
		}
	}
	return p, nil
}

// tries returns when the last dial to a contact has failed, and when the next is due.
func tries(e *engine.Engine, id ledger.ContactID) (tried, next rpc.Time) {
	failed, due := e.Missed(id)
	return rpc.TimeOf(failed), rpc.TimeOf(due)
}

// heardOf returns when the last sign of life came from a contact.
func (n *Node) heardOf(id ledger.ContactID) rpc.Time {
	last := n.feed.presence(id).Heard
	if at := n.links.proven(n.gate.peerOf(id)); at > 0 {
		return rpc.TimeOf(time.Now().Add(at - n.uptime()))
	}
	return last
}

// dialling reports whether a contact is being dialled.
func (d *dials) dialling(id ledger.ContactID) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.cancel[id] != nil
}
