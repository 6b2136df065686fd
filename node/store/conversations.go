package store

import (
	"time"

	"github.com/ncruces/go-sqlite3"

	"github.com/onionwire/onionwire/node/ledger"
)

// Conversations returns all conversations, with their members, in the order of their
// numbers.
func (v *View) Conversations() (all []ledger.Conversation, err error) {
	places := make(map[ledger.ConversationID]int)
	err = v.run("SELECT id, kind, title, muted, timer, read, added FROM conversations ORDER BY id",
		func(stmt *sqlite3.Stmt) error {
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
		})
	if err != nil {
		return nil, err
	}
	err = v.run("SELECT conversation, contact FROM members ORDER BY conversation, contact", func(stmt *sqlite3.Stmt) error {
		c := &all[places[ledger.ConversationID(stmt.ColumnInt64(0))]]
		c.Members = append(c.Members, ledger.ContactID(stmt.ColumnInt64(1)))
		return nil
	})
	return all, err
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

// Unread returns how many messages of others in a conversation were not read.
func (v *View) Unread(c ledger.ConversationID) (n int, err error) {
	err = v.one(`SELECT count(*) FROM members p CROSS JOIN messages m
		ON m.conversation = p.conversation AND m.sender = p.contact
		AND m.number > (SELECT read FROM conversations WHERE id = ?1)
		WHERE p.conversation = ?1`, func(stmt *sqlite3.Stmt) error {
		n = stmt.ColumnInt(0)
		return nil
	}, int64(c))
	return n, err
}
