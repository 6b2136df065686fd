package reference

import "crypto/sha256"

// Random is a stream of bytes that follows from a text, so that tests and
// vectors are the same in every run. Block i of 32 bytes is
// SHA-256(text ‖ u64(i)).
type Random struct {
	seed  []byte
	block uint64
	rest  []byte
}

// NewRandom returns the stream of the text.
func NewRandom(text string) *Random { return &Random{seed: []byte(text)} }

// Read fills p. It returns no error.
func (r *Random) Read(p []byte) (int, error) {
	for n := 0; n < len(p); {
		if len(r.rest) == 0 {
			sum := sha256.Sum256(join(r.seed, u64(r.block)))
			r.rest, r.block = sum[:], r.block+1
		}
		c := copy(p[n:], r.rest)
		n, r.rest = n+c, r.rest[c:]
	}
	return len(p), nil
}

// Bytes returns the next n bytes.
func (r *Random) Bytes(n int) []byte {
	b := make([]byte, n)
	_, _ = r.Read(b)
	return b
}

// Draw returns the randomness of the next cell of a session, drawing what is
// needed only: for a sending step X and Seed, and M from a stream of its own;
// then the nonce.
func (r *Random) Draw(s *Session, encapsulation *Random) (d Draw) {
	if s.Own == nil {
		d.X, d.Seed, d.M = r.Bytes(32), r.Bytes(64), encapsulation.Bytes(32)
	}
	d.Nonce = r.Bytes(nonceSize)
	return d
}

// Configs returns two people who expect each other.
func (r *Random) Configs(t *Trace) (initiator, responder Config) {
	a, b := NewIdentity(t, r.Bytes(32)), NewIdentity(t, r.Bytes(32))
	aID, bID := r.Bytes(38), r.Bytes(38)
	initiator = Config{
		Trace: t, Initiator: true, Identity: a, LocalID: aID, RemoteID: bID, RemoteKey: b.Public,
		KEMSeed: r.Bytes(64), Ephemeral: r.Bytes(32),
	}
	responder = Config{
		Trace: t, Identity: b, LocalID: bID, RemoteID: aID, RemoteKey: a.Public,
		RatchetX: r.Bytes(32), RatchetSeed: r.Bytes(64), Ephemeral: r.Bytes(32), Encapsulation: r.Bytes(32),
	}
	return initiator, responder
}

// Establish runs a handshake between two sides.
func Establish(initiator, responder Config) (a, b *Handshake, err error) {
	a, b = NewHandshake(initiator), NewHandshake(responder)
	if err := b.Read(a.Write()); err != nil {
		return nil, nil, err
	}
	if err := a.Read(b.Write()); err != nil {
		return nil, nil, err
	}
	if err := b.Read(a.Write()); err != nil {
		return nil, nil, err
	}
	return a, b, nil
}
