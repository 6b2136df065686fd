package vault

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"strconv"

	"github.com/onionwire/onionwire/node/internal/redact"
)

// KeySize is the length of every key here, in bytes.
const KeySize = redact.Size

// Purpose names a key that is derived from the master secret. Any text makes a key
// of its own; these are the ones in use.
type Purpose string

const (
	// Identity is the seed of the Ed25519 identity key, which the peer ID names.
	Identity Purpose = "identity"
	// Onion is the seed of the first Ed25519 key of the onion service. Later ones
	// are named by OnionNumber.
	Onion Purpose = "onion"
	// Sessions encrypts saved sessions: it makes an e2ee.StateKey.
	Sessions Purpose = "sessions"
	// Rows seals secret columns of the database.
	Rows Purpose = "rows"
	// Addresses seals the list of onion keys that are in use.
	Addresses Purpose = "addresses"
)

// OnionNumber is the purpose of the n-th onion key, counted from 1, which is Onion.
func OnionNumber(n uint32) Purpose {
	if n <= 1 {
		return Onion
	}
	return Onion + " " + Purpose(strconv.FormatUint(uint64(n), 10))
}

// labelDerive opens the info of every derivation (docs/storage.md, "Keys").
const labelDerive = "onionwire-vault-1 derive "

// Keys are the two secrets of a profile: the master secret, which identity, onion
// address and further keys are derived from, and the key of the database, which
// is random. They are safe for concurrent use until Wipe.
type Keys struct {
	redact.Redacted
	master, database *redact.Secret
}

// NewKeys makes the keys of a new profile.
func NewKeys() *Keys { return fromMaster(random(KeySize)) }

// fromMaster moves a master secret into keys with a new database key.
func fromMaster(b []byte) *Keys {
	master, database := redact.Take(b), redact.Take(random(KeySize))
	return &Keys{master: &master, database: &database}
}

// random returns n random bytes. Go ends the program if the system has none.
func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}

// Derive returns the key for a purpose, HKDF-SHA256 (RFC 5869) of the master secret
// with no salt. It is KeySize bytes, which the caller wipes. It fails only after
// Wipe.
func (k *Keys) Derive(p Purpose) ([]byte, error) {
	if k.master == nil {
		return nil, errWiped
	}
	return hkdf.Key(sha256.New, k.master.Bytes(), nil, labelDerive+string(p), KeySize)
}

// Database returns a copy of the key of the database, KeySize bytes, which the
// caller wipes. It fails only after Wipe.
func (k *Keys) Database() ([]byte, error) {
	if k.database == nil {
		return nil, errWiped
	}
	return append([]byte(nil), k.database.Bytes()...), nil
}

// Wipe clears both secrets, which are then refused. Wiping twice is harmless.
func (k *Keys) Wipe() {
	for _, s := range []*redact.Secret{k.master, k.database} {
		if s != nil {
			s.Wipe()
		}
	}
	k.master, k.database = nil, nil // zeros are a key like any other
}
