package main

import (
	"crypto/ed25519"
	"errors"

	"github.com/onionwire/onionwire/internal/report"
)

const (
	handshakeLimit           = 1.3 // times the primitives
	handshakeAllocationLimit = 500
)

// measureHandshake measures both sides, from their configurations to their sessions.
func measureHandshake(rounds int) ([]report.Figure, error) {
	p, err := newPeople()
	if err != nil {
		return nil, err
	}
	handshake := func() error {
		_, _, err := p.meet()
		return err
	}
	k, err := newBareKeys()
	if err != nil {
		return nil, err
	}
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return nil, err
	}
	message := make([]byte, 29+32) // label and static key
	signature := ed25519.Sign(private, message)
	// Noise XX has an ephemeral key on either side, and three shared secrets that
	// both sides compute. The responder's first ratchet keys and the initiator's
	// ML-KEM key are made here and read there. Static keys are older.
	primitives := func() error {
		if err := k.agree(2+1, 2*3); err != nil {
			return err
		}
		for range 2 {
			if !ed25519.Verify(public, message, signature) {
				return errors.New("a signature is refused")
			}
		}
		return k.encapsulate(2)
	}
	c, err := compare(repeat(handshake), repeat(primitives), 3, rounds)
	if err != nil {
		return nil, err
	}
	n, err := allocations(handshake)
	if err != nil {
		return nil, err
	}
	return []report.Figure{
		timed("handshake, both sides", c, handshakeLimit),
		counted("allocations of a handshake, both sides", n, "", handshakeAllocationLimit),
	}, nil
}
