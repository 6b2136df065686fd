package ledger

import "errors"

// Errors of whoever keeps changes, and tells of what is kept.
var (
	// ErrNotFound means that there is no such thing, or nothing that it refers to.
	ErrNotFound = errors.New("not in the store")
	// ErrExists means that there is such a thing already.
	ErrExists = errors.New("in the store already")
	// ErrInvalid means that something can never be kept.
	ErrInvalid = errors.New("not a valid row")
	// ErrCursor means that events after a cursor have been dropped.
	ErrCursor = errors.New("events after this cursor are gone")
)
