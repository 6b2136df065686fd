package token

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/onionwire/onionwire/node/ledger"
)

// MaxNote bounds a note, in bytes.
const MaxNote = 256

var (
	// ErrUnknown means that there is no such token, or none any more.
	ErrUnknown = errors.New("unknown token")
	// ErrRecord means that a token cannot be made as it was asked for.
	ErrRecord = errors.New("invalid token")
)

// Record is what is kept of a token.
type Record struct {
	ID    ID                `json:"id"`
	Hash  [sha256.Size]byte `json:"hash"`
	Scope Scope             `json:"scopes"`
	// Conversation is the only one that the token allows anything in, or 0.
	Conversation ledger.ConversationID `json:"conversation,omitempty"`
	// Expires is when it ends, or zero for never.
	Expires time.Time `json:"expires,omitzero"`
	Note    string    `json:"note,omitempty"` // for people
	Added   time.Time `json:"added"`
}

// Check returns ErrRecord, with a reason, unless there can be such a token.
func (r Record) Check() error {
	switch {
	case r.Scope.Check() != nil:
		return fmt.Errorf("%w: %w", ErrRecord, ErrScope)
	case r.Conversation < 0:
		return fmt.Errorf("%w: no such conversation", ErrRecord)
	case r.Conversation != 0 && r.Scope == Full:
		return fmt.Errorf("%w: a token for one conversation cannot have all rights", ErrRecord)
	case len(r.Note) > MaxNote || !utf8.ValidString(r.Note):
		return fmt.Errorf("%w: a note has %d bytes of UTF-8 at most", ErrRecord, MaxNote)
	}
	return nil
}

// Ended reports whether the token's time is over.
func (r Record) Ended(now time.Time) bool { return !r.Expires.IsZero() && !now.Before(r.Expires) }

// Is reports whether r is kept of s, in constant time.
func (r Record) Is(s Secret) bool {
	hash := s.Hash()
	return subtle.ConstantTimeCompare(r.Hash[:], hash[:]) == 1
}

// Store keeps records. Its methods may be called concurrently.
type Store interface {
	// Get returns the record of a token, or fails with ErrUnknown.
	Get(ctx context.Context, id ID) (Record, error)
	// Put adds a record. It is kept when Put returns.
	Put(ctx context.Context, r Record) error
	// Delete removes one, or fails with ErrUnknown. It is gone for good when Delete
	// returns.
	Delete(ctx context.Context, id ID) error
	// List returns all, in any order.
	List(ctx context.Context) ([]Record, error)
}
