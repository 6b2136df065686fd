package main

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"sync"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// fakeAPI is a node with what a chat uses of one, in memory. All else panics.
type fakeAPI struct {
	rpc.API

	mu       sync.Mutex
	contacts []rpc.Contact
	messages []rpc.Message // in the order of their numbers
	read     ledger.MessageNumber
	presence map[ledger.ContactID]rpc.Presence
	refuse   error // what Send fails with
	sent     chan rpc.Message
	events   chan rpc.Event
}

func newFakeAPI(contacts ...rpc.Contact) *fakeAPI {
	return &fakeAPI{
		contacts: contacts, presence: make(map[ledger.ContactID]rpc.Presence),
		sent: make(chan rpc.Message, 100), events: make(chan rpc.Event, 100),
	}
}

// add adds a message, of ours if the sender is 0.
func (f *fakeAPI) add(conversation ledger.ConversationID, sender ledger.ContactID, text string, state rpc.DeliveryState) rpc.Message {
	f.mu.Lock()
	defer f.mu.Unlock()
	m := rpc.Message{
		Number: ledger.MessageNumber(len(f.messages) + 1), Conversation: conversation, Sender: sender, Text: text,
	}
	if sender == 0 {
		m.Deliveries = []rpc.Delivery{{Contact: 1, State: state}}
	}
	f.messages = append(f.messages, m)
	return m
}

func (f *fakeAPI) Events(ctx context.Context, _ ledger.Cursor) iter.Seq2[rpc.Event, error] {
	return func(yield func(rpc.Event, error) bool) {
		for {
			select {
			case e, more := <-f.events:
				if !more {
					yield(rpc.Event{}, rpc.ErrClosed)
					return
				}
				if !yield(e, nil) {
					return
				}
			case <-ctx.Done():
				yield(rpc.Event{}, ctx.Err())
				return
			}
		}
	}
}

func (f *fakeAPI) Contacts(context.Context) ([]rpc.Contact, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.contacts), nil
}

func (f *fakeAPI) Contact(_ context.Context, id ledger.ContactID) (rpc.Contact, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.contacts {
		if c.ID == id {
			return c, nil
		}
	}
	return rpc.Contact{}, fmt.Errorf("%w: contact", rpc.ErrNotFound)
}

func (f *fakeAPI) AcceptContact(_ context.Context, id ledger.ContactID) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.contacts {
		if f.contacts[i].ID == id && f.contacts[i].State == rpc.AskingContact {
			f.contacts[i].State, f.contacts[i].Conversation = rpc.AcceptedContact, ledger.ConversationID(id)
			return nil
		}
	}
	return rpc.ErrState
}

func (f *fakeAPI) Presence(_ context.Context, id ledger.ContactID) (rpc.Presence, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if p, ok := f.presence[id]; ok {
		return p, nil
	}
	return rpc.Presence{State: rpc.Offline}, nil
}

func (f *fakeAPI) Conversation(ctx context.Context, id ledger.ConversationID) (rpc.Conversation, error) {
	unread, err := f.Unread(ctx, id)
	return rpc.Conversation{ID: id, Read: f.read, Unread: unread}, err
}

func (f *fakeAPI) Unread(_ context.Context, id ledger.ConversationID) (n int, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, m := range f.messages {
		if m.Conversation == id && m.Sender != 0 && m.Number > f.read {
			n++
		}
	}
	return n, nil
}

func (f *fakeAPI) Messages(_ context.Context, id ledger.ConversationID, before ledger.MessageNumber, limit int) (page []rpc.Message, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, m := range slices.Backward(f.messages) {
		if m.Conversation == id && (before == 0 || m.Number < before) && len(page) < limit {
			page = append(page, m)
		}
	}
	return page, nil
}

func (f *fakeAPI) Message(_ context.Context, number ledger.MessageNumber) (rpc.Message, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if int(number) > len(f.messages) {
		return rpc.Message{}, fmt.Errorf("%w: message", rpc.ErrNotFound)
	}
	return f.messages[number-1], nil
}

func (f *fakeAPI) MarkRead(_ context.Context, _ ledger.ConversationID, upTo ledger.MessageNumber) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.read = max(f.read, upTo)
	return nil
}

func (f *fakeAPI) Send(_ context.Context, id ledger.ConversationID, text string, _ rpc.SendOptions) (rpc.Message, error) {
	if f.refuse != nil {
		return rpc.Message{}, f.refuse
	}
	m := f.add(id, 0, text, rpc.QueuedMessage)
	m.Stored = rpc.TimeOf(noon)
	f.sent <- m
	return m, nil
}
