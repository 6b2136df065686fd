package onion

import (
	"crypto/ecdh"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// ErrClientKey means that something is no key for client authorisation: wrong
// length, characters that are not base32, another kind of key, or a key that
// everybody could guess.
var ErrClientKey = errors.New("malformed client authorisation key")

const (
	// redactedClient is all that a ClientKey prints.
	redactedClient = "onion.ClientKey(redacted)"

	clientKeySize = 32 // of either half, in bytes
	// clientKeyText is the length of the base32 form.
	clientKeyText = (clientKeySize*8 + 4) / 5

	// keyKind stands before the key in Tor's files (rend-spec, appendix G).
	keyKind = "descriptor:x25519:"
)

const clientAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

// clientEncoding is the base32 of Tor's documents and tools for these keys, in
// upper case.
var clientEncoding = base32.NewEncoding(clientAlphabet).WithPadding(base32.NoPadding)

// ClientKey is the private key with which a client finds an onion service that
// only certain clients may use: x25519, as rend-spec describes it under "client
// authorization". It is a secret of the client; the service is given its
// [ClientKey.Public]. Use one key per service, or services can tell that two of
// their clients are the same.
//
// A ClientKey may be copied and used concurrently, and prints as a placeholder
// wherever it is printed. The methods of the zero ClientKey that would hand out
// secret bytes panic.
type ClientKey struct {
	private func() *ecdh.PrivateKey // a function for the reason given at Key
}

// GenerateClientKey returns a new random key.
func GenerateClientKey() (ClientKey, error) {
	private, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		return ClientKey{}, fmt.Errorf("generate client authorisation key: %w", err)
	}
	return newClientKey(private), nil
}

// newClientKey takes possession of private.
func newClientKey(private *ecdh.PrivateKey) ClientKey {
	return ClientKey{private: func() *ecdh.PrivateKey { return private }}
}

// ParseClientKey reads the 52 characters of base32 that [ClientKey.Secret]
// returns, in upper or lower case and without padding, as Tor Browser takes them.
// The error matches [ErrClientKey] and does not quote s.
func ParseClientKey(s string) (ClientKey, error) {
	raw, err := decodeClientKey(s)
	if err != nil {
		return ClientKey{}, err
	}
	private, err := ecdh.X25519().NewPrivateKey(raw)
	if err != nil {
		return ClientKey{}, fmt.Errorf("%w: %w", ErrClientKey, err)
	}
	return newClientKey(private), nil
}

// ParseClientCredential reads a line "ADDRESS:descriptor:x25519:KEY", which is
// what a file "*.auth_private" in the ClientOnionAuthDir of a tor holds. White
// space around the line is ignored. The error matches [ErrClientKey] or is one of
// [Parse], and does not quote the line.
func ParseClientCredential(line string) (Address, ClientKey, error) {
	id, key, ok := strings.Cut(strings.TrimSpace(line), ":")
	if !ok {
		return Address{}, ClientKey{}, fmt.Errorf("%w: want ADDRESS:%sKEY", ErrClientKey, keyKind)
	}
	a, err := Parse(id)
	if err != nil {
		return Address{}, ClientKey{}, err
	}
	text, ok := strings.CutPrefix(key, keyKind)
	if !ok {
		return Address{}, ClientKey{}, fmt.Errorf("%w: want ADDRESS:%sKEY", ErrClientKey, keyKind)
	}
	k, err := ParseClientKey(text)
	if err != nil {
		return Address{}, ClientKey{}, err
	}
	return a, k, nil
}

// Public returns the half of the key that the service is given, or the zero
// ClientPublicKey for the zero ClientKey.
func (k ClientKey) Public() ClientPublicKey {
	if k.IsZero() {
		return ClientPublicKey{}
	}
	return ClientPublicKey{key: [clientKeySize]byte(k.private().PublicKey().Bytes())}
}

// Secret returns the key in base32, which is the whole secret: the form in which
// Tor Browser asks for it. It panics on the zero ClientKey.
func (k ClientKey) Secret() string { return clientEncoding.EncodeToString(k.bytes()) }

// Credential returns the line for a file "*.auth_private" in the
// ClientOnionAuthDir of a tor: see [ParseClientCredential]. It is as secret as
// the key. It panics on the zero ClientKey.
func (k ClientKey) Credential(a Address) string { return a.ServiceID() + ":" + keyKind + k.Secret() }

// ControlString returns the key as the ONION_CLIENT_AUTH_ADD command of Tor's
// control protocol takes it: "x25519:" and the key in base64. It is as secret as
// the key. It panics on the zero ClientKey.
func (k ClientKey) ControlString() string {
	return "x25519:" + base64.StdEncoding.EncodeToString(k.bytes())
}

func (k ClientKey) bytes() []byte {
	if k.IsZero() {
		panic("onion: secret of the zero ClientKey")
	}
	return k.private().Bytes()
}

// Equal reports whether k and other are the same key, in constant time.
func (k ClientKey) Equal(other ClientKey) bool {
	if k.IsZero() || other.IsZero() {
		return k.IsZero() && other.IsZero()
	}
	return k.private().Equal(other.private())
}

// IsZero reports whether k is the zero ClientKey.
func (k ClientKey) IsZero() bool { return k.private == nil }

// String returns a placeholder. Format, MarshalText and LogValue return the same
// to package fmt, to encoders such as JSON and to log/slog.
func (k ClientKey) String() string { return redactedClient }

// Format prints the placeholder, whatever the verb.
func (k ClientKey) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redactedClient) }

// MarshalText returns the placeholder. There is no way back: see
// [ClientKey.Secret].
func (k ClientKey) MarshalText() ([]byte, error) { return []byte(redactedClient), nil }

// LogValue returns the placeholder.
func (k ClientKey) LogValue() slog.Value { return slog.StringValue(redactedClient) }

// decodeClientKey reads the base32 form of either half, of which there is only one
// but for upper and lower case.
func decodeClientKey(s string) ([]byte, error) {
	if len(s) != clientKeyText {
		return nil, fmt.Errorf("%w: %d characters, want %d", ErrClientKey, len(s), clientKeyText)
	}
	// Only ASCII is folded, and the decoder would skip line breaks: see Parse.
	upper := []byte(s)
	for i, c := range upper {
		if 'a' <= c && c <= 'z' {
			upper[i] = c + 'A' - 'a'
		}
		if strings.IndexByte(clientAlphabet, upper[i]) < 0 {
			return nil, fmt.Errorf("%w: not base32", ErrClientKey)
		}
	}
	raw, err := clientEncoding.DecodeString(string(upper))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrClientKey, err)
	}
	// The last character has four bits to spare, which the decoder ignores.
	if clientEncoding.EncodeToString(raw) != string(upper) {
		return nil, fmt.Errorf("%w: mistyped or damaged", ErrClientKey)
	}
	if subtle.ConstantTimeCompare(raw, make([]byte, clientKeySize)) == 1 {
		return nil, fmt.Errorf("%w: all zeros", ErrClientKey)
	}
	return raw, nil
}
