package store

import (
	"time"

	"github.com/ncruces/go-sqlite3"

	"github.com/onionwire/onionwire/node/ledger"
)

// Events returns up to limit events after a cursor, 0 for all, in their order. It
// fails with ErrCursor if some of them were dropped, or if the cursor was never given:
// whoever has it has seen events that this store, an older copy perhaps, has not.
func (v *View) Events(after ledger.Cursor, limit int) (all []ledger.Event, err error) {
	dropped, last, err := v.cursors()
	if err != nil {
		return nil, err
	}
	if after < dropped || after > last {
		return nil, ErrCursor
	}
	err = v.run(`SELECT cursor, happened, kind, contact, conversation, message, file, id, delivery, file_state, seconds
		FROM events WHERE cursor > ? ORDER BY cursor LIMIT ?`,
		func(stmt *sqlite3.Stmt) error {
			e := ledger.Event{
				Cursor:       ledger.Cursor(stmt.ColumnInt64(0)),
				Happened:     moment(stmt, 1),
				Kind:         ledger.EventKind(stmt.ColumnInt(2)),
				Contact:      ledger.ContactID(stmt.ColumnInt64(3)),
				Conversation: ledger.ConversationID(stmt.ColumnInt64(4)),
				Message:      ledger.MessageNumber(stmt.ColumnInt64(5)),
				File:         ledger.FileNumber(stmt.ColumnInt64(6)),
				Delivery:     ledger.DeliveryState(stmt.ColumnInt(8)),
				FileState:    ledger.FileState(stmt.ColumnInt(9)),
				Seconds:      uint32(stmt.ColumnInt64(10)),
			}
			copy(e.ID[:], stmt.ColumnRawBlob(7))
			all = append(all, e)
			return nil
		}, int64(after), max(limit, 0))
	return all, err
}

// cursors returns the last event that was dropped, and the last of all. They go from the
// front, so the oldest that is there tells; if there is none, all that ever were are gone.
func (v *View) cursors() (dropped, last ledger.Cursor, err error) {
	err = v.one(`SELECT coalesce((SELECT min(cursor) - 1 FROM events), seq), seq
		FROM (SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0) AS seq)`,
		func(stmt *sqlite3.Stmt) error {
			dropped, last = ledger.Cursor(stmt.ColumnInt64(0)), ledger.Cursor(stmt.ColumnInt64(1))
			return nil
		})
	return dropped, last, err
}

func (u *Update) addEvent(e ledger.Event) error {
	var id any // NULL for none
	if e.ID != (ledger.MessageID{}) {
		id = e.ID[:]
	}
	return u.run(`INSERT INTO events
		(cursor, happened, kind, contact, conversation, message, file, id, delivery, file_state, seconds)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		nil, int64(e.Cursor), e.Happened, int(e.Kind), int64(e.Contact), int64(e.Conversation), int64(e.Message),
		int64(e.File), id, int(e.Delivery), int(e.FileState), int64(e.Seconds))
}

// DropEvents removes all events but the last so many, which bounds what they take.
func (u *Update) DropEvents(keep int) error {
	return u.run(`DELETE FROM events WHERE cursor <= (SELECT cursor FROM events
		ORDER BY cursor DESC LIMIT 1 OFFSET ?)`, nil, max(keep, 0))
}

// DropEventsBefore removes the events that happened before a time, up to the first that
// did not: they stay in one piece.
func (u *Update) DropEventsBefore(t time.Time) error {
	return u.run(`DELETE FROM events WHERE cursor < coalesce((SELECT cursor FROM events
		WHERE happened >= ? ORDER BY cursor LIMIT 1), 9223372036854775807)`, nil, t)
}

// Counters returns the highest numbers that were ever given.
func (v *View) Counters() (c ledger.Counters, err error) {
	err = v.run("SELECT name, seq FROM sqlite_sequence", func(stmt *sqlite3.Stmt) error {
		n := stmt.ColumnInt64(1)
		switch stmt.ColumnText(0) {
		case "contacts":
			c.Contact = ledger.ContactID(n)
		case "conversations":
			c.Conversation = ledger.ConversationID(n)
		case "messages":
			c.Message = ledger.MessageNumber(n)
		case "items":
			c.Item = ledger.ItemID(n)
		case "files":
			c.File = ledger.FileNumber(n)
		case "events":
			c.Cursor = ledger.Cursor(n)
		}
		return nil
	})
	return c, err
}
