package e2ee

import (
	"crypto/ed25519"
	"crypto/mlkem"
	"encoding/binary"
	"fmt"
)

// Version is the protocol version that this package speaks, and the only one it
// accepts.
const Version = 1

// Lengths of the handshake in bytes. All are fixed (docs/protocol.md,
// "Handshake messages"); a message of any other length is malformed.
const (
	pointSize = 32
	tagSize   = 16

	versionSize     = 1
	featuresSize    = 4
	hintSize        = 1
	certificateSize = ed25519.PublicKeySize + ed25519.SignatureSize

	payload1Size = versionSize + featuresSize + mlkem.EncapsulationKeySize768
	payload2Size = mlkem.CiphertextSize768 + certificateSize + hintSize + featuresSize
	payload3Size = certificateSize + hintSize

	// Message1Size, Message2Size and Message3Size are the lengths of the
	// handshake messages, for whoever frames them.
	Message1Size = pointSize + payload1Size
	Message2Size = pointSize + pointSize + tagSize + payload2Size + tagSize
	Message3Size = pointSize + tagSize + payload3Size + tagSize
)

// features are the optional parts of the protocol that we support. Version 1
// defines none; bits we do not know are ignored when received, so that a later
// version can offer something without being refused.
const features uint32 = 0

// payload1 is the initiator's first payload, in the clear.
type payload1 struct {
	encapsulationKey *mlkem.EncapsulationKey768
}

func (p *payload1) encode() []byte {
	b := make([]byte, 0, payload1Size)
	b = append(b, Version)
	b = binary.BigEndian.AppendUint32(b, features)
	return append(b, p.encapsulationKey.Bytes()...)
}

// parsePayload1 decodes a payload whose version was checked already.
func parsePayload1(b []byte) (*payload1, error) {
	if len(b) != payload1Size {
		return nil, fmt.Errorf("%w: payload 1 has %d bytes", ErrMalformed, len(b))
	}
	key, err := mlkem.NewEncapsulationKey768(b[versionSize+featuresSize:])
	if err != nil {
		return nil, fmt.Errorf("%w: ML-KEM encapsulation key", ErrMalformed)
	}
	return &payload1{encapsulationKey: key}, nil
}

// payload2 is the responder's payload, encrypted.
type payload2 struct {
	ciphertext  [mlkem.CiphertextSize768]byte
	certificate certificate
	knowsPeer   bool
}

func (p *payload2) encode() []byte {
	b := make([]byte, 0, payload2Size)
	b = append(b, p.ciphertext[:]...)
	b = p.certificate.append(b)
	b = appendHint(b, p.knowsPeer)
	return binary.BigEndian.AppendUint32(b, features)
}

func parsePayload2(b []byte) (*payload2, error) {
	if len(b) != payload2Size {
		return nil, fmt.Errorf("%w: payload 2 has %d bytes", ErrMalformed, len(b))
	}
	p := new(payload2)
	b = b[copy(p.ciphertext[:], b):]
	b = p.certificate.consume(b)
	var err error
	p.knowsPeer, err = parseHint(b[0])
	return p, err
}

// payload3 is the initiator's second payload, encrypted.
type payload3 struct {
	certificate certificate
	knowsPeer   bool
}

func (p *payload3) encode() []byte {
	b := make([]byte, 0, payload3Size)
	b = p.certificate.append(b)
	return appendHint(b, p.knowsPeer)
}

func parsePayload3(b []byte) (*payload3, error) {
	if len(b) != payload3Size {
		return nil, fmt.Errorf("%w: payload 3 has %d bytes", ErrMalformed, len(b))
	}
	p := new(payload3)
	b = p.certificate.consume(b)
	var err error
	p.knowsPeer, err = parseHint(b[0])
	return p, err
}

func (c *certificate) append(b []byte) []byte {
	b = append(b, c.identity[:]...)
	return append(b, c.signature[:]...)
}

// consume reads the certificate at the start of b and returns what follows it.
func (c *certificate) consume(b []byte) []byte {
	b = b[copy(c.identity[:], b):]
	return b[copy(c.signature[:], b):]
}

func appendHint(b []byte, knows bool) []byte {
	if knows {
		return append(b, 1)
	}
	return append(b, 0)
}

func parseHint(b byte) (bool, error) {
	if b > 1 {
		return false, fmt.Errorf("%w: hint", ErrMalformed)
	}
	return b == 1, nil
}
