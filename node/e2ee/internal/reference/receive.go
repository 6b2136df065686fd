package reference

import "bytes"

// Read takes the other side's next message, section "What a receiver checks".
// The class of the error is that of the first check that fails.
func (h *Handshake) Read(m []byte) error {
	switch h.next {
	case 0:
		return h.read1(m)
	case 1:
		return h.read2(m)
	default:
		return h.read3(m)
	}
}

func (h *Handshake) read1(m []byte) error {
	if len(m) < 33 {
		return ErrMalformed
	}
	if m[32] != h.Version && !h.Lenient {
		return ErrVersion
	}
	if len(m) != Message1Size {
		return ErrMalformed
	}
	p := parsePayload1(m[32:])
	if !h.Lenient {
		if !AcceptablePoint(m[:32]) || p.Highest < h.Version {
			return ErrMalformed
		}
		if min(p.Highest, h.Highest) > h.Version {
			return ErrDowngrade
		}
		if !ModulusCheck(p.EK) {
			return ErrMalformed
		}
	}
	h.RemoteEphemeral, h.RemoteFeatures, h.KEMKey = m[:32], p.Features, p.EK
	h.noise.mixHash(h.RemoteEphemeral)
	payload, err := h.noise.decryptAndHash("payload", m[32:])
	if err != nil {
		return err
	}
	h.took(m, payload)
	return nil
}

func (h *Handshake) read2(m []byte) error {
	if len(m) != Message2Size {
		return ErrMalformed
	}
	h.RemoteEphemeral = m[:32]
	if !h.Lenient && !AcceptablePoint(h.RemoteEphemeral) {
		return ErrMalformed
	}
	h.noise.mixHash(h.RemoteEphemeral)
	if err := h.agree(h.Ephemeral, h.RemoteEphemeral); err != nil { // ee
		return err
	}
	static, err := h.noise.decryptAndHash("static", m[32:80])
	if err != nil {
		return err
	}
	if err := h.agree(h.Ephemeral, static); err != nil { // es
		return err
	}
	payload, err := h.noise.decryptAndHash("payload", m[80:])
	if err != nil {
		return err
	}
	p := parsePayload2(payload)
	if err := h.checkRemote(static, p.Certificate); err != nil {
		return err
	}
	if !h.Lenient {
		if p.Hint > 1 || p.Highest < h.Version || !generationInBounds(p.Generation) ||
			!AcceptablePoint(p.RatchetX) || !ModulusCheck(p.RatchetEK) {
			return ErrMalformed
		}
		if min(p.Highest, h.Highest) > h.Version {
			return ErrDowngrade
		}
	}
	h.RemoteStatic, h.RemoteFeatures, h.RemoteGeneration = static, p.Features, p.Generation
	h.RemoteKnowsUs = p.Hint == 1
	h.RatchetPoint, h.RatchetKey = p.RatchetX, p.RatchetEK
	h.Ciphertext = p.Ciphertext
	h.KEM = h.Trace.decaps(h.KEMSeed, p.Ciphertext)
	h.took(m, payload)
	return nil
}

func (h *Handshake) read3(m []byte) error {
	if len(m) != Message3Size {
		return ErrMalformed
	}
	static, err := h.noise.decryptAndHash("static", m[:48])
	if err != nil {
		return err
	}
	if err := h.agree(h.Ephemeral, static); err != nil { // se
		return err
	}
	payload, err := h.noise.decryptAndHash("payload", m[48:])
	if err != nil {
		return err
	}
	p := parsePayload3(payload)
	if err := h.checkRemote(static, p.Certificate); err != nil {
		return err
	}
	if !h.Lenient && (p.Hint > 1 || !generationInBounds(p.Generation)) {
		return ErrMalformed
	}
	h.RemoteStatic, h.RemoteGeneration, h.RemoteKnowsUs = static, p.Generation, p.Hint == 1
	h.took(m, payload)
	return nil
}

// agree mixes in a shared secret, which must not be zero.
func (h *Handshake) agree(scalar, point []byte) error {
	shared := h.Trace.x25519(scalar, point)
	if !h.Lenient && bytes.Equal(shared, make([]byte, keySize)) {
		return ErrDecrypt
	}
	h.noise.mixKey(shared)
	return nil
}

// checkRemote makes the checks 3 to 5 of message 2, and of message 3.
func (h *Handshake) checkRemote(static, certificate []byte) error {
	switch {
	case h.Lenient:
		return nil
	case !AcceptablePoint(static):
		return ErrMalformed
	case bytes.Equal(static, h.Identity.StaticPublic):
		return ErrIdentity
	case !bytes.Equal(certificate[:keySize], h.RemoteKey):
		return ErrIdentity
	case !validCertificate(certificate, static):
		return ErrCertificate
	}
	return nil
}

func generationInBounds(g uint64) bool { return g != 0 && g <= MaxGeneration }
