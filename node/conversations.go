package node

import (
	"context"
	"time"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/node/store"
)

// Conversations returns conversations, the one with the latest message first: those that
// come after one of them, or from the first on (0), limit at most. It fails with
// ErrNotFound if that one is gone.
func (n *Node) Conversations(ctx context.Context, after ledger.ConversationID, limit int) (all []Conversation, err error) {
	err = n.read(ctx, func(tx *store.View) error {
		ids, err := tx.LatestConversations(after, min(limit, maxPage))
		for _, id := range ids {
			if err != nil {
				break
			}
			var c Conversation
			c, err = conversationOf(tx, id)
			all = append(all, c)
		}
		return err
	})
	return all, err
}

// Conversation returns one of them, or ErrNotFound.
func (n *Node) Conversation(ctx context.Context, id ledger.ConversationID) (c Conversation, err error) {
	err = n.read(ctx, func(tx *store.View) (err error) {
		c, err = conversationOf(tx, id)
		return err
	})
	return c, err
}

func conversationOf(tx *store.View, id ledger.ConversationID) (Conversation, error) {
	row, err := tx.Conversation(id)
	if err != nil {
		return Conversation{}, err
	}
	c := Conversation{
		ID: row.ID, Kind: rpc.ConversationKindName(row.Kind), Title: row.Title, Muted: row.Muted,
		Timer: rpc.Duration(row.Timer), Read: row.Read, Added: rpc.TimeOf(row.Added), Members: row.Members,
	}
	if c.Last, err = tx.LastMessage(id); err != nil {
		return c, err
	}
	c.Unread, err = tx.Unread(id)
	return c, err
}

// Unread returns how many messages of others in a conversation were not read here, or
// ledger.MaxUnread if there are more.
func (n *Node) Unread(ctx context.Context, id ledger.ConversationID) (count int, err error) {
	err = n.read(ctx, func(tx *store.View) (err error) {
		count, err = tx.Unread(id)
		return err
	})
	return count, err
}

// UpdateConversation changes what is given, and returns all. Nobody is told. It fails with
// ErrNotFound.
func (n *Node) UpdateConversation(ctx context.Context, id ledger.ConversationID, u ConversationUpdate) (Conversation, error) {
	if u.Muted != nil {
		err := n.command(ctx, func(e *engine.Engine, now time.Time) error { return e.SetMuted(now, id, *u.Muted) })
		if err != nil {
			return Conversation{}, err
		}
	}
	return n.Conversation(ctx, id)
}

// SetTimer makes messages disappear after whole seconds, on both sides; 0 is never. It
// fails with ErrNotFound, ErrState or ErrInvalid.
func (n *Node) SetTimer(ctx context.Context, id ledger.ConversationID, after rpc.Duration) error {
	return n.command(ctx, func(e *engine.Engine, now time.Time) error { return e.SetTimer(now, id, time.Duration(after)) })
}
