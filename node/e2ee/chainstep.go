package e2ee

import (
	"crypto/sha256"
	"crypto/subtle"

	"github.com/onionwire/onionwire/node/internal/redact"
)

// chainStep gives the key of the next cell and the chain key after it (Double
// Ratchet, section 7.2, KDF_CK).
func chainStep(key *secret) (cell, next secret) {
	return chainMAC(key, 1), chainMAC(key, 2)
}

// chainMAC is HMAC-SHA256 of one byte. It is written out after RFC 2104 because
// crypto/hmac takes three times as long for so little, and leaves the key on the
// heap, in six allocations.
func chainMAC(key *secret, constant byte) secret {
	var inner [sha256.BlockSize + 1]byte
	var outer [sha256.BlockSize + sha256.Size]byte
	defer func() {
		clear(inner[:])
		clear(outer[:])
	}()
	for i := range sha256.BlockSize {
		inner[i], outer[i] = 0x36, 0x5c
	}
	subtle.XORBytes(inner[:], inner[:], key.Bytes())
	subtle.XORBytes(outer[:], outer[:], key.Bytes())
	inner[sha256.BlockSize] = constant
	*(*[sha256.Size]byte)(outer[sha256.BlockSize:]) = sha256.Sum256(inner[:])
	mac := sha256.Sum256(outer[:])
	return redact.Take(mac[:])
}
