package e2ee

import (
	"crypto/mlkem"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/onionwire/onionwire/node/internal/redact"
	"github.com/onionwire/onionwire/node/internal/xchacha"
)

// stateVersion is the form in which sessions are saved. Version 1 had no count
// of lost cells; it can still be loaded (docs/protocol.md, "Saved sessions").
const stateVersion = 2

// labelSaved opens the associated data of a saved session.
const labelSaved = "onionwire-e2ee-2 saved session"

// StateKeySize is the length of a StateKey in bytes: 32.
const StateKeySize = secretSize

// StateKey encrypts saved sessions. It is safe for concurrent use until Wipe. Its
// zero value is refused.
type StateKey struct {
	redacted
	key *secret
}

// NewStateKey makes a key of StateKeySize random bytes, which it does not keep.
func NewStateKey(b []byte) (*StateKey, error) {
	if len(b) != StateKeySize {
		return nil, fmt.Errorf("e2ee: state key has %d bytes, want %d", len(b), StateKeySize)
	}
	key := redact.Take(append([]byte(nil), b...))
	return &StateKey{key: &key}, nil
}

// bytes returns the key itself.
func (k *StateKey) bytes() ([]byte, error) {
	if k == nil || k.key == nil {
		return nil, errors.New("e2ee: there is no state key")
	}
	return k.key.Bytes(), nil
}

// Wipe clears the key, which is then refused. Wiping twice is harmless.
func (k *StateKey) Wipe() {
	if k.key != nil {
		k.key.Wipe()
		k.key = nil // zeros are a key like any other
	}
}

// savedData binds a saved session to its version and context.
func savedData(version byte, context []byte) ([]byte, error) {
	if len(context) > math.MaxUint16 {
		return nil, errors.New("e2ee: context is too long")
	}
	b := append([]byte(labelSaved), version)
	return appendPrefixed(b, context), nil
}

// Save returns the session in a form to be stored, which takes it from those that
// [Sessions.Unsaved] names, encrypted under the key and bound to a context of up
// to 65535 bytes: [LoadSession] needs the same. It fails with ErrState after
// Close, or the error of the random source.
func (s *Session) Save(key *StateKey, context []byte) ([]byte, error) {
	if !s.open {
		return nil, ErrState
	}
	ad, err := savedData(stateVersion, context)
	if err != nil {
		return nil, err
	}
	k, err := key.bytes()
	if err != nil {
		return nil, err
	}
	plain := s.encode()
	defer clear(plain)
	saved := make([]byte, 1+nonceSize, 1+nonceSize+len(plain)+tagSize)
	saved[0] = stateVersion
	if _, err := io.ReadFull(s.rand, saved[1:]); err != nil {
		return nil, fmt.Errorf("e2ee: nonce: %w", err)
	}
	if saved, err = xchacha.Seal(saved, k, saved[1:1+nonceSize], plain, ad); err != nil {
		return nil, fmt.Errorf("e2ee: save: %w", err)
	}
	s.unsaved = false
	return saved, nil
}

// LoadSession returns a session that was saved, which takes its random bytes from
// crypto/rand. One that is not confirmed comes back suspended, because its
// connection is gone: see [Session.Suspended].
// It fails with ErrNewer if a newer version of this package
// saved it, or with ErrSaved.
func LoadSession(key *StateKey, context, saved []byte) (*Session, error) {
	if len(saved) == 0 || saved[0] == 0 {
		return nil, ErrSaved
	}
	// The version comes before the length: another version may have another one.
	version := saved[0]
	if version > stateVersion {
		return nil, fmt.Errorf("%w: %d", ErrNewer, version)
	}
	if len(saved) < 1+nonceSize+tagSize {
		return nil, ErrSaved
	}
	ad, err := savedData(version, context)
	if err != nil {
		return nil, err
	}
	k, err := key.bytes()
	if err != nil {
		return nil, err
	}
	plain, err := xchacha.Open(nil, k, saved[1:1+nonceSize], saved[1+nonceSize:], ad)
	if err != nil {
		return nil, ErrSaved
	}
	defer clear(plain)
	s, err := decodeSession(version, plain)
	if err != nil {
		return nil, err
	}
	s.open, s.rand, s.encapsulate = true, rand.Reader, (*mlkem.EncapsulationKey768).Encapsulate
	return s, nil
}

// Flags of a saved session.
const (
	flagOwn       = 1
	flagPeer      = 2
	flagConfirmed = 4
)

// encode lays the session out as stateVersion has it.
func (s *Session) encode() []byte {
	r := s.ratchet
	var flags byte
	if r.own != nil {
		flags |= flagOwn
	}
	if r.peer != nil {
		flags |= flagPeer
	}
	if s.confirmed {
		flags |= flagConfirmed
	}
	// Growing in place would leave copies of the keys behind.
	b := make([]byte, 0, 6<<10+len(s.skipped.chains)*64+s.skipped.total*64)
	b = append(b, byte(s.role), flags)
	b = append(b, s.id[:]...)
	b = binary.BigEndian.AppendUint32(b, s.features)
	b = binary.BigEndian.AppendUint64(b, s.generation)
	b = binary.BigEndian.AppendUint64(b, uint64(s.used))
	b = binary.BigEndian.AppendUint64(b, s.skipped.lost)
	b = append(b, r.root.Bytes()...)
	b = append(b, r.nextSend.Bytes()...)
	b = append(b, r.nextRecv.Bytes()...)
	b = binary.BigEndian.AppendUint64(b, r.send.first)
	b = binary.BigEndian.AppendUint32(b, r.send.n)
	b = binary.BigEndian.AppendUint32(b, r.previous)
	b = binary.BigEndian.AppendUint64(b, r.recv.first)
	b = binary.BigEndian.AppendUint32(b, r.recv.n)
	if r.own != nil {
		b = r.own.appendPrivate(b)
		b = r.send.appendKeys(b)
	}
	if r.peer != nil {
		b = r.recv.appendKeys(b)
	}
	return s.skipped.append(b)
}

func (k *keyPair) appendPrivate(b []byte) []byte {
	scalar, seed := k.x25519.Bytes(), k.mlkem.Bytes()
	defer clear(scalar)
	defer clear(seed)
	return append(append(b, scalar...), seed...)
}

func (c *chain) appendKeys(b []byte) []byte {
	b = append(b, c.key.Bytes()...)
	b = append(b, c.header.Bytes()...)
	return append(b, c.part[:]...)
}

func (s *skippedKeys) append(b []byte) []byte {
	b = append(b, byte(len(s.chains)))
	for _, c := range s.chains {
		b = append(b, c.header.Bytes()...)
		b = binary.BigEndian.AppendUint64(b, c.first)
		b = binary.BigEndian.AppendUint16(b, uint16(len(c.keys)))
		for i := range c.keys {
			k := &c.keys[i]
			b = binary.BigEndian.AppendUint32(b, k.n)
			b = binary.BigEndian.AppendUint64(b, uint64(k.since))
			b = append(b, k.key.Bytes()...)
		}
	}
	return b
}
