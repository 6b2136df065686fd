// Package redact keeps secrets out of whatever prints values: [Redacted] is
// embedded in types that hold them, [Secret] is a key, and [Path] takes the paths
// out of errors.
package redact

import (
	"fmt"
	"io"
	"log/slog"
)

// Text is what every redacted value prints as.
const Text = "[redacted]"

// Redacted is embedded in every type that holds secrets or says who talks to
// whom. fmt consults Format before anything else and for every verb;
// encoding/json and others use MarshalText, log/slog uses LogValue.
//
// Two misuses get past it, because fmt then prints the fields and asks nobody:
// %p with something that is not a pointer, and %w with something that is not an
// error. go vet refuses both where it sees the type. What is behind a pointer in
// an embedding struct is safe even then: it prints as an address.
type Redacted struct{}

// Format prints Text whatever the verb.
func (Redacted) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, Text) }

// MarshalText returns Text.
func (Redacted) MarshalText() ([]byte, error) { return []byte(Text), nil }

// LogValue returns Text.
func (Redacted) LogValue() slog.Value { return slog.StringValue(Text) }
