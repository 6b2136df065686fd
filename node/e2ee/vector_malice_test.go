package e2ee_test

import (
	"bytes"
	"crypto/ed25519"
	"slices"

	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
)

func somebodyElse(c *reference.Config) {
	c.Identity = reference.NewIdentity(nil, bytes.Repeat([]byte{0x77}, 32))
}

// smallStatics are static keys of small order, all else being made as if the shared
// secret of 32 zero bytes were one like any other.
func smallStatics(m *messageMaker, prefix string, receiver []byte) {
	m.t.Helper()
	for _, name := range []string{"0", "1", "of order 8"} {
		m.add(prefix+"static key "+name+", and a shared secret of zeros", reference.ErrDecrypt,
			malice{sender: func(c *reference.Config) {
				c.RemoteScalar, c.StaticPublic = receiver, badPoints()[name]
				c.Identity.Signature = signatureOf(c.Identity.Seed, c.StaticPublic)
			}})
	}
}

// signatureOf is a certificate's, for any static key.
func signatureOf(seed, static []byte) []byte {
	return ed25519.Sign(ed25519.NewKeyFromSeed(seed), signedStatic(static))
}

// notCanonicalStatic sets bit 255, which X25519 ignores: only the check of the
// key refuses it.
func notCanonicalStatic(c *reference.Config) {
	c.StaticPublic = bytes.Clone(c.Identity.StaticPublic)
	c.StaticPublic[31] |= 0x80
	c.Identity.Signature = signatureOf(c.Identity.Seed, c.StaticPublic)
}

func badCertificates(m *messageMaker, prefix string, offset int) {
	m.t.Helper()
	m.add(prefix+"bit changed in the signature", reference.ErrCertificate, malice{payload: func(p []byte) { p[offset+32] ^= 1 }})
	m.add(prefix+"signature of another static key", reference.ErrCertificate, malice{sender: func(c *reference.Config) {
		signature := c.Identity.Signature
		somebody := reference.NewIdentity(nil, bytes.Repeat([]byte{0x77}, 32))
		c.Identity.StaticPrivate, c.Identity.StaticPublic = somebody.StaticPrivate, somebody.StaticPublic
		c.Identity.Signature = signature
	}})
	m.add(prefix+"signature with S not reduced", reference.ErrCertificate, malice{payload: func(p []byte) {
		addOrder(p[offset+64 : offset+96])
	}})
}

// addOrder adds the order of Ed25519's group to a scalar, which is then the same
// and not canonical (RFC 8032, section 5.1.7).
func addOrder(s []byte) {
	order := []byte{
		0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
	}
	carry := 0
	for i := range s {
		carry += int(s[i]) + int(order[i])
		s[i] = byte(carry)
		carry >>= 8
	}
}

func badGenerations(m *messageMaker, prefix string, offset int) {
	m.t.Helper()
	m.add(prefix+"generation 0", reference.ErrMalformed, malice{payload: putAt(offset, make([]byte, 8)...)})
	m.add(prefix+"generation 2^63 - 1", "",
		malice{payload: putAt(offset, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)})
	m.add(prefix+"generation 2^63", reference.ErrMalformed, malice{payload: putAt(offset, 0x80, 0, 0, 0, 0, 0, 0, 0)})
	m.add(prefix+"generation 2^64 - 1", reference.ErrMalformed,
		malice{payload: putAt(offset, slices.Repeat([]byte{0xff}, 8)...)})
}
