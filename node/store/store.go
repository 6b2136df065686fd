package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/ncruces/go-sqlite3"

	"github.com/onionwire/onionwire/node/internal/redact"
)

// Keys open a store. Both are 32 bytes, independent of each other; package vault
// keeps them.
type Keys struct {
	redact.Redacted
	database, rows *redact.Secret
}

// NewKeys makes keys of the key of the database and the key of sealed columns,
// which it copies.
func NewKeys(database, rows []byte) (*Keys, error) {
	if len(database) != redact.Size || len(rows) != redact.Size {
		return nil, fmt.Errorf("store: keys have %d and %d bytes, want %d", len(database), len(rows), redact.Size)
	}
	d := redact.Take(append([]byte(nil), database...))
	r := redact.Take(append([]byte(nil), rows...))
	return &Keys{database: &d, rows: &r}, nil
}

// Wipe clears the keys. A store that was opened with them has its own.
func (k *Keys) Wipe() {
	k.database.Wipe()
	k.rows.Wipe()
}

// clone returns keys that live as long as a store.
func (k *Keys) clone() *Keys {
	d, r := *k.database, *k.rows
	return &Keys{database: &d, rows: &r}
}

// Store is an open database.
type Store struct {
	redact.Redacted

	// turn is whose the connection is, and all that follows.
	turn turn

	conn       *sqlite3.Conn
	statements map[string]*sqlite3.Stmt
	sealer     sealer
	keys       *Keys
	uncleared  bool // whether something was deleted since the files were cleared
	unlisting  int  // how many messages a step of CompactStep takes out of the index
	unindexed  int  // about how many messages wait for their place in the index: failed transactions do not correct it
	unregister func()
	err        error // why nothing can be done any more: ErrClosed, ErrDisk, ErrFull
}

// take waits for the connection. It fails with the error that ended the store, or
// that of ctx.
func (s *Store) take(ctx context.Context, urgent bool) error {
	if err := s.turn.take(ctx, urgent); err != nil {
		return err
	}
	if s.err != nil {
		s.turn.give()
		return s.err
	}
	if err := context.Cause(ctx); err != nil {
		s.turn.give()
		return err
	}
	return nil
}

// explain names an error, and ends the store if nobody can know any more what is
// on the disk.
func (s *Store) explain(ctx context.Context, err error) error {
	err = explain(ctx, err)
	for _, kind := range []error{ErrDisk, ErrFull} {
		if errors.Is(err, kind) && s.err == nil {
			s.err = fmt.Errorf("%w: the database must be opened again", kind)
		}
	}
	return err
}

// Close waits for the transaction that is running, writes the log into the database
// and closes it. Closing twice is harmless. If it fails, or the disk has failed
// before, the log is left, and nothing that was acknowledged is lost.
func (s *Store) Close() error {
	_ = s.turn.take(context.Background(), true) // which does not end
	defer s.turn.give()
	if s.conn == nil {
		return nil
	}
	failed := s.err
	err := s.disconnect()
	s.err = ErrClosed
	if failed != nil {
		return failed
	}
	return explain(context.Background(), err)
}

// disconnect closes the connection and forgets the keys.
func (s *Store) disconnect() error {
	for _, stmt := range s.statements {
		_ = stmt.Close() // reports the error of its last use, if anything
	}
	s.statements = nil
	if s.err != nil {
		// What SQLite has in memory of the log may not be what is in it. It is read
		// anew, with its checksums, when the database is opened again.
		_, _ = s.conn.Config(sqlite3.DBCONFIG_NO_CKPT_ON_CLOSE, true)
	}
	err := s.conn.Close()
	s.conn = nil
	s.unregister()
	s.keys.Wipe()
	return err
}
