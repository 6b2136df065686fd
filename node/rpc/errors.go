package rpc

import (
	"errors"

	"github.com/onionwire/onionwire/node/internal/durable"
)

// What a node can answer that a program can do something about. They have codes of
// their own (docs/rpc.md, "Errors"); what matches none of them is internal.
var (
	// ErrNotFound means that there is no such contact, conversation, message, file
	// or invite.
	ErrNotFound = errors.New("not found")
	// ErrState means that it is too late, or too early: the message has left, the
	// request was answered, the transfer is over.
	ErrState = errors.New("not possible in this state")
	// ErrInvalid means that an argument is not what it should be.
	ErrInvalid = errors.New("invalid argument")
	// ErrLimit means that there are too many already.
	ErrLimit = errors.New("limit reached")
	// ErrUnavailable means that Tor is not there.
	ErrUnavailable = errors.New("tor is not available")
	// ErrFull means that the disk is full.
	ErrFull = durable.ErrFull
	// ErrReadOnly means that the disk cannot be written to.
	ErrReadOnly = durable.ErrReadOnly
	// ErrCursor means that events after a cursor are not kept any more, or that it
	// is of another profile.
	ErrCursor = errors.New("events after the cursor are not kept any more")
	// ErrClosed means that the node is closed, or about to be.
	ErrClosed = errors.New("node is closed")
)
