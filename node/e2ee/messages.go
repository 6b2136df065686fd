package e2ee

import (
	"crypto/mlkem"
	"crypto/subtle"
	"fmt"
	"io"

	"github.com/flynn/noise"
	"github.com/onionwire/onionwire/node/internal/redact"
)

// The six steps of a handshake (docs/protocol.md, "Handshake messages"): what
// Write and Read do in each state.

func (h *Handshake) send1() ([]byte, error) {
	var seed [mlkem.SeedSize]byte
	defer clear(seed[:])
	if _, err := io.ReadFull(h.rand, seed[:]); err != nil {
		return nil, fmt.Errorf("e2ee: ML-KEM key: %w", err)
	}
	key, err := mlkem.NewDecapsulationKey768(seed[:])
	if err != nil {
		return nil, fmt.Errorf("e2ee: ML-KEM key: %w", err)
	}
	h.decapsulationKey = key
	p := payload1{highest: h.highest, features: h.features, encapsulationKey: key.EncapsulationKey()}
	msg, _, _, err := h.noise.WriteMessage(make([]byte, 0, Message1Size), p.encode())
	if err != nil {
		return nil, fmt.Errorf("e2ee: message 1: %w", err)
	}
	h.state = stateRecv2
	return msg, nil
}

func (h *Handshake) recv1(msg []byte) error {
	if len(msg) <= pointSize {
		return fmt.Errorf("%w: message 1 has %d bytes", ErrMalformed, len(msg))
	}
	// The version comes before the length: another version has another length.
	if v := msg[pointSize]; v != Version {
		return fmt.Errorf("%w %d", ErrVersion, v)
	}
	if len(msg) != Message1Size {
		return fmt.Errorf("%w: message 1 has %d bytes", ErrMalformed, len(msg))
	}
	if err := checkPoint(msg[:pointSize]); err != nil {
		return err
	}
	payload, _, _, err := h.noise.ReadMessage(nil, msg)
	if err != nil {
		return ErrDecrypt
	}
	p, err := parsePayload1(payload, h.highest)
	if err != nil {
		return err
	}
	h.encapsulationKey = p.encapsulationKey
	h.offered = p.features
	h.state = stateSend2
	return nil
}

func (h *Handshake) send2() ([]byte, error) {
	shared, ciphertext := h.encapsulate(h.encapsulationKey)
	kem := redact.Take(shared)
	h.kemSecret = &kem
	var err error
	if h.own, err = newKeyPair(h.rand); err != nil {
		return nil, err
	}
	p := payload2{
		certificate: h.identity.certificate,
		hint:        encodeHint(h.knowsRemote),
		highest:     h.highest,
		features:    h.features,
		generation:  h.proposal,
	}
	copy(p.ciphertext[:], ciphertext)
	h.own.appendPublic(p.ratchet[:0])
	h.first = firstPart(&p.ratchet)
	msg, _, _, err := h.noise.WriteMessage(make([]byte, 0, Message2Size), p.encode())
	if err != nil {
		return nil, fmt.Errorf("e2ee: message 2: %w", err)
	}
	h.features &= h.offered
	h.state = stateRecv3
	return msg, nil
}

func (h *Handshake) recv2(msg []byte) error {
	if len(msg) != Message2Size {
		return fmt.Errorf("%w: message 2 has %d bytes", ErrMalformed, len(msg))
	}
	if err := checkPoint(msg[:pointSize]); err != nil {
		return err
	}
	payload, _, _, err := h.noise.ReadMessage(nil, msg)
	if err != nil {
		return ErrDecrypt
	}
	p, err := parsePayload2(payload)
	if err != nil {
		return err
	}
	if err := h.accept(&p.certificate, p.hint, p.generation); err != nil {
		return err
	}
	if h.peer, err = parsePeerKeys(p.ratchet[:]); err != nil {
		return err
	}
	if err := checkHighest(p.highest, h.highest); err != nil {
		return err
	}
	// A ciphertext made for another key gives a different secret, not an error
	// (FIPS 203, section 6.3): this one was authenticated by Noise.
	shared, err := h.decapsulationKey.Decapsulate(p.ciphertext[:])
	if err != nil {
		return fmt.Errorf("%w: ML-KEM ciphertext", ErrMalformed)
	}
	kem := redact.Take(shared)
	h.kemSecret = &kem
	h.first = firstPart(&p.ratchet)
	h.features &= p.features
	h.state = stateSend3
	return nil
}

func (h *Handshake) send3() ([]byte, error) {
	p := payload3{
		certificate: h.identity.certificate,
		hint:        encodeHint(h.knowsRemote),
		generation:  h.proposal,
	}
	msg, first, second, err := h.noise.WriteMessage(make([]byte, 0, Message3Size), p.encode())
	if err != nil {
		return nil, fmt.Errorf("e2ee: message 3: %w", err)
	}
	if err := h.finish(first, second); err != nil {
		return nil, err
	}
	return msg, nil
}

func (h *Handshake) recv3(msg []byte) error {
	if len(msg) != Message3Size {
		return fmt.Errorf("%w: message 3 has %d bytes", ErrMalformed, len(msg))
	}
	payload, first, second, err := h.noise.ReadMessage(nil, msg)
	if err != nil {
		return ErrDecrypt
	}
	p, err := parsePayload3(payload)
	if err != nil {
		return err
	}
	if err := h.accept(&p.certificate, p.hint, p.generation); err != nil {
		return err
	}
	return h.finish(first, second)
}

// authenticate checks that the static key which Noise received is the expected
// peer's, and not ours come back to us.
func (h *Handshake) authenticate(c *certificate) error {
	static := h.noise.PeerStatic()
	if err := checkPoint(static); err != nil {
		return err
	}
	if subtle.ConstantTimeCompare(static, h.identity.public[:]) == 1 {
		return fmt.Errorf("%w: it is our own", ErrIdentity)
	}
	return c.verify(h.remoteKey, static)
}

// accept takes what both encrypted payloads have.
func (h *Handshake) accept(c *certificate, hint uint8, generation uint64) error {
	if err := h.authenticate(c); err != nil {
		return err
	}
	if err := checkHint(hint); err != nil {
		return err
	}
	if err := checkGeneration(generation); err != nil {
		return err
	}
	h.remoteKnowsUs = hint == 1
	h.generation = max(h.proposal, generation)
	return nil
}

// finish derives the session from the two keys of Noise's Split, the KEM secret
// and the handshake hash.
func (h *Handshake) finish(first, second *noise.CipherState) error {
	k1, k2 := first.UnsafeKey(), second.UnsafeKey()
	defer clear(k1[:])
	defer clear(k2[:])
	keys, err := deriveInitial(k1[:], k2[:], h.kemSecret, h.noise.ChannelBinding())
	if err != nil {
		return err
	}
	defer keys.wipe()
	h.session = newSession(keys, h.own, h.peer, h.first)
	h.session.rand, h.session.encapsulate = h.rand, h.encapsulate
	h.session.features, h.session.generation = h.features, h.generation
	h.forget()
	h.state = stateDone
	return nil
}

// firstPart is the ratchet part of the responder's first chain, for which there
// was no step.
func firstPart(keys *[partKeysSize]byte) *part {
	p := new(part)
	copy(p[:], keys[:])
	return p
}
