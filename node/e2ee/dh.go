package e2ee

import (
	"crypto/ecdh"
	"errors"
	"fmt"
	"io"

	"github.com/flynn/noise"
)

// What Noise is given in the place of private keys.
const (
	staticName    = "static"
	ephemeralName = "ephemeral"
)

// dh is the X25519 of one handshake, for Noise. It has the private keys, because
// making one of bytes costs as much as using it. Noise has only names for them, and
// so no copy of a private key.
type dh struct {
	redacted

	static    *ecdh.PrivateKey
	ephemeral *ecdh.PrivateKey // from GenerateKeypair on
}

var _ noise.DHFunc = (*dh)(nil)

// GenerateKeypair draws the 32 bytes of the ephemeral key.
func (d *dh) GenerateKeypair(random io.Reader) (noise.DHKey, error) {
	var scalar [secretSize]byte
	defer clear(scalar[:])
	if _, err := io.ReadFull(random, scalar[:]); err != nil {
		return noise.DHKey{}, fmt.Errorf("ephemeral key: %w", err)
	}
	key, err := ecdh.X25519().NewPrivateKey(scalar[:])
	if err != nil {
		return noise.DHKey{}, fmt.Errorf("ephemeral key: %w", err)
	}
	d.ephemeral = key
	return noise.DHKey{Private: []byte(ephemeralName), Public: key.PublicKey().Bytes()}, nil
}

// DH computes the secret shared by a private key, named, and a public one. It fails
// if that is all zero (RFC 7748, section 6.1).
func (d *dh) DH(private, public []byte) ([]byte, error) {
	var key *ecdh.PrivateKey
	switch string(private) {
	case staticName:
		key = d.static
	case ephemeralName:
		key = d.ephemeral
	}
	if key == nil {
		return nil, errors.New("no such private key")
	}
	peer, err := ecdh.X25519().NewPublicKey(public)
	if err != nil {
		return nil, err
	}
	return key.ECDH(peer)
}

// DHLen returns the length of public keys and of shared secrets.
func (d *dh) DHLen() int { return pointSize }

// DHName returns what stands for X25519 in Noise's protocol name.
func (d *dh) DHName() string { return "25519" }
