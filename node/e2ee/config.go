package e2ee

import (
	"crypto/ed25519"
	"crypto/mlkem"
	"crypto/rand"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// protocolName opens the prologue.
const protocolName = "onionwire-e2ee"

// HandshakeConfig says who we are and whom we expect. It is only read.
type HandshakeConfig struct {
	redacted

	// Identity is ours.
	Identity *Identity
	// LocalID and RemoteID are the bytes of both peer IDs. Their meaning is the
	// caller's; the handshake fails unless both sides give the same two,
	// exchanged. 1 to 65535 bytes, and different from each other.
	LocalID, RemoteID []byte
	// RemoteKey is the identity that the other side must prove to be.
	RemoteKey ed25519.PublicKey
	// KnowsRemote is told to the other side: whether it is a contact of ours.
	KnowsRemote bool
	// Features are the optional parts that we support, one bit each; their
	// meaning is the caller's. [Session.Features] tells what both sides have.
	Features uint32
	// Generation is what we propose for the place of the new session among those
	// with this peer: [Sessions.Generation] tells it. 0 counts as 1.
	Generation uint64
	// Rand is where keys and nonces come from; nil means crypto/rand. ML-KEM
	// encapsulation always uses the system's generator, because the standard
	// library accepts no other.
	Rand io.Reader

	encapsulate encapsulator // chosen by tests
	highest     uint8        // highest version, as tests pretend
}

// check returns an error if a handshake cannot be run with the configuration.
func (c *HandshakeConfig) check() error {
	if c.Identity == nil || c.Identity.certificate == (certificate{}) {
		return errors.New("e2ee: config has no identity")
	}
	if len(c.RemoteKey) != ed25519.PublicKeySize {
		return fmt.Errorf("e2ee: remote key has %d bytes, want %d", len(c.RemoteKey), ed25519.PublicKeySize)
	}
	if err := checkIdentityKey(c.RemoteKey); err != nil {
		return err
	}
	if c.Generation > MaxGeneration {
		return errors.New("e2ee: generation is too high")
	}
	for _, id := range [][]byte{c.LocalID, c.RemoteID} {
		if len(id) == 0 || len(id) > math.MaxUint16 {
			return fmt.Errorf("e2ee: peer ID has %d bytes, want 1 to %d", len(id), math.MaxUint16)
		}
	}
	if subtle.ConstantTimeCompare(c.RemoteKey, c.Identity.certificate.identity[:]) == 1 ||
		subtle.ConstantTimeCompare(c.LocalID, c.RemoteID) == 1 {
		return fmt.Errorf("%w: it is our own", ErrIdentity)
	}
	return nil
}

func (c *HandshakeConfig) random() io.Reader {
	if c.Rand == nil {
		return rand.Reader
	}
	return c.Rand
}

func (c *HandshakeConfig) encapsulator() encapsulator {
	if c.encapsulate == nil {
		return (*mlkem.EncapsulationKey768).Encapsulate
	}
	return c.encapsulate
}

// prologue returns what both sides must agree on before the first message
// (Noise, section 6).
func (c *HandshakeConfig) prologue(initiator bool) []byte {
	first, second := c.LocalID, c.RemoteID
	if !initiator {
		first, second = second, first
	}
	b := appendPrefixed(nil, []byte(protocolName))
	b = append(b, Version)
	b = appendPrefixed(b, first)
	return appendPrefixed(b, second)
}

func appendPrefixed(b, field []byte) []byte {
	b = binary.BigEndian.AppendUint16(b, uint16(len(field)))
	return append(b, field...)
}
