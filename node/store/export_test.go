package store

import (
	"context"
	"io"
	"testing"

	"filippo.io/age"
	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/vfs"

	"github.com/onionwire/onionwire/node/lock"
)

// Schema is the schema of this version.
var Schema = schema

// CreateOn is Create with other files under the encryption, and another schema.
func CreateOn(ctx context.Context, folder *lock.Folder, keys *Keys, base vfs.VFS, schema []string) (*Store, error) {
	return opener{base: base, schema: schema}.create(ctx, folder, keys, nil)
}

// OpenOn is Open with other files under the encryption, and another schema.
func OpenOn(ctx context.Context, folder *lock.Folder, keys *Keys, base vfs.VFS, schema []string) (*Store, error) {
	return opener{base: base, schema: schema}.open(ctx, folder, keys)
}

// Exec runs any SQL.
func (u *Update) Exec(sql string, args ...any) error { return u.run(sql, nil, args...) }

// Number returns what a statement says that gives one number.
func (u *Update) Number(sql string) (int64, error) { return u.s.number(sql) }

// Abandon lets go of the files as a process that is killed does: nothing is written
// from the log to the database.
func (s *Store) Abandon() error {
	if _, err := s.conn.Config(noCheckpoint, true); err != nil {
		return err
	}
	err := s.disconnect()
	s.err = ErrClosed
	return err
}

const noCheckpoint = sqlite3.DBCONFIG_NO_CKPT_ON_CLOSE

// SecretsOf returns the keys of a store themselves.
func (s *Store) SecretsOf() (database, rows []byte) {
	return s.keys.database.Bytes(), s.keys.rows.Bytes()
}

// ExportAt is Export at a cost for tests.
func (s *Store) ExportAt(ctx context.Context, w io.Writer, passphrase string, workFactor int, e Export) error {
	recipient, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return err
	}
	recipient.SetWorkFactor(workFactor)
	return s.export(ctx, w, recipient, e)
}

// OpenPlain opens what is in an export.
func OpenPlain(plain io.Reader) (*Import, error) { return openPlain(plain) }

// Index gives all messages their place in the index now.
func (u *Update) Index() error { return u.index(rebuildBatch) }

// MaxOvertaken is how many writers go before a reader.
const MaxOvertaken = maxOvertaken

// Waiting is how many wait for a turn.
func (s *Store) Waiting() int {
	s.turn.mu.Lock()
	defer s.turn.mu.Unlock()
	return len(s.turn.urgent) + len(s.turn.others)
}

// SearchInShortTurns has each part of a search take a turn of its own.
func SearchInShortTurns(t *testing.T) {
	t.Helper()
	before := searchTurn
	searchTurn = 0
	t.Cleanup(func() { searchTurn = before })
}
