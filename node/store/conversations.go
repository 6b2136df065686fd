package store

import (
	"errors"
	"time"

	"github.com/ncruces/go-sqlite3"
)

// ConversationID is the number of a conversation in this store. It is never used
// again.
type ConversationID int64

// ConversationKind tells how many can be in a conversation.
type ConversationKind int

// Kinds of conversations.
const (
	// Direct is a conversation with one contact.
	Direct ConversationKind = iota + 1
	// Group is one with any number.
	Group
)

// Conversation is where messages belong.
type Conversation struct {
	ID    ConversationID
	Kind  ConversationKind
	Title string // of a group
	Muted bool
	// Timer is after how long messages disappear, in whole seconds, 0 for never.
	Timer time.Duration
	// Read is the last message that was read here.
	Read  MessageNumber
	Added time.Time
	// Members are the contacts in it, ourselves not among them.
	Members []ContactID
}

const conversationColumns = "SELECT id, kind, title, muted, timer, read, added FROM conversations "

func scanConversation(stmt *sqlite3.Stmt) Conversation {
	return Conversation{
		ID:    ConversationID(stmt.ColumnInt64(0)),
		Kind:  ConversationKind(stmt.ColumnInt(1)),
		Title: stmt.ColumnText(2),
		Muted: stmt.ColumnBool(3),
		Timer: time.Duration(stmt.ColumnInt64(4)) * time.Second,
		Read:  MessageNumber(stmt.ColumnInt64(5)),
		Added: moment(stmt, 6),
	}
}

// Conversation returns a conversation, or ErrNotFound.
func (v *View) Conversation(id ConversationID) (c Conversation, err error) {
	err = v.one(conversationColumns+"WHERE id = ?", func(stmt *sqlite3.Stmt) error {
		c = scanConversation(stmt)
		return nil
	}, int64(id))
	if err != nil {
		return c, err
	}
	c.Members, err = v.members(id)
	return c, err
}

// DirectConversation returns the conversation with a contact alone, or ErrNotFound.
func (v *View) DirectConversation(contact ContactID) (Conversation, error) {
	var id ConversationID
	err := v.one(`SELECT c.id FROM members m JOIN conversations c ON c.id = m.conversation
		WHERE m.contact = ? AND c.kind = ?`, func(stmt *sqlite3.Stmt) error {
		id = ConversationID(stmt.ColumnInt64(0))
		return nil
	}, int64(contact), int(Direct))
	if err != nil {
		return Conversation{}, err
	}
	return v.Conversation(id)
}

// Conversations returns all conversations in the order in which they were added.
func (v *View) Conversations() (all []Conversation, err error) {
	err = v.run(conversationColumns+"ORDER BY id", func(stmt *sqlite3.Stmt) error {
		all = append(all, scanConversation(stmt))
		return nil
	})
	for i := range all {
		if err == nil {
			all[i].Members, err = v.members(all[i].ID)
		}
	}
	return all, err
}

func (v *View) members(id ConversationID) (all []ContactID, err error) {
	err = v.run("SELECT contact FROM members WHERE conversation = ? ORDER BY contact", func(stmt *sqlite3.Stmt) error {
		all = append(all, ContactID(stmt.ColumnInt64(0)))
		return nil
	}, int64(id))
	return all, err
}

// AddConversation adds a conversation with its members, whose ID it returns and does
// not look at. It fails with ErrInvalid if a direct one has not exactly one member,
// ErrExists if there is one with that contact, or a member is named twice, and
// ErrNotFound if there is no such contact.
func (u *Update) AddConversation(c Conversation) (ConversationID, error) {
	if c.Kind == Direct {
		if len(c.Members) != 1 {
			return 0, ErrInvalid
		}
		if _, err := u.DirectConversation(c.Members[0]); !errors.Is(err, ErrNotFound) {
			if err == nil {
				err = ErrExists
			}
			return 0, err
		}
	}
	id, err := u.insert("INSERT INTO conversations (kind, title, muted, timer, added) VALUES (?, ?, ?, ?, ?)",
		int(c.Kind), c.Title, c.Muted, int64(c.Timer/time.Second), c.Added)
	if err != nil {
		return 0, err
	}
	for _, member := range c.Members {
		if err := u.run("INSERT INTO members (conversation, contact) VALUES (?, ?)", nil, id, int64(member)); err != nil {
			return 0, err
		}
	}
	return ConversationID(id), nil
}

// SetConversation changes title, mute, timer and what was read of a conversation,
// or fails with ErrNotFound.
func (u *Update) SetConversation(c Conversation) error {
	return u.change("UPDATE conversations SET title = ?, muted = ?, timer = ?, read = ? WHERE id = ?",
		c.Title, c.Muted, int64(c.Timer/time.Second), int64(c.Read), int64(c.ID))
}

// DeleteConversation removes a conversation and its messages, or fails with
// ErrNotFound.
func (u *Update) DeleteConversation(id ConversationID) error {
	return u.change("DELETE FROM conversations WHERE id = ?", int64(id))
}
