package store

import (
	"github.com/ncruces/go-sqlite3"

	"github.com/onionwire/onionwire/node/ledger"
)

var sessionSaved = column{"sessions", "saved"}

// Sessions returns the sessions with a contact, the one that was added last at the
// end.
func (v *View) Sessions(contact ledger.ContactID) (all []ledger.Session, err error) {
	err = v.run("SELECT id, saved FROM sessions WHERE contact = ? ORDER BY rowid", func(stmt *sqlite3.Stmt) (err error) {
		s := ledger.Session{ID: ledger.SessionID(stmt.ColumnRawBlob(0))}
		s.Saved, err = v.openColumn(stmt, 1, sessionSaved, rowKey(int64(contact), s.ID[:]...))
		all = append(all, s)
		return err
	}, int64(contact))
	return all, err
}

func (u *Update) putSession(contact ledger.ContactID, s ledger.Session) error {
	sealed, err := u.s.sealer.seal(sessionSaved, rowKey(int64(contact), s.ID[:]...), s.Saved)
	if err != nil {
		return err
	}
	return u.run(`INSERT INTO sessions (contact, id, saved) VALUES (?, ?, ?)
		ON CONFLICT DO UPDATE SET saved = excluded.saved`, nil, int64(contact), s.ID[:], sealed)
}
