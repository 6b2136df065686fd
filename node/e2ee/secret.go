package e2ee

import (
	"fmt"
	"io"
	"log/slog"
)

const redactedText = "[redacted]"

// redacted is embedded in every type that holds secrets or says who talks to
// whom. fmt consults Format before anything else and for every verb;
// encoding/json and others use MarshalText, log/slog uses LogValue.
type redacted struct{}

// Format prints a fixed word whatever the verb.
func (redacted) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, redactedText) }

// MarshalText gives a fixed word.
func (redacted) MarshalText() ([]byte, error) { return []byte(redactedText), nil }

// LogValue gives a fixed word.
func (redacted) LogValue() slog.Value { return slog.StringValue(redactedText) }

// secretSize is the length of every symmetric key and of an X25519 scalar.
const secretSize = 32

// secret is a key. Its bytes sit in an unexported field of a struct, not in an
// array type, so that the embedded methods are what any printer finds.
type secret struct {
	redacted
	b [secretSize]byte
}

// newSecret takes the key over from b and clears b.
func newSecret(b []byte) (s secret) {
	copy(s.b[:], b)
	clear(b)
	return s
}

func (s *secret) wipe() { clear(s.b[:]) }
