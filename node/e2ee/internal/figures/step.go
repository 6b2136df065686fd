package main

import (
	"crypto/ecdh"
	"crypto/mlkem"
	"crypto/rand"
	"time"

	"github.com/onionwire/onionwire/internal/report"
)

const (
	stepLimit           = 1.3 // times the primitives
	stepAllocationLimit = 100
)

// measureStep measures a full step of the ratchet: to open the first cell of a new
// chain, and to seal the first of the next.
func measureStep(rounds int) ([]report.Figure, error) {
	here, there, err := newSessions()
	if err != nil {
		return nil, err
	}
	cell, err := here.Seal(nil)
	if err != nil {
		return nil, err
	}
	step := func() error {
		here, there = there, here
		if _, err := here.Open(cell, time.Time{}); err != nil {
			return err
		}
		cell, err = here.Seal(nil)
		return err
	}
	k, err := newBareKeys()
	if err != nil {
		return nil, err
	}
	c, err := compare(repeat(step), repeat(k.step), 10, rounds)
	if err != nil {
		return nil, err
	}
	n, err := allocations(step)
	if err != nil {
		return nil, err
	}
	return []report.Figure{
		timed("ratchet step, open and seal", c, stepLimit),
		counted("allocations of a ratchet step", n, "", stepAllocationLimit),
	}, nil
}

// bareKeys are those of somebody to agree on secrets with.
type bareKeys struct {
	x25519           *ecdh.PublicKey
	mlkem            *mlkem.DecapsulationKey768
	encapsulationKey []byte
	ciphertext       []byte
}

func newBareKeys() (*bareKeys, error) {
	x, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	k, err := mlkem.GenerateKey768()
	if err != nil {
		return nil, err
	}
	_, ciphertext := k.EncapsulationKey().Encapsulate()
	return &bareKeys{
		x25519:           x.PublicKey(),
		mlkem:            k,
		encapsulationKey: k.EncapsulationKey().Bytes(),
		ciphertext:       ciphertext,
	}, nil
}

// step is what docs/protocol.md asks for in a receiving and a sending step.
func (k *bareKeys) step() error {
	if err := k.agree(1, 2); err != nil {
		return err
	}
	return k.encapsulate(1)
}

// agree makes X25519 keys and shared secrets.
func (k *bareKeys) agree(generated, shared int) error {
	var key *ecdh.PrivateKey
	for range generated {
		var err error
		if key, err = ecdh.X25519().GenerateKey(rand.Reader); err != nil {
			return err
		}
	}
	for range shared {
		if _, err := key.ECDH(k.x25519); err != nil {
			return err
		}
	}
	return nil
}

// encapsulate makes ML-KEM keys and reads public ones, and takes one shared secret
// there and back.
func (k *bareKeys) encapsulate(keys int) error {
	var peer *mlkem.EncapsulationKey768
	for range keys {
		if _, err := mlkem.GenerateKey768(); err != nil {
			return err
		}
		var err error
		if peer, err = mlkem.NewEncapsulationKey768(k.encapsulationKey); err != nil {
			return err
		}
	}
	peer.Encapsulate()
	_, err := k.mlkem.Decapsulate(k.ciphertext)
	return err
}
