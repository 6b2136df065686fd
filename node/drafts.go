package node

import (
	"context"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/store"
)

// Draft returns what is being written in a conversation, or nothing. It fails with
// ErrNotFound.
func (n *Node) Draft(ctx context.Context, id ledger.ConversationID) (text string, err error) {
	err = n.read(ctx, func(tx *store.View) (err error) {
		text, err = tx.Draft(id)
		return err
	})
	return text, err
}

// SetDraft keeps what is being written in a conversation, until it is something else;
// nothing erases it. It goes with the conversation. It fails with ErrNotFound, or with
// ErrInvalid if the text is no UTF-8 or has more than ledger.MaxDraft bytes.
func (n *Node) SetDraft(ctx context.Context, id ledger.ConversationID, text string) error {
	switch {
	case len(text) > ledger.MaxDraft:
		return fmt.Errorf("%w: a draft has up to %d bytes", ErrInvalid, ledger.MaxDraft)
	case !utf8.ValidString(text):
		return fmt.Errorf("%w: a draft is UTF-8", ErrInvalid)
	}
	if _, err := n.Draft(ctx, id); err != nil {
		return err
	}
	return n.command(ctx, func(e *engine.Engine, _ time.Time) error {
		e.Keep(ledger.PutDraft{Conversation: id, Text: text})
		return nil
	})
}
