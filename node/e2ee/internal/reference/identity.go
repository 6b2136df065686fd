package reference

import "crypto/ed25519"

// Identity is what follows from a person's seed, section "Identity".
type Identity struct {
	Seed          []byte // secret
	Public        []byte // IK
	StaticPrivate []byte // secret
	StaticPublic  []byte
	Signature     []byte
}

// NewIdentity derives an identity from its seed of 32 bytes.
func NewIdentity(t *Trace, seed []byte) Identity {
	i := Identity{Seed: seed}
	i.Public = ed25519.NewKeyFromSeed(seed)[32:]
	prk := t.extract(public("salt", nil), secret("seed", seed))
	i.StaticPrivate = t.expand(prk, []byte(labelStatic), "static private")[0]
	i.StaticPublic = t.point(i.StaticPrivate)
	i.Signature = t.sign(seed, signedBytes(i.StaticPublic))
	return i
}

// Certificate is IK ‖ signature.
func (i Identity) Certificate() []byte { return join(i.Public, i.Signature) }

func signedBytes(static []byte) []byte { return join([]byte(labelCertificate), static) }

func validCertificate(certificate, static []byte) bool {
	return ed25519.Verify(certificate[:keySize], signedBytes(static), certificate[keySize:])
}
