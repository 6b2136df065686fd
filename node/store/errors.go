package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/ncruces/go-sqlite3"

	"github.com/onionwire/onionwire/node/internal/durable"
	"github.com/onionwire/onionwire/node/ledger"
)

var (
	// ErrKey means that the database belongs to other keys. Nothing was touched.
	ErrKey = errors.New("database belongs to other keys, or is damaged")
	// ErrDamaged means that the database is not one, or not whole.
	ErrDamaged = errors.New("database is damaged")
	// ErrNewer means that a newer version of this program wrote the database.
	ErrNewer = errors.New("database was written by a newer version")
	// ErrReadOnly means that the folder or a file cannot be written to.
	ErrReadOnly = durable.ErrReadOnly
	// ErrFull means that the disk is full, and what ErrDisk means.
	ErrFull = durable.ErrFull
	// ErrDisk means that reading, writing or flushing failed. What the transaction
	// wrote may be there or not, whole: nobody knows until the database is opened
	// again, and the store refuses everything until then.
	ErrDisk = errors.New("disk failed")
	// ErrInUse means that somebody has opened the database without the lock.
	ErrInUse = errors.New("database is in use")
	// ErrClosed means that the store is closed.
	ErrClosed = errors.New("store is closed")
	// ErrNotFound means that there is no such row.
	ErrNotFound = ledger.ErrNotFound
	// ErrExists means that there is such a row already.
	ErrExists = ledger.ErrExists
	// ErrInvalid means that a row breaks a rule of the schema.
	ErrInvalid = ledger.ErrInvalid
	// ErrSealed means that a sealed column was changed, or moved from another row.
	ErrSealed = errors.New("sealed column does not belong here")
	// ErrCursor means that events after a cursor have been dropped.
	ErrCursor = ledger.ErrCursor
)

// explain wraps an error of SQLite in one of ours, of ctx if that is why it was
// interrupted.
func explain(ctx context.Context, err error) error {
	var code sqlite3.ErrorCode
	if err == nil || !errors.As(err, &code) {
		return durable.Explain(err)
	}
	var kind error
	switch code {
	case sqlite3.INTERRUPT:
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
		return err
	case sqlite3.CONSTRAINT:
		kind = constraint(err)
	case sqlite3.FULL:
		kind = ErrFull
	case sqlite3.NOTADB, sqlite3.CORRUPT:
		kind = ErrDamaged
	case sqlite3.BUSY, sqlite3.LOCKED:
		kind = ErrInUse
	case sqlite3.READONLY, sqlite3.PERM:
		kind = ErrReadOnly
	case sqlite3.CANTOPEN, sqlite3.IOERR:
		kind = durable.Explain(errors.Unwrap(err))
		if !errors.Is(kind, ErrReadOnly) && !errors.Is(kind, ErrFull) && !errors.Is(kind, fs.ErrNotExist) {
			kind = ErrDisk
		}
	default:
		return err
	}
	return fmt.Errorf("%w: %w", kind, err)
}

// constraint tells which kind of rule a row breaks.
func constraint(err error) error {
	switch {
	case errors.Is(err, sqlite3.CONSTRAINT_UNIQUE), errors.Is(err, sqlite3.CONSTRAINT_PRIMARYKEY),
		errors.Is(err, sqlite3.CONSTRAINT_ROWID):
		return ErrExists
	case errors.Is(err, sqlite3.CONSTRAINT_FOREIGNKEY):
		return ErrNotFound // what it refers to
	}
	return ErrInvalid
}
