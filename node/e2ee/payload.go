package e2ee

import (
	"crypto/ed25519"
	"crypto/mlkem"
	"encoding/binary"
	"fmt"
)

// Version is the protocol version that this package speaks, and the only one it
// accepts.
const Version = 2

// Lengths of the handshake in bytes. All are fixed (docs/protocol.md,
// "Handshake messages"); a message of any other length is malformed.
const (
	versionSize     = 1
	featuresSize    = 4
	hintSize        = 1
	generationSize  = 8
	certificateSize = ed25519.PublicKeySize + ed25519.SignatureSize

	payload1Size = versionSize + versionSize + featuresSize + mlkem.EncapsulationKeySize768
	payload2Size = mlkem.CiphertextSize768 + certificateSize + hintSize + versionSize + featuresSize +
		generationSize + partKeysSize
	payload3Size = certificateSize + hintSize + generationSize

	// Message1Size (1,222), Message2Size (2,510) and Message3Size (169) are the
	// lengths of the handshake messages, for whoever frames them.
	Message1Size = pointSize + payload1Size
	Message2Size = pointSize + pointSize + tagSize + payload2Size + tagSize
	Message3Size = pointSize + tagSize + payload3Size + tagSize
)

// payload1 is the initiator's first payload, in the clear.
type payload1 struct {
	highest          uint8
	features         uint32
	encapsulationKey *mlkem.EncapsulationKey768
}

func (p *payload1) encode() []byte {
	b := make([]byte, 0, payload1Size)
	b = append(b, Version, p.highest)
	b = binary.BigEndian.AppendUint32(b, p.features)
	return append(b, p.encapsulationKey.Bytes()...)
}

// parsePayload1 decodes a payload whose version was checked already, for a side
// that speaks no version above own.
func parsePayload1(b []byte, own uint8) (*payload1, error) {
	if len(b) != payload1Size {
		return nil, fmt.Errorf("%w: payload 1 has %d bytes", ErrMalformed, len(b))
	}
	p := &payload1{highest: b[versionSize], features: binary.BigEndian.Uint32(b[2*versionSize:])}
	if err := checkHighest(p.highest, own); err != nil {
		return nil, err
	}
	var err error
	if p.encapsulationKey, err = mlkem.NewEncapsulationKey768(b[2*versionSize+featuresSize:]); err != nil {
		return nil, fmt.Errorf("%w: ML-KEM encapsulation key", ErrMalformed)
	}
	return p, nil
}

// payload2 is the responder's payload, encrypted.
type payload2 struct {
	ciphertext  [mlkem.CiphertextSize768]byte
	certificate certificate
	hint        uint8
	highest     uint8
	features    uint32
	generation  uint64
	ratchet     [partKeysSize]byte
}

func (p *payload2) encode() []byte {
	b := make([]byte, 0, payload2Size)
	b = append(b, p.ciphertext[:]...)
	b = p.certificate.append(b)
	b = append(b, p.hint, p.highest)
	b = binary.BigEndian.AppendUint32(b, p.features)
	b = binary.BigEndian.AppendUint64(b, p.generation)
	return append(b, p.ratchet[:]...)
}

// parsePayload2 takes a payload apart, without judging what it says.
func parsePayload2(b []byte) (*payload2, error) {
	if len(b) != payload2Size {
		return nil, fmt.Errorf("%w: payload 2 has %d bytes", ErrMalformed, len(b))
	}
	p := new(payload2)
	b = b[copy(p.ciphertext[:], b):]
	b = p.certificate.consume(b)
	p.hint, p.highest, b = b[0], b[hintSize], b[hintSize+versionSize:]
	p.features, b = binary.BigEndian.Uint32(b), b[featuresSize:]
	p.generation, b = binary.BigEndian.Uint64(b), b[generationSize:]
	copy(p.ratchet[:], b)
	return p, nil
}

// payload3 is the initiator's second payload, encrypted.
type payload3 struct {
	certificate certificate
	hint        uint8
	generation  uint64
}

func (p *payload3) encode() []byte {
	b := make([]byte, 0, payload3Size)
	b = p.certificate.append(b)
	b = append(b, p.hint)
	return binary.BigEndian.AppendUint64(b, p.generation)
}

// parsePayload3 takes a payload apart, without judging what it says.
func parsePayload3(b []byte) (*payload3, error) {
	if len(b) != payload3Size {
		return nil, fmt.Errorf("%w: payload 3 has %d bytes", ErrMalformed, len(b))
	}
	p := new(payload3)
	b = p.certificate.consume(b)
	p.hint, p.generation = b[0], binary.BigEndian.Uint64(b[hintSize:])
	return p, nil
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

// encodeHint gives the byte that says whether the peer is a contact.
func encodeHint(knows bool) uint8 {
	if knows {
		return 1
	}
	return 0
}

func checkHint(b uint8) error {
	if b > 1 {
		return fmt.Errorf("%w: hint", ErrMalformed)
	}
	return nil
}

// checkHighest judges the highest version that the peer speaks, beside our own.
func checkHighest(theirs, own uint8) error {
	if theirs < Version {
		return fmt.Errorf("%w: highest version below the one in use", ErrMalformed)
	}
	if min(theirs, own) > Version {
		return ErrDowngrade
	}
	return nil
}

// MaxGeneration is the highest generation of a session. It leaves the sign to those
// who store it.
const MaxGeneration = 1<<63 - 1

func checkGeneration(generation uint64) error {
	if generation == 0 || generation > MaxGeneration {
		return fmt.Errorf("%w: generation", ErrMalformed)
	}
	return nil
}
