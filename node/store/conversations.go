package store

import (
	"math"
	"time"

	"github.com/ncruces/go-sqlite3"

	"github.com/onionwire/onionwire/node/ledger"
)

const conversationColumns = "SELECT id, kind, title, muted, timer, read, added FROM conversations "

const memberColumns = "SELECT conversation, contact FROM members "

// Conversations returns all conversations, with their members, in the order of their
// numbers.
func (v *View) Conversations() ([]ledger.Conversation, error) {
	return v.conversations(conversationColumns+"ORDER BY id", memberColumns+"ORDER BY conversation, contact")
}

// Conversation returns a conversation by its number, or ErrNotFound.
func (v *View) Conversation(id ledger.ConversationID) (ledger.Conversation, error) {
	all, err := v.conversations(conversationColumns+"WHERE id = ?", memberColumns+"WHERE conversation = ? ORDER BY contact", int64(id))
	if err != nil || len(all) == 0 {
		return ledger.Conversation{}, orNotFound(err)
	}
	return all[0], nil
}

// conversations returns conversations and their members, both of which are chosen by
// args.
func (v *View) conversations(conversations, members string, args ...any) (all []ledger.Conversation, err error) {
	places := make(map[ledger.ConversationID]int)
	err = v.run(conversations, func(stmt *sqlite3.Stmt) error {
		c := ledger.Conversation{
			ID:    ledger.ConversationID(stmt.ColumnInt64(0)),
			Kind:  ledger.ConversationKind(stmt.ColumnInt(1)),
			Title: stmt.ColumnText(2),
			Muted: stmt.ColumnBool(3),
			Timer: seconds(stmt, 4),
			Read:  ledger.MessageNumber(stmt.ColumnInt64(5)),
			Added: moment(stmt, 6),
		}
		places[c.ID] = len(all)
		all = append(all, c)
		return nil
	}, args...)
	if err != nil {
		return nil, err
	}
	err = v.run(members, func(stmt *sqlite3.Stmt) error {
		c := &all[places[ledger.ConversationID(stmt.ColumnInt64(0))]]
		c.Members = append(c.Members, ledger.ContactID(stmt.ColumnInt64(1)))
		return nil
	}, args...)
	return all, err
}

// DirectConversation returns the conversation of the two with a contact, or ErrNotFound.
func (v *View) DirectConversation(contact ledger.ContactID) (id ledger.ConversationID, err error) {
	err = v.one(`SELECT c.id FROM members m JOIN conversations c ON c.id = m.conversation
		WHERE m.contact = ? AND c.kind = 1`, func(stmt *sqlite3.Stmt) error {
		id = ledger.ConversationID(stmt.ColumnInt64(0))
		return nil
	}, int64(contact))
	return id, err
}

// DirectConversations returns that of each contact.
func (v *View) DirectConversations() (map[ledger.ContactID]ledger.ConversationID, error) {
	all := make(map[ledger.ContactID]ledger.ConversationID)
	err := v.run("SELECT m.contact, c.id FROM conversations c JOIN members m ON m.conversation = c.id WHERE c.kind = 1",
		func(stmt *sqlite3.Stmt) error {
			all[ledger.ContactID(stmt.ColumnInt64(0))] = ledger.ConversationID(stmt.ColumnInt64(1))
			return nil
		})
	return all, err
}

// lastMessages are the conversations with the number of their last message, or 0.
const lastMessages = `WITH lasts AS (SELECT id,
	ifnull((SELECT max(number) FROM messages WHERE conversation = conversations.id), 0) AS last FROM conversations) `

// recentMessages is in how many of the last messages the latest conversations are looked
// for before all conversations are.
const recentMessages = 2000

// recentConversations are those of the last messages.
const recentConversations = `SELECT conversation FROM
	(SELECT conversation, number FROM messages ORDER BY number DESC LIMIT ?) GROUP BY conversation ORDER BY max(number) DESC LIMIT ?`

// LatestConversations returns up to limit conversations, the one with the latest message
// first, those after a conversation, or from the first on if it is 0. It fails with
// ErrNotFound if that is gone.
func (v *View) LatestConversations(after ledger.ConversationID, limit int) (all []ledger.ConversationID, err error) {
	add := func(stmt *sqlite3.Stmt) error {
		all = append(all, ledger.ConversationID(stmt.ColumnInt64(0)))
		return nil
	}
	last := ledger.MessageNumber(math.MaxInt64)
	if after == 0 {
		// The first ones are what people wait for. They are mostly in the last messages,
		// which are together on the disk; the last ones of all conversations are not.
		if err := v.run(recentConversations, add, recentMessages, max(limit, 0)); err != nil || len(all) >= limit {
			return all, err
		}
		all = nil
	} else {
		if _, err := v.Conversation(after); err != nil {
			return nil, err
		}
		if last, err = v.LastMessage(after); err != nil {
			return nil, err
		}
	}
	err = v.run(lastMessages+"SELECT id FROM lasts WHERE (last, id) < (?, ?) ORDER BY last DESC, id DESC LIMIT ?",
		add, int64(last), int64(after), max(limit, 0))
	return all, err
}

// LastMessage returns the number of the last message of a conversation, 0 if there is
// none.
func (v *View) LastMessage(c ledger.ConversationID) (last ledger.MessageNumber, err error) {
	err = v.one("SELECT ifnull(max(number), 0) FROM messages WHERE conversation = ?", func(stmt *sqlite3.Stmt) error {
		last = ledger.MessageNumber(stmt.ColumnInt64(0))
		return nil
	}, int64(c))
	return last, err
}

func (u *Update) putConversation(c ledger.Conversation) error {
	err := u.run("UPDATE conversations SET title = ?, muted = ?, timer = ?, read = ?, added = ? WHERE id = ?",
		nil, c.Title, c.Muted, int64(c.Timer/time.Second), int64(c.Read), c.Added, int64(c.ID))
	if err != nil || u.s.conn.Changes() > 0 {
		return err
	}
	if c.Kind == ledger.Direct && len(c.Members) != 1 {
		return ErrInvalid
	}
	err = u.run("INSERT INTO conversations (id, kind, title, muted, timer, read, added) VALUES (?, ?, ?, ?, ?, ?, ?)",
		nil, int64(c.ID), int(c.Kind), c.Title, c.Muted, int64(c.Timer/time.Second), int64(c.Read), c.Added)
	if err != nil {
		return err
	}
	for _, member := range c.Members {
		if err := u.run("INSERT INTO members (conversation, contact) VALUES (?, ?)", nil, int64(c.ID), int64(member)); err != nil {
			return err
		}
	}
	if c.Kind != ledger.Direct {
		return nil
	}
	return u.run(`SELECT 1 FROM members m JOIN conversations c ON c.id = m.conversation
		WHERE m.contact = ? AND c.kind = 1 AND c.id <> ?`,
		func(*sqlite3.Stmt) error { return ErrExists }, int64(c.Members[0]), int64(c.ID))
}

// unread counts the messages of others in a conversation c that were not read, up to a
// number: whoever writes a lot shall not make the counting long.
const unread = `(SELECT count(*) FROM (SELECT 1 FROM members p CROSS JOIN messages m
	ON m.conversation = p.conversation AND m.sender = p.contact AND m.number > c.read
	WHERE p.conversation = c.id LIMIT ?))`

// Unread returns how many messages of others in a conversation were not read, or
// ledger.MaxUnread if there are more.
func (v *View) Unread(c ledger.ConversationID) (n int, err error) {
	err = v.run("SELECT "+unread+" FROM conversations c WHERE c.id = ?", func(stmt *sqlite3.Stmt) error {
		n = stmt.ColumnInt(0)
		return nil
	}, ledger.MaxUnread, int64(c))
	return n, err
}

// UnreadTotal returns the sum of Unread over all conversations that are not muted.
func (v *View) UnreadTotal() (n int, err error) {
	err = v.one("SELECT ifnull(sum("+unread+"), 0) FROM conversations c WHERE c.muted = 0", func(stmt *sqlite3.Stmt) error {
		n = stmt.ColumnInt(0)
		return nil
	}, ledger.MaxUnread)
	return n, err
}
