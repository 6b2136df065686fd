package redact

import "crypto/subtle"

// Size is the length of a Secret in bytes: that of every symmetric key and of
// an X25519 scalar.
const Size = 32

// Secret is a key. Its bytes sit in an unexported field of a struct, not in an
// array type, so that the embedded methods are what any printer finds. Whoever
// copies one has one more to wipe. It is not safe for concurrent use while it
// is wiped.
type Secret struct {
	Redacted
	b [Size]byte
}

// Take moves the first Size bytes of b into a Secret and clears all of b. It
// panics if there are fewer: what calls it knows the length of its key.
func Take(b []byte) (s Secret) {
	s.b = [Size]byte(b)
	clear(b)
	return s
}

// Bytes returns the key itself, not a copy: it is cleared by Wipe, and must
// not be kept.
func (s *Secret) Bytes() []byte { return s.b[:] }

// Equal compares two keys in constant time.
func (s *Secret) Equal(other *Secret) bool {
	return subtle.ConstantTimeCompare(s.b[:], other.b[:]) == 1
}

// Wipe overwrites the key with zeros. Wiping twice is harmless.
func (s *Secret) Wipe() { clear(s.b[:]) }
