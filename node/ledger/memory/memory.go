// Package memory keeps the changes of a ledger as package store does, without a disk:
// for tests of whoever makes changes, and as what the store is compared with.
//
//	l := memory.New()
//	err := l.Apply(out.Changes...) // all of them or, with an error, none
//	after := l.Clone()             // what a crash now would leave
//
// Its methods are those of the store's transactions, with the same results and
// errors. It takes no text apart, so that nothing can be searched for.
package memory

import (
	"fmt"

	"github.com/onionwire/onionwire/node/ledger"
)

// Ledger is what was applied. It is not safe for concurrent use. What its methods
// return belongs to the caller.
type Ledger struct {
	undo []func() // takes back what the running Apply has done

	contacts      table[ledger.ContactID, ledger.Contact]
	streams       table[ledger.ContactID, ledger.Streams]
	sessions      table[sessionKey, session]
	invites       table[[16]byte, ledger.Invite]
	conversations table[ledger.ConversationID, ledger.Conversation]
	drafts        table[ledger.ConversationID, string]
	messages      table[ledger.MessageNumber, ledger.Message]
	ids           table[messageKey, ledger.MessageNumber]
	gone          table[messageKey, int] // in the order of their deletion
	deliveries    table[deliveryKey, ledger.Delivery]
	items         table[ledger.ItemID, ledger.Item]
	cells         table[cellKey, ledger.Cell]
	files         table[ledger.FileNumber, ledger.File]
	settings      table[string, []byte]
	events        table[ledger.Cursor, ledger.Event]
	counters      table[struct{}, ledger.Counters]
}

type (
	sessionKey struct {
		contact ledger.ContactID
		id      ledger.SessionID
	}
	messageKey struct {
		conversation ledger.ConversationID
		sender       ledger.ContactID
		id           ledger.MessageID
	}
	deliveryKey struct {
		message ledger.MessageNumber
		contact ledger.ContactID
	}
	cellKey struct {
		contact ledger.ContactID
		first   uint64
	}
	// session is a saved session and its place among all that were ever added.
	session struct {
		ledger.Session
		contact ledger.ContactID
		place   int
	}
)

// New returns an empty ledger.
func New() *Ledger {
	l := new(Ledger)
	for _, t := range l.tables() {
		t.reset(&l.undo)
	}
	return l
}

// Clone returns a ledger with the same content.
func (l *Ledger) Clone() *Ledger {
	c := *l
	c.undo = nil
	for _, t := range c.tables() {
		t.detach(&c.undo)
	}
	return &c
}

func (l *Ledger) tables() []anyTable {
	return []anyTable{
		&l.contacts, &l.streams, &l.sessions, &l.invites, &l.conversations, &l.drafts, &l.messages, &l.ids, &l.gone,
		&l.deliveries, &l.items, &l.cells, &l.files, &l.settings, &l.events, &l.counters,
	}
}

// Apply keeps all changes in their order, or none. It fails with
// [ledger.ErrNotFound], [ledger.ErrExists] or [ledger.ErrInvalid].
func (l *Ledger) Apply(changes ...ledger.Change) error {
	l.undo = l.undo[:0]
	for _, change := range changes {
		if err := l.apply(change); err != nil {
			for i := len(l.undo) - 1; i >= 0; i-- {
				l.undo[i]()
			}
			return fmt.Errorf("%T: %w", change, err)
		}
	}
	return nil
}

func (l *Ledger) apply(change ledger.Change) error {
	switch c := change.(type) {
	case ledger.PutContact:
		return l.putContact(c.Contact)
	case ledger.DropContact:
		return l.dropContact(c.Contact, c.History)
	case ledger.PutStreams:
		return l.putStreams(c.Contact, c.Streams)
	case ledger.PutSession:
		return l.putSession(c.Contact, c.Session)
	case ledger.DropSession:
		return l.sessions.drop(sessionKey{c.Contact, c.ID})
	case ledger.PutInvite:
		return l.putInvite(c.Invite)
	case ledger.DropInvite:
		return l.invites.drop(c.Token)
	case ledger.PutConversation:
		return l.putConversation(c.Conversation)
	case ledger.DropConversation:
		return l.dropConversation(c.Conversation)
	case ledger.PutDraft:
		return l.putDraft(c.Conversation, c.Text)
	case ledger.PutItem:
		return l.putItem(c.Item)
	case ledger.DropItem:
		return l.items.drop(c.Item)
	case ledger.PutCell:
		return l.putCell(c.Cell)
	case ledger.DropCells:
		l.dropCells(c.Contact, c.Below)
		return nil
	case ledger.PutFile:
		return l.putFile(c.File)
	case ledger.DropFile:
		return l.files.drop(c.File)
	case ledger.PutSetting:
		return l.putSetting(c.Name, c.Value)
	case ledger.DropSetting:
		return l.settings.drop(c.Name)
	case ledger.AddEvent:
		return l.addEvent(c.Event)
	}
	return l.applyMessage(change)
}

// applyMessage is apply for what is about messages.
func (l *Ledger) applyMessage(change ledger.Change) error {
	switch c := change.(type) {
	case ledger.AddMessage:
		return l.addMessage(c.Message, c.Event)
	case ledger.EditMessage:
		return l.messages.change(c.Message, func(m *ledger.Message) { m.Body = c.Body })
	case ledger.DropMessage:
		return l.dropMessage(c.Message)
	case ledger.ExpireMessage:
		return l.messages.change(c.Message, func(m *ledger.Message) { begin(m, c.Now) })
	case ledger.ExpireRead:
		return l.expireRead(c)
	case ledger.HoldMessage:
		return l.messages.change(c.Message, hold)
	case ledger.PutDelivery:
		return l.putDelivery(c.Delivery)
	case ledger.ReadDelivery:
		return l.readDelivery(c)
	}
	return ledger.ErrInvalid
}

// count remembers that numbers were given.
func (l *Ledger) count(c ledger.Counters) {
	old := l.counters.rows[struct{}{}]
	l.counters.put(struct{}{}, ledger.Counters{
		Contact:      max(old.Contact, c.Contact),
		Conversation: max(old.Conversation, c.Conversation),
		Message:      max(old.Message, c.Message),
		Item:         max(old.Item, c.Item),
		File:         max(old.File, c.File),
		Cursor:       max(old.Cursor, c.Cursor),
	})
}
