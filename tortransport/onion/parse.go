package onion

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
)

var (
	// ErrMalformed means that something is no onion address at all: wrong length,
	// characters that are not base32, or no possible public key.
	ErrMalformed = errors.New("malformed onion address")

	// ErrChecksum means that an address was mistyped or damaged.
	ErrChecksum = errors.New("wrong checksum in onion address")

	// ErrVersion means that an address is of another version than 3. Version 2
	// addresses, of 16 characters, have not been served by Tor since 2021.
	ErrVersion = errors.New("unsupported onion address version")
)

// Parse reads an address with or without the final ".onion", in upper or lower
// case. Nothing else is allowed for: no white space, port, subdomain or final
// dot.
//
// The error matches [ErrMalformed], [ErrVersion] or [ErrChecksum].
func Parse(s string) (Address, error) {
	if len(s) > idSize+len(suffix) {
		return Address{}, reject(ErrMalformed, s, fmt.Sprintf("%d bytes are too long", len(s)))
	}
	// Only ASCII is folded: Unicode has further letters whose lower case is in
	// the alphabet.
	lower := []byte(s)
	for i, c := range lower {
		if 'A' <= c && c <= 'Z' {
			lower[i] = c + 'a' - 'A'
		}
	}
	id := bytes.TrimSuffix(lower, []byte(suffix))

	// The decoder of the standard library skips line breaks, so its verdict
	// would let one address have many forms.
	for _, c := range id {
		if bytes.IndexByte([]byte(alphabet), c) < 0 {
			return Address{}, reject(ErrMalformed, string(id), fmt.Sprintf("character %q is not base32", c))
		}
	}
	switch len(id) {
	case idSize:
	case idSizeV2:
		return Address{}, reject(ErrVersion, string(id), "version 2 addresses work no longer, ask for the version 3 address of 56 characters")
	default:
		return Address{}, reject(ErrMalformed, string(id), fmt.Sprintf("%d characters, want %d", len(id), idSize))
	}

	var raw [rawSize]byte
	if _, err := encoding.Decode(raw[:], id); err != nil {
		return Address{}, reject(ErrMalformed, string(id), err.Error())
	}
	return fromRaw(raw)
}

// fromRaw checks the decoded form of an address. The version comes first: what
// the bytes before it mean is for the version to say.
func fromRaw(raw [rawSize]byte) (Address, error) {
	if v := raw[rawSize-1]; v != version {
		return Address{}, reject(ErrVersion, encoding.EncodeToString(raw[:]), fmt.Sprintf("version %d, want %d", v, version))
	}
	a, err := FromPublicKey(raw[:ed25519.PublicKeySize])
	if err != nil {
		return Address{}, err
	}
	if a.raw() != raw {
		return Address{}, reject(ErrChecksum, encoding.EncodeToString(raw[:]), "mistyped or damaged")
	}
	return a, nil
}

// reject returns an error of the given kind about s, which is not quoted in full:
// it may be somebody's address with one wrong character.
func reject(kind error, s, reason string) error {
	if len(s) < idSizeV2 {
		return fmt.Errorf("%w: %s", kind, reason)
	}
	return fmt.Errorf("%w: %q: %s", kind, abridge(s), reason)
}

// abridge leaves out the middle of s, of 16 bytes or more.
func abridge(s string) string {
	return s[:4] + "…" + s[len(s)-4:]
}
