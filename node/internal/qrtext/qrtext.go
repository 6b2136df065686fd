// Package qrtext writes bytes as a line of text that people copy and cameras
// read: a scheme, a colon, and RFC 4648 base32 without padding, whose first byte
// is a version (docs/protocol.md, "Contact links" and "Safety numbers").
//
// Written in lower case for people, and in upper case for QR codes, whose
// alphanumeric mode has no lower case and needs a third less room than bytes.
// Text in mixed case is refused: every content has these two spellings only, so
// whoever compares or stores texts need not know how to read them.
package qrtext

import (
	"encoding/base32"
	"errors"
	"fmt"
	"strings"
)

var (
	// ErrNewer means that a text is of the format, in a later version of it.
	ErrNewer = errors.New("text of a newer version")

	errCharacter = errors.New("a character is not base32, or in another case than the rest")
)

// spelling is base32 in one case.
type spelling struct {
	*base32.Encoding
	alphabet string
}

var (
	lower = newSpelling("abcdefghijklmnopqrstuvwxyz234567")
	upper = newSpelling("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
)

func newSpelling(alphabet string) spelling {
	return spelling{base32.NewEncoding(alphabet).WithPadding(base32.NoPadding), alphabet}
}

// Format is one kind of text. Its methods are pure, and may be called
// concurrently.
type Format struct {
	// Scheme stands before the colon, in lower case.
	Scheme string
	// Version is what Encode writes and the only one that Decode reads.
	Version byte
	// MaxSize bounds the content in bytes, without the version.
	MaxSize int
}

// Encode returns the text for a content, in lower case.
func (f Format) Encode(content []byte) string {
	raw := append([]byte{f.Version}, content...)
	return f.Scheme + ":" + lower.EncodeToString(raw)
}

// Upper returns the spelling for QR codes of what Encode has returned.
func Upper(text string) string { return strings.ToUpper(text) }

// Matches reports whether s begins with the scheme and a colon, in whatever case.
func (f Format) Matches(s string) bool {
	scheme, _, found := strings.Cut(s, ":")
	return found && strings.EqualFold(scheme, f.Scheme)
}

// Decode returns the content of a text. The error matches ErrNewer, or says why
// the text is not one of the format, spelt as by Encode or Upper, and does not
// repeat it.
func (f Format) Decode(s string) ([]byte, error) {
	scheme, body, _ := strings.Cut(s, ":")
	in := lower
	switch {
	case !f.Matches(s):
		return nil, fmt.Errorf("it begins with %s: and this does not", f.Scheme)
	case scheme == f.Scheme:
	case scheme == strings.ToUpper(f.Scheme):
		in = upper
	default:
		return nil, errors.New("upper and lower case are mixed")
	}
	// The version first: what comes behind it is for that version to say.
	if err := f.checkVersion(body, in.alphabet); err != nil {
		return nil, err
	}
	if len(body) > in.EncodedLen(1+f.MaxSize) {
		return nil, errors.New("it is too long")
	}
	// The decoder of the standard library skips line breaks.
	for i := range len(body) {
		if strings.IndexByte(in.alphabet, body[i]) < 0 {
			return nil, errCharacter
		}
	}
	raw, err := in.DecodeString(body)
	// The decoder ignores bits to spare in the last character, and some lengths
	// that no content has.
	if err != nil || in.EncodeToString(raw) != body {
		return nil, errors.New("it does not end where it should")
	}
	return raw[1:], nil
}

// checkVersion looks at the first byte, which the first two characters hold.
func (f Format) checkVersion(body, alphabet string) error {
	if len(body) < 2 {
		return errors.New("it is too short")
	}
	high, low := strings.IndexByte(alphabet, body[0]), strings.IndexByte(alphabet, body[1])
	if high < 0 || low < 0 {
		return errCharacter
	}
	switch version := high<<3 | low>>2; {
	case version > int(f.Version):
		return ErrNewer
	case version < int(f.Version):
		return errors.New("there is no such version")
	}
	return nil
}
