package rpc

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/onionwire/onionwire/node/ledger"
)

// page is which messages are wanted: below a number, which need not be that of a
// message.
type page struct {
	Before int64 `json:"before,omitempty"`
	Limit  *int  `json:"limit,omitempty"`
}

type (
	messagesParams struct {
		Conversation ledger.ConversationID `json:"conversation"`
		page
	}
	searchParams struct {
		Text         string                `json:"text"`
		Conversation ledger.ConversationID `json:"conversation,omitempty"`
		page
	}
)

// Unread is what the method of that name returns.
type Unread struct {
	Unread int `json:"unread"`
}

var conversationMethods = []method{
	define("conversations", member, "", func(ctx context.Context, c *call, _ nothing) ([]Conversation, error) {
		return filter(ctx, c.api().Conversations, func(one Conversation) (bool, error) { return c.shows(one.ID), nil })
	}),
	define("conversation", member, "", func(ctx context.Context, c *call, p conversationParam) (Conversation, error) {
		return c.api().Conversation(ctx, p.Conversation)
	}),
	define("messages", member, "", func(ctx context.Context, c *call, p messagesParams) ([]Message, error) {
		return p.fetch(func(before ledger.MessageNumber, limit int) ([]Message, error) {
			return c.api().Messages(ctx, p.Conversation, before, limit)
		})
	}),
	define("message", member, "", func(ctx context.Context, c *call, p messageParam) (Message, error) {
		return c.api().Message(ctx, p.Message)
	}),
	define("search", member, "", func(ctx context.Context, c *call, p searchParams) ([]Message, error) {
		return p.fetch(func(before ledger.MessageNumber, limit int) ([]Message, error) {
			return c.api().Search(ctx, p.Text, p.Conversation, before, limit)
		})
	}),
	define("unread", member, "", func(ctx context.Context, c *call, p conversationParam) (Unread, error) {
		n, err := c.api().Unread(ctx, p.Conversation)
		return Unread{n}, err
	}),
}

// fetch gets messages, and leaves the last ones out if they make the reply longer
// than MaxLine. The first one stays.
func (p page) fetch(get func(before ledger.MessageNumber, limit int) ([]Message, error)) ([]Message, error) {
	limit := defaultMessages
	if p.Limit != nil {
		limit = *p.Limit
	}
	if limit < 1 || limit > MaxMessages || p.Before < 0 {
		return nil, fmt.Errorf("%w: limit is from 1 to %d, before from 0", ErrInvalid, MaxMessages)
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
