package node

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// troubles are what people are told of them.
var troubles = map[rpc.Trouble]string{
	rpc.NotThere:       "nobody answers at the address",
	rpc.TurnedAway:     "they do not take the call",
	rpc.AnotherVersion: "they have another version of the protocol",
	rpc.AnotherPeer:    "somebody else answers at the address",
	rpc.NotProven:      "they could not prove who they are",
	rpc.KeyNeeded:      "the address needs a key that we do not have",
	rpc.Failed:         "the connection has failed",
}

// Ping asks a contact for a sign of life, over a connection on which they have proven
// who they are, and returns how long it took there and back. If there is no such
// connection they are dialled as soon as Tor is connected, and the next dial that fails is
// the end of it. It fails with ErrUnreachable if that happens, or if it takes longer than
// ctx allows, with ErrUnavailable if Tor does, with ErrNotFound, or with ErrState if they
// are not an accepted contact.
func (n *Node) Ping(ctx context.Context, id ledger.ContactID) (rpc.Duration, error) {
	if n.cfg.Offline {
		return 0, errOffline
	}
	if _, err := n.Contact(ctx, id); err != nil { // who is none is not to be waited for
		return 0, err
	}
	if n.links.live(n.gate.peerOf(id)) == nil {
		if err := n.awaitTor(ctx); err != nil {
			return 0, err
		}
	}
	told := new(listener)
	n.feed.join(told)
	defer n.feed.leave(told)
	call := func(ctx context.Context, on bool) error {
		return n.command(ctx, func(e *engine.Engine, now time.Time) error { return e.Call(now, id, on) })
	}
	if err := call(ctx, true); err != nil {
		return 0, unanswered(err, "")
	}
	defer func() { _ = call(context.WithoutCancel(ctx), false) }()
	for {
		signals, changed := n.feed.take(told)
		if l := n.links.live(n.gate.peerOf(id)); l != nil && n.feed.presence(id).State == rpc.Online {
			trip, err := n.sign(ctx, l)
			if err == nil {
				return rpc.Duration(trip), nil
			}
			if ctx.Err() != nil {
				return 0, unanswered(ctx.Err(), "")
			}
			continue // the link is gone, and another one is dialled
		}
		for _, s := range signals {
			if s.Contact == id && s.Presence != nil && s.Presence.Trouble != "" {
				return 0, fmt.Errorf("%w: %s", ErrUnreachable, troubles[s.Presence.Trouble])
			}
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return 0, unanswered(ctx.Err(), n.feed.presence(id).Trouble)
		case <-n.done:
			return 0, n.failed
		}
	}
}

// awaitTor waits until Tor is connected to its network: before that, a dial that fails
// says nothing of the contact.
func (n *Node) awaitTor(ctx context.Context) error {
	err := n.daemon.WaitReady(ctx)
	switch {
	case err == nil:
		return nil
	case errors.Is(ctx.Err(), context.Canceled):
		return ctx.Err()
	default:
		return fmt.Errorf("%w: %v", ErrUnavailable, err) //nolint:errorlint // the end of ctx is not what is to be told
	}
}

// unanswered names the end of the time for a ping, with what is known of the contact.
func unanswered(err error, why rpc.Trouble) error {
	switch {
	case !errors.Is(err, context.DeadlineExceeded):
		return err
	case why != "":
		return fmt.Errorf("%w: %s", ErrUnreachable, troubles[why])
	default:
		return fmt.Errorf("%w: no answer in time", ErrUnreachable)
	}
}

// live returns a link with a peer on which the peer has proven who it is, the one where
// it did so last, or nil.
func (ls *links) live(peer string) (best *link) {
	for _, l := range ls.all() {
		if l.peer != peer || l.ctx.Err() != nil || l.proven.Load() == 0 {
			continue
		}
		if best == nil || l.proven.Load() > best.proven.Load() {
			best = l
		}
	}
	return best
}
