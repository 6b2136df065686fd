package rpc

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"strconv"
	"time"

	"github.com/onionwire/onionwire/node/internal/redact"
)

// Time is a time of day that travels as RFC 3339 in UTC with milliseconds, such as
// "2026-03-01T12:00:00.000Z". The zero Time means none, and is left out.
type Time struct{ time.Time }

const timeFormat = "2006-01-02T15:04:05.000Z"

// TimeOf returns t in UTC, cut to milliseconds.
func TimeOf(t time.Time) Time {
	if t.IsZero() {
		return Time{}
	}
	return Time{t.UTC().Truncate(time.Millisecond)}
}

// MarshalJSON writes the zero Time as null. It fails outside of the years 0 to 9999.
func (t Time) MarshalJSON() ([]byte, error) {
	if t.IsZero() {
		return []byte("null"), nil
	}
	u := t.UTC()
	if y := u.Year(); y < 0 || y > 9999 {
		return nil, errors.New("a time outside of the years 0 to 9999")
	}
	return []byte(u.Format(`"` + timeFormat + `"`)), nil
}

// UnmarshalJSON takes RFC 3339 with any offset.
func (t *Time) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*t = Time{}
		return nil
	}
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return errors.New("a time is a string as in RFC 3339")
	}
	parsed, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return errors.New("a time is a string as in RFC 3339")
	}
	*t = TimeOf(parsed)
	return nil
}

// Duration travels as a number of seconds, with milliseconds as its fraction.
type Duration time.Duration

// Seconds returns a duration of whole seconds.
func Seconds(n uint32) Duration { return Duration(time.Duration(n) * time.Second) }

// MarshalJSON writes seconds.
func (d Duration) MarshalJSON() ([]byte, error) {
	ms := time.Duration(d).Milliseconds()
	return strconv.AppendFloat(nil, float64(ms)/1000, 'f', -1, 64), nil
}

// UnmarshalJSON takes seconds, of a hundred years at most.
func (d *Duration) UnmarshalJSON(b []byte) error {
	const most = 100 * 366 * 24 * 60 * 60
	var seconds float64
	if err := json.Unmarshal(b, &seconds); err != nil || string(b) == "null" {
		return errors.New("a duration is a number of seconds")
	}
	if math.Abs(seconds) > most {
		return errors.New("a duration is a number of seconds, of a hundred years at most")
	}
	*d = Duration(time.Duration(math.Round(seconds*1000)) * time.Millisecond)
	return nil
}

// String writes the duration as Go does.
func (d Duration) String() string { return time.Duration(d).String() }

// MessageID is a [ledger.MessageID] that travels as 32 hexadecimal digits.
type MessageID [16]byte

// MarshalText writes hexadecimal digits in lower case.
func (id MessageID) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, id[:]), nil }

// UnmarshalText takes them in either case.
func (id *MessageID) UnmarshalText(b []byte) error { return fromHex(id[:], b) }

// InviteToken is the secret of an invite, and travels as 32 hexadecimal digits.
type InviteToken [16]byte

// MarshalText writes hexadecimal digits in lower case.
func (t InviteToken) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, t[:]), nil }

// UnmarshalText takes them in either case.
func (t *InviteToken) UnmarshalText(b []byte) error { return fromHex(t[:], b) }

// Format hides the token, whatever the verb.
func (InviteToken) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, redact.Text) }

// LogValue hides the token.
func (InviteToken) LogValue() slog.Value { return slog.StringValue(redact.Text) }

// Hash is a SHA-256, and travels as 64 hexadecimal digits.
type Hash [32]byte

// MarshalText writes hexadecimal digits in lower case.
func (h Hash) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h[:]), nil }

// UnmarshalText takes them in either case.
func (h *Hash) UnmarshalText(b []byte) error { return fromHex(h[:], b) }

func fromHex(to, text []byte) error {
	if len(text) != hex.EncodedLen(len(to)) {
		return fmt.Errorf("there must be %d hexadecimal digits", hex.EncodedLen(len(to)))
	}
	if _, err := hex.Decode(to, text); err != nil {
		return fmt.Errorf("there must be %d hexadecimal digits", hex.EncodedLen(len(to)))
	}
	return nil
}
