package e2ee

import (
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"

	"github.com/onionwire/onionwire/node/internal/point"
)

// Labels of the identity's derivations (docs/protocol.md, "Identity").
const (
	labelStatic      = "onionwire-e2ee-2 static key"
	labelCertificate = "onionwire-e2ee-2 certificate"
)

// Identity is one person's long-term key material for handshakes: the X25519
// static key derived from the Ed25519 identity seed, and the certificate that
// ties it to the identity key. It is immutable and safe for concurrent use, and
// lives as long as the profile is open. Its zero value is refused.
type Identity struct {
	redacted

	private     *ecdh.PrivateKey // X25519
	public      [pointSize]byte
	certificate certificate
}

// NewIdentity derives an Identity from the Ed25519 identity key, which it does
// not keep. It fails if the key is malformed: of the wrong length, or with a
// public half that does not belong to the seed, because signing with such a
// pair would give the private key away.
func NewIdentity(key ed25519.PrivateKey) (*Identity, error) {
	if len(key) != ed25519.PrivateKeySize {
		return nil, fmt.Errorf("e2ee: identity key has %d bytes, want %d", len(key), ed25519.PrivateKeySize)
	}
	seed := key.Seed()
	defer clear(seed)
	signer := ed25519.NewKeyFromSeed(seed)
	defer clear(signer)
	if subtle.ConstantTimeCompare(signer, key) != 1 {
		return nil, errors.New("e2ee: identity key's public half does not belong to its seed")
	}

	scalar, err := hkdf.Key(sha256.New, seed, nil, labelStatic, secretSize)
	if err != nil {
		return nil, fmt.Errorf("e2ee: derive static key: %w", err)
	}
	defer clear(scalar)
	private, err := ecdh.X25519().NewPrivateKey(scalar)
	if err != nil {
		return nil, fmt.Errorf("e2ee: derive static key: %w", err)
	}
	id := &Identity{private: private}
	copy(id.public[:], private.PublicKey().Bytes())
	copy(id.certificate.identity[:], key[ed25519.SeedSize:])
	// Ed25519 is deterministic: this one signature serves every handshake, with
	// whomever and whenever, so it proves nothing about any of them.
	copy(id.certificate.signature[:], ed25519.Sign(signer, certified(id.public[:])))
	return id, nil
}

// PublicKey returns the Ed25519 identity key. The caller owns the slice.
func (id *Identity) PublicKey() ed25519.PublicKey {
	return append(ed25519.PublicKey(nil), id.certificate.identity[:]...)
}

// checkIdentityKey refuses what nobody has as an Ed25519 key.
func checkIdentityKey(key ed25519.PublicKey) error {
	if !point.PrimeOrder(key) {
		return errors.New("e2ee: remote key is one that nobody can have")
	}
	return nil
}

// certificate says that an identity key vouches for an X25519 static key, and
// nothing else. The static key itself travels in the Noise message around it.
type certificate struct {
	identity  [ed25519.PublicKeySize]byte
	signature [ed25519.SignatureSize]byte
}

// verify checks that the certificate is of the identity expected and vouches
// for static. It returns ErrIdentity or ErrCertificate.
func (c *certificate) verify(expected ed25519.PublicKey, static []byte) error {
	if subtle.ConstantTimeCompare(c.identity[:], expected) != 1 {
		return ErrIdentity
	}
	if !ed25519.Verify(expected, certified(static), c.signature[:]) {
		return ErrCertificate
	}
	return nil
}

// certified returns the bytes that a certificate signs.
func certified(static []byte) []byte {
	return append([]byte(labelCertificate), static...)
}
