// Package safety makes safety numbers, by which two people find out that nobody
// is between them: each program shows the same number if, and only if, each has
// the other's identity key (docs/protocol.md, "Safety numbers").
//
// [New] makes the number of two identities. Show [Number.String], which is 60
// digits, or [Number.Words], which is 16 words, to be read to each other over a
// way on which one knows the other's voice or face; give [Number.Match] what was
// typed. Or show [Number.Code] as a QR code and give Match what the other side's
// camera, or this one's, has read.
//
// # What forging costs
//
// Somebody between two people has each of them take a key of his for the other's,
// and wants the two to read out the same number all the same. The number has one
// half for each identity, so each of his keys needs the very half of the key that
// it stands for, which he did not choose: two searches for a second preimage, of
// 2^99 keys for the 30 digits of a half or 2^88 for its 8 words, and 5200 hashes
// for every key. That is 2^112 or 2^100 hashes.
//
// One hash over both keys, as long as the two halves, would let him choose on both
// sides and wait for two of his keys to agree by their birthdays. That costs the
// square root: no less for all 60 digits, but whoever compares the first half only
// would have the strength of a quarter. Here a half that was compared counts in full.
// Halves also stay: one's own is the same in the numbers of all contacts.
//
// The package is pure: no I/O, no clock, no goroutines. Everything in it may be
// used concurrently.
package safety

import (
	"bytes"
	"crypto/ed25519"
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
	"strings"
)

var (
	// ErrKey means that an identity key is not of 32 bytes.
	ErrKey = errors.New("malformed identity key")
	// ErrOwnKey means that a number was asked for of one identity with itself.
	ErrOwnKey = errors.New("a safety number needs two identities")
	// ErrMalformed means that something is no safety number, so that nothing
	// can be said about whether it matches.
	ErrMalformed = errors.New("malformed safety number")
	// ErrNewer means that a code was made by a newer version of the program.
	ErrNewer = errors.New("safety number made by a newer version")
	// ErrOwnCode means that a code is the one that this side shows.
	ErrOwnCode = errors.New("this is the own code, not that of the other side")
)

// Number is the safety number of two identities. The zero Number is none: it
// has no text, matches nothing and equals nothing.
type Number struct {
	local, remote fingerprint
}

// New returns the safety number of two identities, given by their Ed25519 keys of
// 32 bytes. The remote side gets an equal one by exchanging them. It hashes for about
// two milliseconds. The error matches ErrKey or ErrOwnKey.
//
// New takes any 32 bytes. The keys must have been checked as those of a contact link
// are (contactlink.IdentityKey): with others everybody may be able to sign, or one
// person to pass for several.
func New(local, remote ed25519.PublicKey) (Number, error) {
	for _, key := range []ed25519.PublicKey{local, remote} {
		if len(key) != ed25519.PublicKeySize {
			return Number{}, fmt.Errorf("%w: %d bytes, want %d", ErrKey, len(key), ed25519.PublicKeySize)
		}
	}
	if subtle.ConstantTimeCompare(local, remote) == 1 {
		return Number{}, ErrOwnKey
	}
	return Number{newFingerprint(local), newFingerprint(remote)}, nil
}

// IsZero reports whether n is the zero Number.
func (n Number) IsZero() bool { return n == Number{} }

// halves returns the two fingerprints in an order that both sides agree on.
func (n Number) halves() [2]fingerprint {
	if bytes.Compare(n.local[:], n.remote[:]) < 0 {
		return [2]fingerprint{n.local, n.remote}
	}
	return [2]fingerprint{n.remote, n.local}
}

// String returns the 60 digits in 12 groups of five with spaces between. It is
// for the two people only: who has it can tell who talks with whom.
func (n Number) String() string {
	if n.IsZero() {
		return ""
	}
	var groups []string
	for _, f := range n.halves() {
		groups = append(groups, f.digits()...)
	}
	return strings.Join(groups, " ")
}

// Words returns 16 words that say the same as the digits, more briefly, or nil
// for the zero Number.
func (n Number) Words() []string {
	if n.IsZero() {
		return nil
	}
	var words []string
	for _, f := range n.halves() {
		words = append(words, f.words()...)
	}
	return words
}

// Equal reports in constant time whether n and other are the safety number of the
// same two identities, whichever of them is the local one.
func (n Number) Equal(other Number) bool {
	if n.IsZero() || other.IsZero() {
		return false
	}
	a, b := n.halves(), other.halves()
	return subtle.ConstantTimeCompare(a[0][:], b[0][:])&subtle.ConstantTimeCompare(a[1][:], b[1][:]) == 1
}

// LogValue keeps the number out of logs.
func (n Number) LogValue() slog.Value { return slog.StringValue("safety number") }
