package rpc

import (
	"context"

	"github.com/onionwire/onionwire/node/ledger"
)

// most is a limit that a server takes: more come in several pages.
func most(limit int) *int {
	limit = min(limit, MaxMessages)
	return &limit
}

// Conversations implements API.
func (r *Remote) Conversations(ctx context.Context, after ledger.ConversationID, limit int) ([]Conversation, error) {
	limit = min(limit, MaxConversations)
	return ask[[]Conversation](ctx, r, "conversations", conversationsParams{After: int64(after), Limit: &limit})
}

// Conversation implements API.
func (r *Remote) Conversation(ctx context.Context, id ledger.ConversationID) (Conversation, error) {
	return ask[Conversation](ctx, r, "conversation", conversationParam{id})
}

// UpdateConversation implements API.
func (r *Remote) UpdateConversation(ctx context.Context, id ledger.ConversationID, change ConversationUpdate) (Conversation, error) {
	return ask[Conversation](ctx, r, "update_conversation", updateConversationParams{Conversation: id, ConversationUpdate: change})
}

// Messages implements API.
func (r *Remote) Messages(ctx context.Context, id ledger.ConversationID, before ledger.MessageNumber, limit int) ([]Message, error) {
	return ask[[]Message](ctx, r, "messages", messagesParams{Conversation: id, page: page{int64(before), most(limit)}})
}

// MessagesAfter implements API.
func (r *Remote) MessagesAfter(ctx context.Context, id ledger.ConversationID, after ledger.MessageNumber, limit int) ([]Message, error) {
	return ask[[]Message](ctx, r, "messages_after", messagesAfterParams{Conversation: id, After: int64(after), Limit: most(limit)})
}

// Message implements API.
func (r *Remote) Message(ctx context.Context, number ledger.MessageNumber) (Message, error) {
	return ask[Message](ctx, r, "message", messageParam{number})
}

// Search implements API.
func (r *Remote) Search(ctx context.Context, text string, id ledger.ConversationID, before ledger.MessageNumber, limit int) ([]Message, error) {
	return ask[[]Message](ctx, r, "search", searchParams{Text: text, Conversation: id, page: page{int64(before), most(limit)}})
}

// Unread implements API.
func (r *Remote) Unread(ctx context.Context, id ledger.ConversationID) (int, error) {
	u, err := ask[Unread](ctx, r, "unread", conversationParam{id})
	return u.Unread, err
}

// Draft implements API.
func (r *Remote) Draft(ctx context.Context, id ledger.ConversationID) (string, error) {
	d, err := ask[Draft](ctx, r, "draft", conversationParam{id})
	return d.Text, err
}

// SetDraft implements API.
func (r *Remote) SetDraft(ctx context.Context, id ledger.ConversationID, text string) error {
	return r.order(ctx, "set_draft", setDraftParams{Conversation: id, Text: text})
}

// Send implements API.
func (r *Remote) Send(ctx context.Context, id ledger.ConversationID, text string, options SendOptions) (Message, error) {
	return ask[Message](ctx, r, "send", sendParams{Conversation: id, Text: text, SendOptions: options})
}

// Cancel implements API.
func (r *Remote) Cancel(ctx context.Context, number ledger.MessageNumber) error {
	return r.order(ctx, "cancel", messageParam{number})
}

// Edit implements API.
func (r *Remote) Edit(ctx context.Context, number ledger.MessageNumber, text string) error {
	return r.order(ctx, "edit", editParams{Message: number, Text: text})
}

// RetryMessage implements API.
func (r *Remote) RetryMessage(ctx context.Context, number ledger.MessageNumber) error {
	return r.order(ctx, "retry_message", messageParam{number})
}

// MarkRead implements API.
func (r *Remote) MarkRead(ctx context.Context, id ledger.ConversationID, upTo ledger.MessageNumber) error {
	return r.order(ctx, "mark_read", markReadParams{Conversation: id, Message: upTo})
}

// Typing implements API.
func (r *Remote) Typing(ctx context.Context, id ledger.ConversationID) error {
	return r.order(ctx, "typing", conversationParam{id})
}

// SetTimer implements API.
func (r *Remote) SetTimer(ctx context.Context, id ledger.ConversationID, after Duration) error {
	return r.order(ctx, "set_timer", setTimerParams{Conversation: id, Timer: after})
}

// DeleteMessage implements API.
func (r *Remote) DeleteMessage(ctx context.Context, number ledger.MessageNumber) error {
	return r.order(ctx, "delete_message", messageParam{number})
}
