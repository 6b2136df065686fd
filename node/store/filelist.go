package store

import (
	"github.com/ncruces/go-sqlite3"

	"github.com/onionwire/onionwire/node/ledger"
)

var fileKey = column{"files", "key"}

const fileColumns = `SELECT number, conversation, contact, id, incoming, key, name, type, size, hash, path, modified, draft,
	chunks, state, why, added, changed FROM files `

// Files returns all files in the order of their numbers.
func (v *View) Files() ([]ledger.File, error) { return v.files(fileColumns + "ORDER BY number") }

// FilesBefore returns up to limit files of a conversation, or of all if it is 0, with
// numbers below one, or the last ones if that is 0. The newest comes first.
func (v *View) FilesBefore(c ledger.ConversationID, before ledger.FileNumber, limit int) ([]ledger.File, error) {
	if c == 0 {
		return v.files(fileColumns+"WHERE number < ? ORDER BY number DESC LIMIT ?", orEnd(before), max(limit, 0))
	}
	return v.files(fileColumns+"WHERE conversation = ? AND number < ? ORDER BY number DESC LIMIT ?",
		int64(c), orEnd(before), max(limit, 0))
}

// LeftFiles returns incoming files that do not arrive any more, of which a draft may be
// left.
func (v *View) LeftFiles() ([]ledger.File, error) {
	return v.files(fileColumns+"WHERE incoming AND draft <> '' AND state > ? ORDER BY number", int(ledger.Arrived))
}

// OpenFiles returns those whose state is not final.
func (v *View) OpenFiles() ([]ledger.File, error) {
	return v.files(fileColumns+"WHERE state < ? ORDER BY number", int(ledger.Arrived))
}

// EndedFiles returns those that were offered to us and whose state is final.
func (v *View) EndedFiles() (all []ledger.Ended, err error) {
	err = v.run("SELECT number, contact, id, state FROM files WHERE incoming = 1 AND state >= ? ORDER BY number",
		func(stmt *sqlite3.Stmt) error {
			all = append(all, ledger.Ended{
				Number:  ledger.FileNumber(stmt.ColumnInt64(0)),
				Contact: ledger.ContactID(stmt.ColumnInt64(1)),
				ID:      ledger.FileID(stmt.ColumnRawBlob(2)),
				State:   ledger.FileState(stmt.ColumnInt(3)),
			})
			return nil
		}, int(ledger.Arrived))
	return all, err
}

// File returns a file by its number, or ErrNotFound.
func (v *View) File(number ledger.FileNumber) (ledger.File, error) {
	all, err := v.files(fileColumns+"WHERE number = ?", int64(number))
	if err != nil || len(all) == 0 {
		return ledger.File{}, orNotFound(err)
	}
	return all[0], nil
}

// orNotFound is an error, or ErrNotFound if there is none.
func orNotFound(err error) error {
	if err == nil {
		return ErrNotFound
	}
	return err
}

func (v *View) files(sql string, args ...any) (all []ledger.File, err error) {
	err = v.run(sql, func(stmt *sqlite3.Stmt) (err error) {
		f := ledger.File{
			Number:       ledger.FileNumber(stmt.ColumnInt64(0)),
			Conversation: ledger.ConversationID(stmt.ColumnInt64(1)),
			Contact:      ledger.ContactID(stmt.ColumnInt64(2)),
			ID:           ledger.FileID(stmt.ColumnRawBlob(3)),
			Incoming:     stmt.ColumnBool(4),
			Name:         stmt.ColumnText(6),
			Type:         stmt.ColumnText(7),
			Size:         unsigned(stmt, 8),
			Hash:         [32]byte(stmt.ColumnRawBlob(9)),
			Path:         stmt.ColumnText(10),
			Modified:     moment(stmt, 11),
			Draft:        stmt.ColumnText(12),
			Chunks:       unsigned(stmt, 13),
			State:        ledger.FileState(stmt.ColumnInt(14)),
			Why:          stmt.ColumnText(15),
			Added:        moment(stmt, 16),
			Changed:      moment(stmt, 17),
		}
		f.Key, err = v.openColumn(stmt, 5, fileKey, rowKey(int64(f.Number)))
		all = append(all, f)
		return err
	}, args...)
	return all, err
}

func (u *Update) putFile(f ledger.File) error {
	if f.State.Final() {
		f.Key = nil // of no more use to anybody here
	}
	key, err := u.sealColumn(fileKey, rowKey(int64(f.Number)), f.Key)
	if err != nil {
		return err
	}
	return u.run(`INSERT INTO files (number, conversation, contact, id, incoming, key, name, type, size, hash, path, modified, draft,
			chunks, state, why, added, changed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET conversation = excluded.conversation, contact = excluded.contact, id = excluded.id,
			incoming = excluded.incoming, key = excluded.key, name = excluded.name, type = excluded.type,
			size = excluded.size, hash = excluded.hash, path = excluded.path, modified = excluded.modified,
			draft = excluded.draft, chunks = excluded.chunks, state = excluded.state, why = excluded.why,
			added = excluded.added, changed = excluded.changed`,
		nil, int64(f.Number), int64(f.Conversation), int64(f.Contact), f.ID[:], f.Incoming, key, f.Name, f.Type, f.Size,
		f.Hash[:], f.Path, f.Modified, f.Draft, f.Chunks, int(f.State), f.Why, f.Added, f.Changed)
}
