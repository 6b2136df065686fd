package rpc

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/onionwire/onionwire/node/ledger"
)

// page is which messages or files are wanted: below a number, which need not be that of a
// message.
type page struct {
	// Before has those with lower numbers come, not the last ones of all.
	Before int64 `json:"before,omitempty"`
	Limit  *int  `json:"limit,omitempty"`
}

type (
	// conversationsParams has no reference to a conversation: a token for one has
	// nothing to choose.
	conversationsParams struct {
		// After has those come that follow this one, not the first ones.
		After int64 `json:"after,omitempty"`
		Limit *int  `json:"limit,omitempty"`
	}
	messagesAfterParams struct {
		Conversation ledger.ConversationID `json:"conversation"`
		After        int64                 `json:"after"`
		Limit        *int                  `json:"limit,omitempty"`
	}
	messagesParams struct {
		Conversation ledger.ConversationID `json:"conversation"`
		page
	}
	searchParams struct {
		Text string `json:"text"`
		// Conversation is the only one that is looked through; otherwise all are.
		Conversation ledger.ConversationID `json:"conversation,omitempty"`
		page
	}
)

type setDraftParams struct {
	Conversation ledger.ConversationID `json:"conversation"`
	Text         string                `json:"text"`
}

// Draft is what the method of that name returns.
type Draft struct {
	Text string `json:"text"`
}

// Unread is what the method of that name returns.
type Unread struct {
	Unread int `json:"unread"`
}

var conversationMethods = []method{
	// conversations are conversations, the one with the latest message first.
	define("conversations", member, "", conversations),
	define("conversation", member, "", func(ctx context.Context, c *call, p conversationParam) (Conversation, error) {
		return c.api().Conversation(ctx, p.Conversation)
	}),
	// messages are the last ones of a conversation, the latest first; see below.
	define("messages", member, "", func(ctx context.Context, c *call, p messagesParams) ([]Message, error) {
		return p.fetch(func(before ledger.MessageNumber, limit int) ([]Message, error) {
			return c.api().Messages(ctx, p.Conversation, before, limit)
		})
	}),
	// messages_after are the first ones after a message, the earliest first.
	define("messages_after", member, "", func(ctx context.Context, c *call, p messagesAfterParams) ([]Message, error) {
		return page{Before: p.After, Limit: p.Limit}.fetch(func(after ledger.MessageNumber, limit int) ([]Message, error) {
			return c.api().MessagesAfter(ctx, p.Conversation, after, limit)
		})
	}),
	define("message", member, "", func(ctx context.Context, c *call, p messageParam) (Message, error) {
		return c.api().Message(ctx, p.Message)
	}),
	// search finds messages that have all the words, otherwise like messages.
	define("search", member, "", func(ctx context.Context, c *call, p searchParams) ([]Message, error) {
		return p.fetch(func(before ledger.MessageNumber, limit int) ([]Message, error) {
			return c.api().Search(ctx, p.Text, p.Conversation, before, limit)
		})
	}),
	define("unread", member, "", func(ctx context.Context, c *call, p conversationParam) (Unread, error) {
		n, err := c.api().Unread(ctx, p.Conversation)
		return Unread{n}, err
	}),
	define("draft", looker, "", func(ctx context.Context, c *call, p conversationParam) (Draft, error) {
		text, err := c.api().Draft(ctx, p.Conversation)
		return Draft{text}, err
	}),
	define("set_draft", owner, "", func(ctx context.Context, c *call, p setDraftParams) (nothing, error) {
		return nothing{}, c.api().SetDraft(ctx, p.Conversation, p.Text)
	}),
}

// conversations returns a page of them, or the one that a token is for.
func conversations(ctx context.Context, c *call, p conversationsParams) ([]Conversation, error) {
	limit, err := page{Before: p.After, Limit: p.Limit}.limit(MaxConversations)
	if err != nil {
		return nil, err
	}
	if c.grant.Conversation == 0 {
		return list(c.api().Conversations(ctx, ledger.ConversationID(p.After), limit))
	}
	if p.After != 0 {
		return []Conversation{}, nil
	}
	own, err := c.api().Conversation(ctx, c.grant.Conversation)
	return []Conversation{own}, err
}

// limit returns how many are wanted, of which there are most at the most. It fails with
// ErrInvalid.
func (p page) limit(most int) (int, error) {
	limit := defaultMessages
	if p.Limit != nil {
		limit = *p.Limit
	}
	if limit < 1 || limit > most || p.Before < 0 {
		return 0, fmt.Errorf("%w: limit is from 1 to %d, a number from 0", ErrInvalid, most)
	}
	return limit, nil
}

// fetch gets messages, and leaves the last ones out if they make the reply longer
// than MaxLine. The first one stays.
func (p page) fetch(get func(before ledger.MessageNumber, limit int) ([]Message, error)) ([]Message, error) {
	limit, err := p.limit(MaxMessages)
	if err != nil {
		return nil, err
	}
	all, err := list(get(ledger.MessageNumber(p.Before), limit))
	if err != nil {
		return nil, err
	}
	size := 0
	for i, m := range all {
		line, err := json.Marshal(m)
		if err != nil {
			return nil, err
		}
		if size += len(line) + 1; size > MaxLine-1<<10 && i > 0 { // less what is around them
			return all[:i], nil
		}
	}
	return all, nil
}
