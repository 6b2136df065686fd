package onion

import (
	"crypto/ed25519"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// redacted is all that a Key prints.
const redacted = "onion.Key(redacted)"

// Key is the private key of an onion service. Compare keys with [Key.Equal]; a
// Key may be copied and used concurrently.
//
// The zero Key is no key: its Address is the zero Address, and the methods that
// would hand out secret bytes panic, because a service under a key that everybody
// knows is worse than none.
type Key struct {
	// A function that returns the key, nil for the zero Key. Package fmt prints an
	// unexported field of somebody's struct by reflection, past the methods of its
	// type, and follows pointers if the verb is a wrong one. It cannot look into a
	// function, and neither can other programs that print any value.
	private func() ed25519.PrivateKey
}

// GenerateKey returns a new random key.
func GenerateKey() (Key, error) {
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return Key{}, fmt.Errorf("generate onion key: %w", err)
	}
	return newKey(private), nil
}

// KeyFromSeed returns the key with the given seed, the 32 random bytes of RFC 8032
// section 5.1.5. A seed of another length or of zeros only is an error.
func KeyFromSeed(seed []byte) (Key, error) {
	if len(seed) != ed25519.SeedSize {
		return Key{}, fmt.Errorf("onion key seed of %d bytes, want %d", len(seed), ed25519.SeedSize)
	}
	if subtle.ConstantTimeCompare(seed, make([]byte, ed25519.SeedSize)) == 1 {
		return Key{}, errors.New("onion key seed is all zeros")
	}
	return newKey(ed25519.NewKeyFromSeed(seed)), nil
}

// newKey takes possession of private.
func newKey(private ed25519.PrivateKey) Key {
	return Key{private: func() ed25519.PrivateKey { return private }}
}

// Address returns the address of the service that runs under k.
func (k Key) Address() Address {
	if k.IsZero() {
		return Address{}
	}
	return Address{key: [ed25519.PublicKeySize]byte(k.private().Public().(ed25519.PublicKey))}
}

// Seed returns a copy of the seed, which is the whole secret. It panics on the
// zero Key.
func (k Key) Seed() []byte {
	if k.IsZero() {
		panic("onion: secret of the zero Key")
	}
	return k.private().Seed()
}

// Expanded returns the form in which Tor takes and stores the key: scalar and
// hash prefix, the SHA-512 of the seed with the scalar clamped (RFC 8032 section
// 5.1.5). It panics on the zero Key.
func (k Key) Expanded() [64]byte {
	h := sha512.Sum512(k.Seed())
	h[0] &= 248
	h[31] &= 127
	h[31] |= 64
	return h
}

// ControlString returns the key as the ADD_ONION command of Tor's control
// protocol takes it: "ED25519-V3:" and the expanded form in base64. It is as
// secret as the key. It panics on the zero Key.
func (k Key) ControlString() string {
	h := k.Expanded()
	return "ED25519-V3:" + base64.StdEncoding.EncodeToString(h[:])
}

// Equal reports whether k and other are the same key, in constant time. It
// compares the secrets, so that a zero Key equals only another one.
func (k Key) Equal(other Key) bool {
	if k.IsZero() || other.IsZero() {
		return k.IsZero() && other.IsZero()
	}
	return k.private().Equal(other.private())
}

// IsZero reports whether k is the zero Key.
func (k Key) IsZero() bool { return k.private == nil }

// String returns a placeholder. Format, MarshalText and LogValue return the same
// to package fmt, to encoders such as JSON and to log/slog.
func (k Key) String() string { return redacted }

// Format prints the placeholder, whatever the verb.
func (k Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// MarshalText returns the placeholder. There is no way back: [SaveKey] is how a
// key is stored.
func (k Key) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue returns the placeholder.
func (k Key) LogValue() slog.Value { return slog.StringValue(redacted) }
