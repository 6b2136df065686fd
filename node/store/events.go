package store

import (
	"time"

	"github.com/ncruces/go-sqlite3"
)

// Cursor is the place of an event. Whoever has seen it asks for what comes after.
// It is never used again.
type Cursor int64

// Event is something that happened, for whoever listens, now or later.
type Event struct {
	Cursor   Cursor
	Happened time.Time
	Kind     string
	Body     []byte
}

// Events returns up to limit events after a cursor, 0 for all, in their order. It
// fails with ErrCursor if some of them were dropped.
func (v *View) Events(after Cursor, limit int) (all []Event, err error) {
	dropped, err := v.dropped()
	if err != nil {
		return nil, err
	}
	if after < dropped {
		return nil, ErrCursor
	}
	err = v.run("SELECT cursor, happened, kind, body FROM events WHERE cursor > ? ORDER BY cursor LIMIT ?",
		func(stmt *sqlite3.Stmt) error {
			all = append(all, Event{
				Cursor:   Cursor(stmt.ColumnInt64(0)),
				Happened: moment(stmt, 1),
				Kind:     stmt.ColumnText(2),
				Body:     blob(stmt, 3),
			})
			return nil
		}, int64(after), max(limit, 0))
	return all, err
}

// dropped returns the last event that was dropped. They go from the front, so the
// oldest that is there tells; if there is none, all that ever were are gone.
func (v *View) dropped() (last Cursor, err error) {
	err = v.one(`SELECT coalesce((SELECT min(cursor) - 1 FROM events),
		(SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0)`, func(stmt *sqlite3.Stmt) error {
		last = Cursor(stmt.ColumnInt64(0))
		return nil
	})
	return last, err
}

// AddEvent adds an event, whose cursor it returns and does not look at.
func (u *Update) AddEvent(e Event) (Cursor, error) {
	cursor, err := u.insert("INSERT INTO events (happened, kind, body) VALUES (?, ?, ?)", e.Happened, e.Kind, e.Body)
	return Cursor(cursor), err
}

// DropEvents removes all events but the last so many, which bounds what they take.
func (u *Update) DropEvents(keep int) error {
	return u.run(`DELETE FROM events WHERE cursor <= (SELECT cursor FROM events
		ORDER BY cursor DESC LIMIT 1 OFFSET ?)`, nil, max(keep, 0))
}
