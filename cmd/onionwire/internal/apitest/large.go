package apitest

import (
	"context"
	"fmt"
	"time"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// Large is a node with so many conversations and messages that none of them is kept: they
// are made up when they are asked for. The one with the highest number has the latest
// message. Nothing can be changed but what Fake has.
type Large struct {
	*Fake
	// Talks and Texts are how many conversations and messages there are.
	Talks, Texts int
}

// NewLarge returns a node with so many conversations, and messages in all of them together.
func NewLarge(talks, texts int) *Large { return &Large{New(), talks, texts} }

// One in unreadTalks conversations has unreadTexts unread messages.
const unreadTalks, unreadTexts = 10, 3

// UnreadTexts is how many messages are unread in all conversations. Status does not tell: who
// shows it has counted.
func (l *Large) UnreadTexts() int { return l.Talks / unreadTalks * unreadTexts }

func (l *Large) contact(id ledger.ContactID) rpc.Contact {
	return rpc.Contact{
		ID: id, Peer: fmt.Sprintf("12D3KooW%036d", id), Name: fmt.Sprintf("Person %d", id), State: rpc.AcceptedContact,
		Added: rpc.TimeOf(Start), Changed: rpc.TimeOf(Start), Conversation: ledger.ConversationID(id),
	}
}

func (l *Large) talk(id ledger.ConversationID) rpc.Conversation {
	last := ledger.MessageNumber((l.Texts/l.Talks-1)*l.Talks) + ledger.MessageNumber(id)
	c := rpc.Conversation{
		ID: id, Kind: rpc.DirectConversation, Last: last, Read: last, Added: rpc.TimeOf(Start),
		Members: []ledger.ContactID{ledger.ContactID(id)},
	}
	if id%unreadTalks == 0 {
		c.Read, c.Unread = last-ledger.MessageNumber(2*unreadTexts*l.Talks), unreadTexts
	}
	return c
}

func (l *Large) text(n ledger.MessageNumber) rpc.Message {
	id := (int(n)-1)%l.Talks + 1
	at := rpc.TimeOf(Start.Add(time.Duration(n) * time.Second))
	m := rpc.Message{
		Number: n, Conversation: ledger.ConversationID(id), Written: at, Stored: at,
		Text: fmt.Sprintf("Message %d, which says so much about the weather, the garden and the neighbours that it takes two lines.", n),
	}
	if int(n)/l.Talks%2 == 0 {
		m.Sender = ledger.ContactID(id)
	} else {
		m.Deliveries = []rpc.Delivery{{Contact: ledger.ContactID(id), State: rpc.ReadMessage, Changed: at}}
	}
	return m
}

// Contacts are as many as conversations.
func (l *Large) Contacts(context.Context) ([]rpc.Contact, error) {
	all := make([]rpc.Contact, l.Talks)
	for i := range all {
		all[i] = l.contact(ledger.ContactID(i + 1))
	}
	return all, nil
}

// Contact returns one of them.
func (l *Large) Contact(_ context.Context, id ledger.ContactID) (rpc.Contact, error) {
	if id < 1 || int(id) > l.Talks {
		return rpc.Contact{}, notFound("contact")
	}
	return l.contact(id), nil
}

// Presence is the same for all.
func (l *Large) Presence(context.Context, ledger.ContactID) (rpc.Presence, error) {
	return rpc.Presence{State: rpc.Online}, nil
}

// Conversations returns a page of conversations.
func (l *Large) Conversations(_ context.Context, after ledger.ConversationID, limit int) (page []rpc.Conversation, _ error) {
	if after == 0 {
		after = ledger.ConversationID(l.Talks) + 1
	}
	for id := after - 1; id > 0 && len(page) < limit; id-- {
		page = append(page, l.talk(id))
	}
	return page, nil
}

// Conversation returns one of them.
func (l *Large) Conversation(_ context.Context, id ledger.ConversationID) (rpc.Conversation, error) {
	if id < 1 || int(id) > l.Talks {
		return rpc.Conversation{}, notFound("conversation")
	}
	return l.talk(id), nil
}

// Messages returns a page of messages, the latest first.
func (l *Large) Messages(_ context.Context, id ledger.ConversationID, before ledger.MessageNumber, limit int) (page []rpc.Message, _ error) {
	step := ledger.MessageNumber(l.Talks)
	for n := l.talk(id).Last; n > 0 && len(page) < limit; n -= step {
		if before == 0 || n < before {
			page = append(page, l.text(n))
		}
	}
	return page, nil
}

// MessagesAfter returns a page of messages, the earliest first.
func (l *Large) MessagesAfter(_ context.Context, id ledger.ConversationID, after ledger.MessageNumber, limit int) (page []rpc.Message, _ error) {
	step, last := ledger.MessageNumber(l.Talks), l.talk(id).Last
	for n := ledger.MessageNumber(id); n <= last && len(page) < limit; n += step {
		if n > after {
			page = append(page, l.text(n))
		}
	}
	return page, nil
}

// Message returns one of them.
func (l *Large) Message(_ context.Context, n ledger.MessageNumber) (rpc.Message, error) {
	if n < 1 || int(n) > l.Texts {
		return rpc.Message{}, notFound("message")
	}
	return l.text(n), nil
}

// MarkRead does nothing.
func (l *Large) MarkRead(context.Context, ledger.ConversationID, ledger.MessageNumber) error {
	return nil
}

// Send fails: nothing can be added.
func (l *Large) Send(context.Context, ledger.ConversationID, string, rpc.SendOptions) (rpc.Message, error) {
	return rpc.Message{}, rpc.ErrState
}
