package onion

import (
	"crypto/ecdh"
	"fmt"
	"log/slog"
	"strings"
)

// ClientPublicKey is the half of a [ClientKey] that an onion service is given to
// let that client in. It lets nobody in by itself, but tells one client from
// another: logs get its short form. It may be compared with == and used as a map
// key.
//
// The zero ClientPublicKey is no key. It is what comes back with an error, and its
// text form is empty.
type ClientPublicKey struct {
	key [clientKeySize]byte
}

// ParseClientPublicKey reads 52 characters of base32, in upper or lower case and
// without padding, alone or behind "descriptor:x25519:", which is what a file
// "*.auth" in the folder authorized_clients of an onion service holds. White space
// around it is ignored.
//
// A key for which everybody can compute what the client alone should is refused:
// the service would be open to all. The error matches [ErrClientKey].
func ParseClientPublicKey(s string) (ClientPublicKey, error) {
	s = strings.TrimPrefix(strings.TrimSpace(s), keyKind)
	raw, err := decodeClientKey(s)
	if err != nil {
		return ClientPublicKey{}, err
	}
	if err := checkContributory(raw); err != nil {
		return ClientPublicKey{}, err
	}
	return ClientPublicKey{key: [clientKeySize]byte(raw)}, nil
}

// checkContributory refuses the points of small order, for which the shared secret
// is zero whatever the other key (RFC 7748 section 6.1).
func checkContributory(public []byte) error {
	point, err := ecdh.X25519().NewPublicKey(public)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrClientKey, err)
	}
	any32 := [clientKeySize]byte{1}
	private, err := ecdh.X25519().NewPrivateKey(any32[:])
	if err != nil {
		return fmt.Errorf("%w: %w", ErrClientKey, err)
	}
	if _, err := private.ECDH(point); err != nil {
		return fmt.Errorf("%w: a point of small order", ErrClientKey)
	}
	return nil
}

// String returns the key in base32: 52 upper-case characters.
func (p ClientPublicKey) String() string {
	if p.IsZero() {
		return ""
	}
	return clientEncoding.EncodeToString(p.key[:])
}

// AuthorizedClient returns the line for a file "*.auth" in the folder
// authorized_clients of an onion service: see [ParseClientPublicKey].
func (p ClientPublicKey) AuthorizedClient() string {
	if p.IsZero() {
		return ""
	}
	return keyKind + p.String()
}

// Short returns the key with its middle left out, for logs and errors.
func (p ClientPublicKey) Short() string {
	if p.IsZero() {
		return ""
	}
	return abridge(p.String())
}

// IsZero reports whether p is the zero ClientPublicKey.
func (p ClientPublicKey) IsZero() bool { return p == ClientPublicKey{} }

// MarshalText returns what [ClientPublicKey.String] does.
func (p ClientPublicKey) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads what [ParseClientPublicKey] does, and also the empty text,
// which stands for the zero ClientPublicKey. On an error p keeps its value.
func (p *ClientPublicKey) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*p = ClientPublicKey{}
		return nil
	}
	parsed, err := ParseClientPublicKey(string(text))
	if err != nil {
		return err
	}
	*p = parsed
	return nil
}

// LogValue returns the short form.
func (p ClientPublicKey) LogValue() slog.Value { return slog.StringValue(p.Short()) }
