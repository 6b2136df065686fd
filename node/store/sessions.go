package store

import "github.com/ncruces/go-sqlite3"

var sessionSaved = column{"sessions", "saved"}

// SessionID names a session with a contact.
type SessionID [32]byte

// Session is the state of an encrypted session, in the form in which it was saved,
// which is encrypted itself.
type Session struct {
	ID    SessionID
	Saved []byte
}

// Sessions returns the sessions with a contact, the one that was first saved last
// at the end.
func (v *View) Sessions(contact ContactID) (all []Session, err error) {
	err = v.run("SELECT id, saved FROM sessions WHERE contact = ? ORDER BY rowid", func(stmt *sqlite3.Stmt) (err error) {
		s := Session{ID: SessionID(stmt.ColumnRawBlob(0))}
		if s.Saved, err = v.s.sealer.open(sessionSaved, rowKey(int64(contact), s.ID[:]...), stmt.ColumnRawBlob(1)); err != nil {
			return err
		}
		all = append(all, s)
		return nil
	}, int64(contact))
	return all, err
}

// SaveSession adds a session with a contact, or replaces its state. It fails with
// ErrNotFound if there is no such contact.
func (u *Update) SaveSession(contact ContactID, s Session) error {
	if u.s == nil {
		return errOver
	}
	sealed, err := u.s.sealer.seal(sessionSaved, rowKey(int64(contact), s.ID[:]...), s.Saved)
	if err != nil {
		return err
	}
	return u.run(`INSERT INTO sessions (contact, id, saved) VALUES (?, ?, ?)
		ON CONFLICT DO UPDATE SET saved = excluded.saved`, nil, int64(contact), s.ID[:], sealed)
}

// DeleteSession removes a session, or fails with ErrNotFound.
func (u *Update) DeleteSession(contact ContactID, id SessionID) error {
	return u.change("DELETE FROM sessions WHERE contact = ? AND id = ?", int64(contact), id[:])
}
