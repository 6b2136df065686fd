package store

import (
	"math"
	"time"

	"github.com/ncruces/go-sqlite3"
)

// MessageNumber is the place of a message in this store: later messages have higher
// numbers, in all conversations.
type MessageNumber int64

// orEnd is the number, or one after all for 0. (An OR in a query would be no use to an
// index.)
func (n MessageNumber) orEnd() int64 {
	if n == 0 {
		return math.MaxInt64
	}
	return int64(n)
}

// MessageID names a message. Its sender makes it up.
type MessageID [16]byte

// Message is something that was written in a conversation.
type Message struct {
	Number       MessageNumber
	Conversation ConversationID
	Sender       ContactID // 0 is ourselves
	ID           MessageID
	Body         string
	// Written is the time by the clock of the sender, Stored by ours.
	Written, Stored time.Time
	// Expires is when the message is to be deleted, or zero for never.
	Expires time.Time
}

const messageColumns = `SELECT m.number, m.conversation, ifnull(m.sender, 0), m.id, m.body, m.written, m.stored, m.expires
	FROM messages m `

func scanMessage(stmt *sqlite3.Stmt) Message {
	return Message{
		Number:       MessageNumber(stmt.ColumnInt64(0)),
		Conversation: ConversationID(stmt.ColumnInt64(1)),
		Sender:       ContactID(stmt.ColumnInt64(2)),
		ID:           MessageID(stmt.ColumnRawBlob(3)),
		Body:         stmt.ColumnText(4),
		Written:      moment(stmt, 5),
		Stored:       moment(stmt, 6),
		Expires:      moment(stmt, 7),
	}
}

// Message returns a message by its number, or ErrNotFound.
func (v *View) Message(number MessageNumber) (m Message, err error) {
	err = v.one(messageColumns+"WHERE m.number = ?", func(stmt *sqlite3.Stmt) error {
		m = scanMessage(stmt)
		return nil
	}, int64(number))
	return m, err
}

// MessageByID returns the message of a sender (0 is ourselves), or ErrNotFound.
func (v *View) MessageByID(c ConversationID, sender ContactID, id MessageID) (m Message, err error) {
	err = v.one(messageColumns+"WHERE m.conversation = ? AND ifnull(m.sender, 0) = ? AND m.id = ?",
		func(stmt *sqlite3.Stmt) error {
			m = scanMessage(stmt)
			return nil
		}, int64(c), int64(sender), id[:])
	return m, err
}

// Messages returns up to limit messages of a conversation before a number, or the
// last ones if it is 0. The newest comes first.
func (v *View) Messages(c ConversationID, before MessageNumber, limit int) ([]Message, error) {
	return v.messages(messageColumns+"WHERE m.conversation = ? AND m.number < ? ORDER BY m.number DESC LIMIT ?",
		int64(c), before.orEnd(), max(limit, 0))
}

// Expired returns up to limit messages that are to be deleted by that time.
func (v *View) Expired(now time.Time, limit int) ([]Message, error) {
	return v.messages(messageColumns+"WHERE m.expires <= ? ORDER BY m.expires LIMIT ?", now, max(limit, 0))
}

func (v *View) messages(sql string, args ...any) (all []Message, err error) {
	err = v.run(sql, func(stmt *sqlite3.Stmt) error {
		all = append(all, scanMessage(stmt))
		return nil
	}, args...)
	return all, err
}

// Unread returns how many messages of others in a conversation were not read.
func (v *View) Unread(c ConversationID) (n int, err error) {
	err = v.one(`SELECT count(*) FROM messages m WHERE m.conversation = ?1 AND m.sender IS NOT NULL
		AND m.number > (SELECT read FROM conversations WHERE id = ?1)`, func(stmt *sqlite3.Stmt) error {
		n = stmt.ColumnInt(0)
		return nil
	}, int64(c))
	return n, err
}

// AddMessage adds a message, whose number it returns and does not look at. It fails
// with ErrExists if its sender has used the ID in this conversation before, and
// ErrNotFound if there is no such conversation or sender.
func (u *Update) AddMessage(m Message) (MessageNumber, error) {
	var sender any
	if m.Sender != 0 {
		sender = int64(m.Sender)
	}
	number, err := u.insert(`INSERT INTO messages (conversation, sender, id, body, written, stored, expires)
		VALUES (?, ?, ?, ?, ?, ?, ?)`,
		int64(m.Conversation), sender, m.ID[:], m.Body, m.Written, m.Stored, m.Expires)
	return MessageNumber(number), err
}

// EditMessage replaces the text of a message, or fails with ErrNotFound.
func (u *Update) EditMessage(number MessageNumber, body string) error {
	return u.change("UPDATE messages SET body = ? WHERE number = ?", body, int64(number))
}

// DeleteMessage removes a message, with what waits to be sent of it, or fails with
// ErrNotFound.
func (u *Update) DeleteMessage(number MessageNumber) error {
	return u.change("DELETE FROM messages WHERE number = ?", int64(number))
}
