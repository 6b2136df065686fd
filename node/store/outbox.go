package store

import (
	"time"

	"github.com/ncruces/go-sqlite3"
)

// OutboxID is the place of a cell in the outbox. It is never used again.
type OutboxID int64

// Cell is a cell that waits to be confirmed: what is sent again are the same bytes.
type Cell struct {
	ID      OutboxID
	Contact ContactID
	Session SessionID
	Message MessageNumber // 0 for what is no message
	Cell    []byte
	Added   time.Time
}

// Outbox returns up to limit cells for a contact after a place, in their order.
func (v *View) Outbox(contact ContactID, after OutboxID, limit int) (all []Cell, err error) {
	err = v.run(`SELECT id, session, ifnull(message, 0), cell, added FROM outbox
		WHERE contact = ? AND id > ? ORDER BY id LIMIT ?`, func(stmt *sqlite3.Stmt) error {
		all = append(all, Cell{
			ID:      OutboxID(stmt.ColumnInt64(0)),
			Contact: contact,
			Session: SessionID(stmt.ColumnRawBlob(1)),
			Message: MessageNumber(stmt.ColumnInt64(2)),
			Cell:    blob(stmt, 3),
			Added:   moment(stmt, 4),
		})
		return nil
	}, int64(contact), int64(after), max(limit, 0))
	return all, err
}

// Waiting returns the contacts that something waits for.
func (v *View) Waiting() (all []ContactID, err error) {
	err = v.run("SELECT DISTINCT contact FROM outbox ORDER BY contact", func(stmt *sqlite3.Stmt) error {
		all = append(all, ContactID(stmt.ColumnInt64(0)))
		return nil
	})
	return all, err
}

// Enqueue puts a cell at the end of the outbox. It returns its ID and does not look
// at the one in it. It fails with ErrNotFound if there is no such contact or
// message.
func (u *Update) Enqueue(c Cell) (OutboxID, error) {
	var message any
	if c.Message != 0 {
		message = int64(c.Message)
	}
	id, err := u.insert("INSERT INTO outbox (contact, session, message, cell, added) VALUES (?, ?, ?, ?, ?)",
		int64(c.Contact), c.Session[:], message, c.Cell, c.Added)
	return OutboxID(id), err
}

// Dequeue removes a cell that was confirmed, or fails with ErrNotFound.
func (u *Update) Dequeue(id OutboxID) error {
	return u.change("DELETE FROM outbox WHERE id = ?", int64(id))
}
