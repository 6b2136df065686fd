// Package onion implements version 3 onion service addresses and the keys they
// are made from: the names by which Tor services are reached. Everything but the
// three functions for key files is pure, nothing here talks to Tor.
//
// To check an address that came from outside, call [Parse] or, for a libp2p
// multiaddr, [FromMultiaddr]. Either returns an [Address], which is a comparable
// value and always well-formed; [Address.String] and [Address.Multiaddr] lead
// back. To run a service, call [LoadOrCreateKey] once at start and give Tor the
// result of [Key.ControlString].
//
// # Addresses
//
// An address is the service's Ed25519 public key with a checksum and a version,
// in base32 (rend-spec, "Encoding onion addresses"). So an address authenticates
// the service: whoever answers there holds the key. Tor checks one thing more
// when it connects, that the key is a point of prime order on the curve, and
// refuses the address otherwise; here any 32 bytes but zeros pass for a key.
//
// A contact's address is as sensitive as the fact of knowing the contact.
// [Address.String] is complete, for Tor and for the user; logs get
// [Address.Short], which log/slog takes by itself. No error of this package
// contains a whole address.
//
// # Keys
//
// A [Key] is a service's long-term secret: who has it can impersonate the
// service, and nobody can take it back. It prints as a placeholder wherever it
// is printed. It is not the libp2p identity key. Tor is given the onion key, and
// no one the identity key.
package onion

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha3"
	"encoding/base32"
	"fmt"
	"log/slog"
)

const (
	suffix  = ".onion"
	version = 3

	// rawSize is the size in bytes of public key, checksum and version, idSize
	// that of their base32 form, which comes out even and needs no padding.
	rawSize = ed25519.PublicKeySize + 2 + 1
	idSize  = rawSize * 8 / 5

	// idSizeV2 is the length of a version 2 address, to tell it from a typing
	// error.
	idSizeV2 = 16
)

const alphabet = "abcdefghijklmnopqrstuvwxyz234567"

// encoding is RFC 4648 base32 in lower case, as Tor writes it.
var encoding = base32.NewEncoding(alphabet).WithPadding(base32.NoPadding)

// Address is a version 3 onion address without a port. It may be compared with
// == and used as a map key: two addresses are equal exactly if their text forms
// are, whatever case they were read in.
//
// The zero Address is no address. It is what comes back with an error, its text
// form is empty, and no parser returns it without an error except
// [Address.UnmarshalText].
type Address struct {
	key [ed25519.PublicKeySize]byte
}

// FromPublicKey returns the address of the service with the public key pub. The
// error matches [ErrMalformed] if pub is not 32 bytes long or is all zeros.
func FromPublicKey(pub ed25519.PublicKey) (Address, error) {
	if len(pub) != ed25519.PublicKeySize {
		return Address{}, fmt.Errorf("%w: public key of %d bytes, want %d", ErrMalformed, len(pub), ed25519.PublicKeySize)
	}
	a := Address{key: [ed25519.PublicKeySize]byte(pub)}
	if a.IsZero() {
		return Address{}, fmt.Errorf("%w: public key is all zeros", ErrMalformed)
	}
	return a, nil
}

// raw returns public key, checksum and version, in the order of the text form.
func (a Address) raw() (raw [rawSize]byte) {
	const size = ed25519.PublicKeySize
	h := sha3.New256()
	h.Write([]byte(".onion checksum"))
	h.Write(a.key[:])
	h.Write([]byte{version})

	copy(raw[:], a.key[:])
	copy(raw[size:size+2], h.Sum(nil))
	raw[rawSize-1] = version
	return raw
}

// PublicKey returns a copy of the service's public key, or nil for the zero
// Address.
func (a Address) PublicKey() ed25519.PublicKey {
	if a.IsZero() {
		return nil
	}
	return bytes.Clone(a.key[:])
}

// String returns the whole address: 56 lower-case characters and ".onion".
func (a Address) String() string {
	if a.IsZero() {
		return ""
	}
	return a.ServiceID() + suffix
}

// ServiceID returns the 56 characters without ".onion", the form of Tor's control
// protocol.
func (a Address) ServiceID() string {
	if a.IsZero() {
		return ""
	}
	raw := a.raw()
	return encoding.EncodeToString(raw[:])
}

// Short returns the address with its middle left out, such as
// "pg6m…cryd.onion", for logs and errors. It does not identify a service: others
// with the same short form are made in minutes.
func (a Address) Short() string {
	if a.IsZero() {
		return ""
	}
	return abridge(a.ServiceID()) + suffix
}

// IsZero reports whether a is the zero Address.
func (a Address) IsZero() bool { return a == Address{} }

// MarshalText returns what [Address.String] does. It implements
// [encoding.TextMarshaler], and with it JSON and TOML.
func (a Address) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads what [Parse] does, and also the empty text, which stands
// for the zero Address so that a field that is not set survives a round trip.
// On an error a keeps its value.
func (a *Address) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*a = Address{}
		return nil
	}
	parsed, err := Parse(string(text))
	if err != nil {
		return err
	}
	*a = parsed
	return nil
}

// LogValue returns the short form, so that log/slog never writes a whole address.
func (a Address) LogValue() slog.Value { return slog.StringValue(a.Short()) }
