package apitest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// Receive has the contact of a conversation write something.
func (f *Fake) Receive(id ledger.ConversationID, text string) rpc.Message {
	f.mu.Lock()
	defer f.mu.Unlock()
	contact := f.conversations[id].Members[0]
	m := f.write(id, contact, text)
	f.happen(ledger.MessageReceived, rpc.Event{Contact: contact, Conversation: id, Message: m.Number})
	return m
}

// Deliver says how far a message of ours has come.
func (f *Fake) Deliver(n ledger.MessageNumber, state rpc.DeliveryState) {
	f.mu.Lock()
	defer f.mu.Unlock()
	m := f.find(n)
	switch {
	case m == nil:
	case state == rpc.ReadMessage:
		f.readUpTo(m)
	default:
		f.deliver(m, state)
	}
}

// readUpTo says that a message was read, and all before it that were delivered. As from a
// node, that is one event, which has the ID and not the number.
func (f *Fake) readUpTo(m *rpc.Message) {
	all := f.messages[m.Conversation]
	for i := range all {
		before := &all[i]
		if before.Sender != 0 || before.Number > m.Number || before.Number < m.Number && before.Deliveries[0].State != rpc.DeliveredMessage {
			continue
		}
		before.Deliveries = slices.Clone(before.Deliveries)
		before.Deliveries[0].State = rpc.ReadMessage
	}
	id := m.ID
	f.happen(ledger.DeliveryChanged, rpc.Event{Contact: m.Deliveries[0].Contact, Conversation: m.Conversation, ID: &id, Delivery: rpc.ReadMessage})
}

func (f *Fake) deliver(m *rpc.Message, state rpc.DeliveryState) {
	m.Deliveries = slices.Clone(m.Deliveries)
	for i := range m.Deliveries {
		m.Deliveries[i].State = state
		f.happen(ledger.DeliveryChanged, rpc.Event{
			Contact: m.Deliveries[i].Contact, Conversation: m.Conversation, Message: m.Number, Delivery: state,
		})
	}
}

func (f *Fake) write(id ledger.ConversationID, sender ledger.ContactID, text string) rpc.Message {
	f.last++
	at := f.tick()
	m := rpc.Message{Number: f.last, Conversation: id, Sender: sender, Text: text, Written: at, Stored: at}
	copy(m.ID[:], fmt.Sprintf("%016d", f.last))
	c := f.conversations[id]
	if sender == 0 {
		for _, member := range c.Members {
			m.Deliveries = append(m.Deliveries, rpc.Delivery{Contact: member, State: rpc.QueuedMessage, Changed: at})
		}
	}
	f.messages[id] = append(f.messages[id], m)
	c.Last = m.Number
	return m
}

// find returns a message as it is kept, or nil.
func (f *Fake) find(n ledger.MessageNumber) *rpc.Message {
	for _, all := range f.messages {
		if i, there := place(all, n); there {
			return &all[i]
		}
	}
	return nil
}

func place(all []rpc.Message, n ledger.MessageNumber) (int, bool) {
	return slices.BinarySearchFunc(all, n, func(m rpc.Message, n ledger.MessageNumber) int { return cmp.Compare(m.Number, n) })
}

func (f *Fake) unread(id ledger.ConversationID) (n int) {
	for _, m := range slices.Backward(f.messages[id]) {
		if m.Number <= f.conversations[id].Read {
			break
		}
		if m.Sender != 0 {
			n++
		}
	}
	return min(n, ledger.MaxUnread)
}

// conversation returns one as the API tells it.
func (f *Fake) conversation(id ledger.ConversationID) rpc.Conversation {
	c := *f.conversations[id]
	c.Unread = f.unread(id)
	return c
}

// Conversations returns a page of conversations, the latest message first.
func (f *Fake) Conversations(ctx context.Context, after ledger.ConversationID, limit int) ([]rpc.Conversation, error) {
	if err := f.enter(ctx, "Conversations"); err != nil {
		return nil, err
	}
	defer f.mu.Unlock()
	all := make([]rpc.Conversation, 0, len(f.conversations))
	for id := range f.conversations {
		all = append(all, f.conversation(id))
	}
	slices.SortFunc(all, func(a, b rpc.Conversation) int { return cmp.Or(cmp.Compare(b.Last, a.Last), cmp.Compare(b.ID, a.ID)) })
	if after != 0 {
		i := slices.IndexFunc(all, func(c rpc.Conversation) bool { return c.ID == after })
		if i < 0 {
			return nil, notFound("conversation")
		}
		all = all[i+1:]
	}
	return all[:min(limit, len(all))], nil
}

// Conversation returns one conversation.
func (f *Fake) Conversation(ctx context.Context, id ledger.ConversationID) (rpc.Conversation, error) {
	if err := f.enter(ctx, "Conversation"); err != nil {
		return rpc.Conversation{}, err
	}
	defer f.mu.Unlock()
	if f.conversations[id] == nil {
		return rpc.Conversation{}, notFound("conversation")
	}
	return f.conversation(id), nil
}

// UpdateConversation mutes a conversation, or undoes that.
func (f *Fake) UpdateConversation(ctx context.Context, id ledger.ConversationID, u rpc.ConversationUpdate) (rpc.Conversation, error) {
	if err := f.enter(ctx, "UpdateConversation"); err != nil {
		return rpc.Conversation{}, err
	}
	defer f.mu.Unlock()
	c := f.conversations[id]
	if c == nil {
		return rpc.Conversation{}, notFound("conversation")
	}
	set(&c.Muted, u.Muted)
	f.happen(ledger.ConversationChanged, rpc.Event{Conversation: id})
	return f.conversation(id), nil
}

// SetTimer makes messages disappear, as far as is told.
func (f *Fake) SetTimer(ctx context.Context, id ledger.ConversationID, after rpc.Duration) error {
	if err := f.enter(ctx, "SetTimer"); err != nil {
		return err
	}
	defer f.mu.Unlock()
	c := f.conversations[id]
	if c == nil {
		return notFound("conversation")
	}
	c.Timer = after
	f.happen(ledger.TimerChanged, rpc.Event{Conversation: id, Timer: &after})
	return nil
}

// Messages returns a page of messages, the latest first.
func (f *Fake) Messages(ctx context.Context, id ledger.ConversationID, before ledger.MessageNumber, limit int) ([]rpc.Message, error) {
	if err := f.enter(ctx, "Messages"); err != nil {
		return nil, err
	}
	defer f.mu.Unlock()
	all := f.messages[id]
	if before != 0 {
		i, _ := place(all, before)
		all = all[:i]
	}
	page := slices.Clone(all[max(len(all)-limit, 0):])
	slices.Reverse(page)
	return page, nil
}

// MessagesAfter returns a page of messages, the earliest first.
func (f *Fake) MessagesAfter(ctx context.Context, id ledger.ConversationID, after ledger.MessageNumber, limit int) ([]rpc.Message, error) {
	if err := f.enter(ctx, "MessagesAfter"); err != nil {
		return nil, err
	}
	defer f.mu.Unlock()
	all := f.messages[id]
	i, _ := place(all, after+1)
	return slices.Clone(all[i:min(i+limit, len(all))]), nil
}

// Message returns one message.
func (f *Fake) Message(ctx context.Context, n ledger.MessageNumber) (rpc.Message, error) {
	if err := f.enter(ctx, "Message"); err != nil {
		return rpc.Message{}, err
	}
	defer f.mu.Unlock()
	if m := f.find(n); m != nil {
		return *m, nil
	}
	return rpc.Message{}, notFound("message")
}

// Search finds messages that have all words, the latest first.
func (f *Fake) Search(ctx context.Context, text string, id ledger.ConversationID, before ledger.MessageNumber, limit int) ([]rpc.Message, error) {
	if err := f.enter(ctx, "Search"); err != nil {
		return nil, err
	}
	defer f.mu.Unlock()
	var found []rpc.Message
	for in, all := range f.messages {
		if id != 0 && in != id {
			continue
		}
		for _, m := range all {
			if (before == 0 || m.Number < before) && hasWords(m.Text, text) {
				found = append(found, m)
			}
		}
	}
	slices.SortFunc(found, func(a, b rpc.Message) int { return cmp.Compare(b.Number, a.Number) })
	return found[:min(limit, len(found))], nil
}

func hasWords(text, words string) bool {
	for _, w := range strings.Fields(strings.ToLower(words)) {
		if !strings.Contains(strings.ToLower(text), w) {
			return false
		}
	}
	return true
}

// Unread counts messages that were not read.
func (f *Fake) Unread(ctx context.Context, id ledger.ConversationID) (int, error) {
	c, err := f.Conversation(ctx, id)
	return c.Unread, err
}

// Send queues a message.
func (f *Fake) Send(ctx context.Context, id ledger.ConversationID, text string, o rpc.SendOptions) (rpc.Message, error) {
	if err := f.enter(ctx, "Send"); err != nil {
		return rpc.Message{}, err
	}
	defer f.mu.Unlock()
	c := f.conversations[id]
	if c == nil {
		return rpc.Message{}, notFound("conversation")
	}
	if member := f.contacts[c.Members[0]]; member == nil || member.State == rpc.BlockedContact {
		return rpc.Message{}, rpc.ErrState
	}
	for _, m := range f.messages[id] {
		if o.ID != (rpc.MessageID{}) && m.ID == o.ID {
			return m, nil
		}
	}
	m := f.write(id, 0, text)
	if o.ID != (rpc.MessageID{}) {
		m.ID = o.ID
		f.find(m.Number).ID = o.ID
	}
	f.happen(ledger.MessageQueued, rpc.Event{Conversation: id, Message: m.Number})
	return m, nil
}

// own calls use with a message of ours if it is in one of the states.
func (f *Fake) own(ctx context.Context, method string, n ledger.MessageNumber, use func(m *rpc.Message), in ...rpc.DeliveryState) error {
	if err := f.enter(ctx, method); err != nil {
		return err
	}
	defer f.mu.Unlock()
	m := f.find(n)
	switch {
	case m == nil:
		return notFound("message")
	case len(m.Deliveries) == 0 || !slices.Contains(in, m.Deliveries[0].State):
		return rpc.ErrState
	}
	use(m)
	return nil
}

// Cancel calls back a message that is queued.
func (f *Fake) Cancel(ctx context.Context, n ledger.MessageNumber) error {
	return f.own(ctx, "Cancel", n, func(m *rpc.Message) { f.deliver(m, rpc.CancelledMessage) }, rpc.QueuedMessage)
}

// Edit changes a message that is queued.
func (f *Fake) Edit(ctx context.Context, n ledger.MessageNumber, text string) error {
	return f.own(ctx, "Edit", n, func(m *rpc.Message) {
		m.Text = text
		f.happen(ledger.MessageEdited, rpc.Event{Conversation: m.Conversation, Message: n})
	}, rpc.QueuedMessage)
}

// RetryMessage queues a message again.
func (f *Fake) RetryMessage(ctx context.Context, n ledger.MessageNumber) error {
	return f.own(ctx, "RetryMessage", n, func(m *rpc.Message) { f.deliver(m, rpc.QueuedMessage) }, rpc.FailedMessage, rpc.CancelledMessage, rpc.ExpiredMessage)
}

// MarkRead says that messages were read.
func (f *Fake) MarkRead(ctx context.Context, id ledger.ConversationID, upTo ledger.MessageNumber) error {
	if err := f.enter(ctx, "MarkRead"); err != nil {
		return err
	}
	defer f.mu.Unlock()
	c := f.conversations[id]
	if c == nil {
		return notFound("conversation")
	}
	if upTo > c.Read {
		c.Read = upTo
		f.happen(ledger.ConversationRead, rpc.Event{Conversation: id, Message: upTo})
	}
	return nil
}

// Typing only counts.
func (f *Fake) Typing(ctx context.Context, id ledger.ConversationID) error {
	if err := f.enter(ctx, "Typing"); err != nil {
		return err
	}
	defer f.mu.Unlock()
	if f.conversations[id] == nil {
		return notFound("conversation")
	}
	return nil
}

// DeleteMessage deletes a message.
func (f *Fake) DeleteMessage(ctx context.Context, n ledger.MessageNumber) error {
	if err := f.enter(ctx, "DeleteMessage"); err != nil {
		return err
	}
	defer f.mu.Unlock()
	for id, all := range f.messages {
		if i, there := place(all, n); there {
			f.messages[id] = slices.Delete(slices.Clone(all), i, i+1)
			f.happen(ledger.MessageDeleted, rpc.Event{Conversation: id, Message: n})
			return nil
		}
	}
	return notFound("message")
}
