package e2ee

import (
	"crypto/mlkem"
	"math"
)

// part is what all headers of a chain have in common: the sender's X25519 key,
// its ML-KEM encapsulation key, and the ciphertext of the step that began the
// chain (docs/protocol.md, "The ratchet").
type part [partSize]byte

const (
	partKeysSize = pointSize + mlkem.EncapsulationKeySize768
	partSize     = partKeysSize + mlkem.CiphertextSize768
)

func (p *part) point() []byte            { return p[:pointSize] }
func (p *part) encapsulationKey() []byte { return p[pointSize:partKeysSize] }
func (p *part) ciphertext() []byte       { return p[partKeysSize:] }

// maxChain is how many cells a chain can have. Nobody gets there by chatting:
// every reply begins a new one.
const maxChain = math.MaxUint32

// chain is what one side sends under one ratchet key pair. Because each step is
// one-way and the old key is overwritten, a key stolen later opens nothing
// earlier.
type chain struct {
	redacted

	key, header secret
	part        *part  // never changed once it is here
	first       uint64 // number of the first cell, among all of this direction
	n           uint32 // cells sent, or the next one expected
}

// next takes one step: it returns the key of cell n and counts it.
func (c *chain) next() secret {
	cell, after := chainStep(&c.key)
	c.key = after
	after.Wipe()
	c.n++
	return cell
}

// skipTo takes steps up to cell n and returns the keys of those before it, as
// of now. The caller has checked that the jump is within its bound.
func (c *chain) skipTo(n uint32, now int64) []skippedKey {
	if n == c.n {
		return nil
	}
	keys := make([]skippedKey, 0, n-c.n)
	for c.n < n {
		at := c.n
		keys = append(keys, skippedKey{n: at, since: now, key: c.next()})
	}
	return keys
}

// end forgets the keys, and keeps the counts for the chain that follows.
func (c *chain) end() {
	c.key.Wipe()
	c.header.Wipe()
	c.part = nil
}
