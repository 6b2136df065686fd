package filecrypt

import (
	"crypto/rand"
	"fmt"
	"io"

	"github.com/onionwire/onionwire/node/internal/redact"
)

// KeySize is the length of a file key in bytes, 32.
const KeySize = redact.Size

// Key is the secret of one file, which it is made for and never shared with
// another. It is safe for concurrent use until it is wiped. The zero value is a
// wiped key.
type Key struct {
	redact.Redacted

	secret *redact.Secret // behind a pointer even from a misused fmt verb; nil when wiped
}

// NewKey makes a key from random, or from crypto/rand if that is nil. It fails
// with the error of the random source.
func NewKey(random io.Reader) (*Key, error) {
	b := make([]byte, KeySize)
	if _, err := io.ReadFull(source(random), b); err != nil {
		return nil, fmt.Errorf("filecrypt: key: %w", err)
	}
	return takeKey(b), nil
}

// ParseKey returns the key with the bytes b, which stay the caller's to clear.
// It fails with ErrMalformed unless there are KeySize, 32.
func ParseKey(b []byte) (*Key, error) {
	if len(b) != KeySize {
		return nil, fmt.Errorf("%w: key has %d bytes", ErrMalformed, len(b))
	}
	return takeKey(append([]byte(nil), b...)), nil
}

func takeKey(b []byte) *Key {
	secret := redact.Take(b)
	return &Key{secret: &secret}
}

// AppendTo appends the bytes of the key to dst, for the message that tells the
// other side. It fails with ErrClosed after Wipe.
func (k *Key) AppendTo(dst []byte) ([]byte, error) {
	if k.secret == nil {
		return nil, ErrClosed
	}
	return append(dst, k.secret.Bytes()...), nil
}

// Equal compares two keys in constant time. A wiped key equals none.
func (k *Key) Equal(other *Key) bool {
	return k.secret != nil && other.secret != nil && k.secret.Equal(other.secret)
}

// Wipe clears the key. A Cipher made of it goes on. Wiping twice is harmless.
func (k *Key) Wipe() {
	if k.secret != nil {
		k.secret.Wipe()
		k.secret = nil
	}
}

// ID names a file. It is not secret; it is what chunks of different files are
// told apart by if a key should ever serve twice.
type ID [16]byte

// NewID makes an ID from random, or from crypto/rand if that is nil. It fails
// with the error of the random source.
func NewID(random io.Reader) (id ID, err error) {
	if _, err := io.ReadFull(source(random), id[:]); err != nil {
		return ID{}, fmt.Errorf("filecrypt: file ID: %w", err)
	}
	return id, nil
}

// ParseID returns the ID with the bytes b. It fails with ErrMalformed unless there
// are 16.
func ParseID(b []byte) (ID, error) {
	if len(b) != len(ID{}) {
		return ID{}, fmt.Errorf("%w: file ID has %d bytes", ErrMalformed, len(b))
	}
	return ID(b), nil
}

func source(random io.Reader) io.Reader {
	if random == nil {
		return rand.Reader
	}
	return random
}
