package rpc_test

import (
	"bytes"
	"context"
	"slices"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

func conversation(id ledger.ConversationID) rpc.Conversation {
	return rpc.Conversation{ID: id, Kind: "direct", Added: then, Members: []ledger.ContactID{ledger.ContactID(id)}}
}

func (f *fake) Conversations(_ context.Context, after ledger.ConversationID, limit int) ([]rpc.Conversation, error) {
	all := []rpc.Conversation{conversation(1), conversation(2)}
	return all[min(int(after), 2):][:min(limit, 2-min(int(after), 2))], f.called("Conversations")
}

func (f *fake) Conversation(_ context.Context, id ledger.ConversationID) (rpc.Conversation, error) {
	if id != 1 && id != 2 {
		return rpc.Conversation{}, rpc.ErrNotFound
	}
	return conversation(id), f.called("Conversation")
}

func (f *fake) Messages(_ context.Context, id ledger.ConversationID, before ledger.MessageNumber, limit int) ([]rpc.Message, error) {
	err := f.called("Messages")
	f.mu.Lock()
	defer f.mu.Unlock()
	var found []rpc.Message
	for _, m := range slices.Backward(f.messages) {
		if (id == 0 || m.Conversation == id) && (before == 0 || m.Number < before) && len(found) < limit {
			found = append(found, m)
		}
	}
	return found, err
}

func (f *fake) MessagesAfter(_ context.Context, id ledger.ConversationID, after ledger.MessageNumber, limit int) ([]rpc.Message, error) {
	err := f.called("MessagesAfter")
	f.mu.Lock()
	defer f.mu.Unlock()
	var found []rpc.Message
	for _, m := range f.messages {
		if m.Conversation == id && m.Number > after && len(found) < limit {
			found = append(found, m)
		}
	}
	return found, err
}

func (f *fake) Message(_ context.Context, n ledger.MessageNumber) (rpc.Message, error) {
	err := f.called("Message")
	f.mu.Lock()
	defer f.mu.Unlock()
	if n < 1 || int(n) > len(f.messages) {
		return rpc.Message{}, rpc.ErrNotFound
	}
	return f.messages[n-1], err
}

func (f *fake) Search(ctx context.Context, _ string, id ledger.ConversationID, before ledger.MessageNumber, limit int) ([]rpc.Message, error) {
	if err := f.called("Search"); err != nil {
		return nil, err
	}
	return f.Messages(ctx, id, before, limit)
}

func (f *fake) Unread(context.Context, ledger.ConversationID) (int, error) {
	return 3, f.called("Unread")
}

func (f *fake) Draft(context.Context, ledger.ConversationID) (string, error) {
	return "", f.called("Draft")
}

func (f *fake) SetDraft(context.Context, ledger.ConversationID, string) error {
	return f.called("SetDraft")
}

func (f *fake) Send(ctx context.Context, id ledger.ConversationID, text string, _ rpc.SendOptions) (rpc.Message, error) {
	if err := f.called("Send"); err != nil {
		return rpc.Message{}, err
	}
	if f.hold != nil {
		select {
		case <-f.hold:
		case <-ctx.Done():
			return rpc.Message{}, ctx.Err()
		}
	}
	f.mu.Lock()
	m := rpc.Message{
		Number: ledger.MessageNumber(len(f.messages) + 1), Conversation: id, ID: rpc.MessageID(bytes.Repeat([]byte{0x5c}, 16)),
		Text: text, Written: then, Stored: then,
	}
	f.messages = append(f.messages, m)
	f.mu.Unlock()
	f.happen(rpc.Event{Kind: "message_queued", Conversation: id, Message: m.Number})
	return m, nil
}

func (f *fake) Cancel(context.Context, ledger.MessageNumber) error       { return f.called("Cancel") }
func (f *fake) Edit(context.Context, ledger.MessageNumber, string) error { return f.called("Edit") }

func (f *fake) RetryMessage(context.Context, ledger.MessageNumber) error {
	return f.called("RetryMessage")
}

func (f *fake) UpdateConversation(_ context.Context, id ledger.ConversationID, u rpc.ConversationUpdate) (rpc.Conversation, error) {
	c := conversation(id)
	c.Muted = u.Muted != nil && *u.Muted
	return c, f.called("UpdateConversation")
}

func (f *fake) MarkRead(context.Context, ledger.ConversationID, ledger.MessageNumber) error {
	return f.called("MarkRead")
}

func (f *fake) Typing(context.Context, ledger.ConversationID) error { return f.called("Typing") }

func (f *fake) SetTimer(_ context.Context, _ ledger.ConversationID, d rpc.Duration) error {
	err := f.called("SetTimer")
	f.mu.Lock()
	defer f.mu.Unlock()
	f.timer = d
	return err
}

func (f *fake) DeleteMessage(context.Context, ledger.MessageNumber) error {
	return f.called("DeleteMessage")
}

// receive has a contact write in the conversation of the two.
func (f *fake) receive(id ledger.ConversationID, text string) {
	f.mu.Lock()
	m := rpc.Message{
		Number: ledger.MessageNumber(len(f.messages) + 1), Conversation: id, Sender: ledger.ContactID(id),
		Text: text, Written: then, Stored: then,
	}
	f.messages = append(f.messages, m)
	f.mu.Unlock()
	f.happen(rpc.Event{Kind: "message_received", Conversation: id, Contact: m.Sender, Message: m.Number})
}
