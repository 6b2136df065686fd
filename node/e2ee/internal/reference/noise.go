package reference

import "encoding/binary"

// symmetric is the SymmetricState of the Noise Protocol Framework, revision 34,
// section 5.2, with its CipherState.
type symmetric struct {
	t  *Trace
	ck Value // chaining key
	h  []byte
	k  []byte // empty until the first mixKey
	n  uint64

	mixed []Mixed
}

// Mixed is what one X25519 agreement of the handshake has led to.
type Mixed struct{ Shared, CK, K []byte }

func newSymmetric(t *Trace, prologue []byte) *symmetric {
	// The name has exactly HASHLEN bytes, so it is the first h as it is.
	s := &symmetric{t: t, h: []byte(noiseName), ck: public("ck", []byte(noiseName))}
	s.mixHash(prologue)
	return s
}

func (s *symmetric) mixHash(data []byte) {
	s.h = s.t.sha256("h", public("h", s.h), public("data", data))
}

// hkdf2 is Noise's HKDF with two outputs, section 4.3.
func (s *symmetric) hkdf2(ikm Value, first, second string) (out1, out2 []byte) {
	temp := secret("temp", s.t.hmac("temp", s.ck, ikm))
	out1 = s.t.hmac(first, temp, public("1", u8(1)))
	out2 = s.t.hmac(second, temp, secret(first, out1), public("2", u8(2)))
	return out1, out2
}

func (s *symmetric) mixKey(shared []byte) {
	ck, k := s.hkdf2(secret("shared", shared), "ck", "k")
	s.ck, s.k, s.n = secret("ck", ck), k, 0
	s.mixed = append(s.mixed, Mixed{shared, ck, k})
}

func (s *symmetric) nonce() []byte {
	nonce := binary.LittleEndian.AppendUint64(make([]byte, 4), s.n)
	s.n++
	return nonce
}

func (s *symmetric) encryptAndHash(plaintext Value) []byte {
	ct := plaintext.Bytes
	if s.k != nil {
		ct = s.t.seal(s.k, s.nonce(), s.h, plaintext)
	}
	s.mixHash(ct)
	return ct
}

func (s *symmetric) decryptAndHash(name string, ct []byte) ([]byte, error) {
	plaintext := ct
	if s.k != nil {
		var err error
		if plaintext, err = s.t.open(name, s.k, s.nonce(), s.h, ct); err != nil {
			return nil, err
		}
	}
	s.mixHash(ct)
	return plaintext, nil
}

// split returns the key from initiator to responder and the one back.
func (s *symmetric) split() (k1, k2 []byte) {
	return s.hkdf2(public("zerolen", nil), "k1", "k2")
}
