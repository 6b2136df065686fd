package store

import (
	"math"
	"time"

	"github.com/ncruces/go-sqlite3"

	"github.com/onionwire/onionwire/node/ledger"
)

// orEnd is a number, or one after all for 0. (An OR in a query would be no use to an
// index.)
func orEnd[N ~int64](n N) int64 {
	if n == 0 {
		return math.MaxInt64
	}
	return int64(n)
}

const messageColumns = `SELECT m.number, m.conversation, ifnull(m.sender, 0), m.id, m.body, m.written, m.stored, m.timer, m.expires
	FROM messages m `

func scanMessage(stmt *sqlite3.Stmt) ledger.Message {
	return ledger.Message{
		Number:       ledger.MessageNumber(stmt.ColumnInt64(0)),
		Conversation: ledger.ConversationID(stmt.ColumnInt64(1)),
		Sender:       ledger.ContactID(stmt.ColumnInt64(2)),
		ID:           ledger.MessageID(stmt.ColumnRawBlob(3)),
		Body:         stmt.ColumnText(4),
		Written:      moment(stmt, 5),
		Stored:       moment(stmt, 6),
		Timer:        seconds(stmt, 7),
		Expires:      moment(stmt, 8),
	}
}

// Message returns a message by its number, or ErrNotFound.
func (v *View) Message(number ledger.MessageNumber) (m ledger.Message, err error) {
	err = v.one(messageColumns+"WHERE m.number = ?", func(stmt *sqlite3.Stmt) error {
		m = scanMessage(stmt)
		return nil
	}, int64(number))
	return m, err
}

// MessageByID returns the message of a sender (0 is ourselves), or ErrNotFound.
func (v *View) MessageByID(c ledger.ConversationID, sender ledger.ContactID, id ledger.MessageID) (m ledger.Message, err error) {
	err = v.one(messageColumns+"WHERE m.conversation = ? AND ifnull(m.sender, 0) = ? AND m.id = ?",
		func(stmt *sqlite3.Stmt) error {
			m = scanMessage(stmt)
			return nil
		}, int64(c), int64(sender), id[:])
	return m, err
}

// Messages returns up to limit messages of a conversation before a number, or the
// last ones if it is 0. The newest comes first.
func (v *View) Messages(c ledger.ConversationID, before ledger.MessageNumber, limit int) ([]ledger.Message, error) {
	return v.messages(messageColumns+"WHERE m.conversation = ? AND m.number < ? ORDER BY m.number DESC LIMIT ?",
		int64(c), orEnd(before), max(limit, 0))
}

// MessagesAfter returns up to limit messages of a conversation after a number. The oldest
// comes first.
func (v *View) MessagesAfter(c ledger.ConversationID, after ledger.MessageNumber, limit int) ([]ledger.Message, error) {
	return v.messages(messageColumns+"WHERE m.conversation = ? AND m.number > ? ORDER BY m.number LIMIT ?",
		int64(c), int64(after), max(limit, 0))
}

func (v *View) messages(sql string, args ...any) (all []ledger.Message, err error) {
	err = v.run(sql, func(stmt *sqlite3.Stmt) error {
		all = append(all, scanMessage(stmt))
		return nil
	}, args...)
	return all, err
}

func (u *Update) addMessage(m ledger.Message, e ledger.Event) error {
	added, err := u.insertMessage(m)
	if err != nil || !added {
		return err
	}
	return u.addEvent(e)
}

// insertMessage adds a message, or reports that its sender has used its ID in the
// conversation before.
func (u *Update) insertMessage(m ledger.Message) (added bool, err error) {
	err = u.run(`INSERT INTO messages (number, conversation, sender, id, body, written, stored, timer, expires)
		SELECT ?1, ?2, nullif(?3, 0), ?4, ?5, ?6, ?7, ?8, ?9 WHERE NOT EXISTS
			(SELECT 1 FROM messages WHERE conversation = ?2 AND ifnull(sender, 0) = ?3 AND id = ?4)
			AND NOT EXISTS (SELECT 1 FROM gone WHERE conversation = ?2 AND sender = ?3 AND id = ?4)`,
		nil, int64(m.Number), int64(m.Conversation), int64(m.Sender), m.ID[:], m.Body, m.Written, m.Stored,
		int64(m.Timer/time.Second), m.Expires)
	if err != nil || u.s.conn.Changes() == 0 {
		return false, err
	}
	u.s.unindexed++
	return true, nil
}

// dropMessage removes a message. Of one of somebody else it remembers the ID, so that it
// is nothing new if it comes again.
func (u *Update) dropMessage(number ledger.MessageNumber) error {
	err := u.run(`INSERT INTO gone (conversation, sender, id)
		SELECT conversation, sender, id FROM messages WHERE number = ? AND sender IS NOT NULL`, nil, int64(number))
	if err != nil {
		return err
	}
	if u.s.conn.Changes() > 0 {
		err = u.run(`WITH this AS (SELECT conversation AS id FROM messages WHERE number = ?)
			DELETE FROM gone WHERE conversation = (SELECT id FROM this) AND place <= (SELECT place FROM gone
				WHERE conversation = (SELECT id FROM this) ORDER BY place DESC LIMIT 1 OFFSET ?)`,
			nil, int64(number), ledger.MaxGone)
		if err != nil {
			return err
		}
	}
	return u.change("DELETE FROM messages WHERE number = ?", int64(number))
}
