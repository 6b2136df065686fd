package token

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"

	"github.com/onionwire/onionwire/node/internal/redact"
)

const (
	// prefix lets programs that look for secrets in the wrong places find tokens.
	prefix = "onionwire_"
	// size is that of a secret in bytes: nobody guesses it.
	size = 32
	// idSize is how much of a hash names a token: no two are the same.
	idSize = 16
)

// ErrMalformed means that something is no token. The error does not repeat it.
var ErrMalformed = errors.New("malformed token")

var encoding = base64.RawURLEncoding

// Secret is a token, for whoever has it to show. It prints as a placeholder. The zero
// Secret is none.
type Secret struct {
	redact.Redacted
	text string
}

// New makes a token that nobody else has.
func New() Secret {
	var random [size]byte
	_, _ = rand.Read(random[:]) // it never fails
	return Secret{text: prefix + encoding.EncodeToString(random[:])}
}

// Parse returns the token that text is, or fails with ErrMalformed.
func Parse(text string) (Secret, error) {
	rest, ok := strings.CutPrefix(text, prefix)
	if !ok || len(rest) != encoding.EncodedLen(size) {
		return Secret{}, ErrMalformed
	}
	// Decoders pass over ends of lines, and have bits left over at the end: a token
	// has one text.
	b, err := encoding.DecodeString(rest)
	if err != nil || encoding.EncodeToString(b) != rest {
		return Secret{}, ErrMalformed
	}
	return Secret{text: text}, nil
}

// Reveal returns the text of the token.
func (s Secret) Reveal() string { return s.text }

// Hash is what is kept of the token. It is random, so one round of a fast hash is
// enough.
func (s Secret) Hash() [sha256.Size]byte { return sha256.Sum256([]byte(s.text)) }

// ID names the token. It is no secret.
func (s Secret) ID() ID {
	hash := s.Hash()
	return ID(hex.EncodeToString(hash[:idSize]))
}

// ID is the beginning of a token's hash, in 32 hexadecimal digits.
type ID string

// Check returns ErrMalformed unless id can be one.
func (id ID) Check() error {
	b, err := hex.DecodeString(string(id))
	if err != nil || len(b) != idSize || hex.EncodeToString(b) != string(id) {
		return ErrMalformed
	}
	return nil
}
