package rpc

import (
	"errors"

	"github.com/onionwire/onionwire/node/internal/durable"
)

// What a node can answer that a program can do something about. They have codes of
// their own (docs/rpc.md, "Errors"); what matches none of them is internal.
var (
	// ErrNotFound means that there is no such contact, conversation, message, file
	// or invite, or none that the token shows.
	ErrNotFound = errors.New("not found")
	// ErrState means that it is too late, or too early: the message has left, the
	// request was answered, the transfer is over.
	ErrState = errors.New("not possible in this state")
	// ErrInvalid means that an argument is missing, too much, or not what it should be.
	ErrInvalid = errors.New("invalid argument")
	// ErrLimit means that there are too many already: connections, subscriptions, tokens,
	// messages that wait.
	ErrLimit = errors.New("limit reached")
	// ErrUnreachable means that a contact is not there, or does not answer in time.
	ErrUnreachable = errors.New("contact cannot be reached")
	// ErrUnavailable means that Tor is not there.
	ErrUnavailable = errors.New("tor is not available")
	// ErrFull means that the disk is full.
	ErrFull = durable.ErrFull
	// ErrReadOnly means that the disk cannot be written to.
	ErrReadOnly = durable.ErrReadOnly
	// ErrCursor means that events after a cursor are not kept any more, or never were:
	// it is of another profile.
	ErrCursor = errors.New("events after the cursor are not kept any more")
	// ErrPassphrase means that the passphrase of the profile is another one, or none.
	ErrPassphrase = errors.New("wrong passphrase")
	// ErrClosed means that the node is closed, or about to be.
	ErrClosed = errors.New("node is closed")
)

// What a connection can meet, in addition.
var (
	// ErrUnauthenticated means that no token was shown, or in a batch.
	ErrUnauthenticated = errors.New("no token was shown")
	// ErrToken means that a token is not, or not any more, one of this node's.
	ErrToken = errors.New("token refused")
	// ErrForbidden means that a token does not allow it.
	ErrForbidden = errors.New("the token does not allow this")
	// ErrTooLarge means that a reply would be longer than a line may be.
	ErrTooLarge = errors.New("too large for one reply")
	// ErrCancelled means that the server did not wait for the end of a request.
	ErrCancelled = errors.New("cancelled")
)
