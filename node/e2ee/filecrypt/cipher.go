package filecrypt

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"slices"

	"github.com/onionwire/onionwire/node/internal/redact"
	"github.com/onionwire/onionwire/node/internal/xchacha"
)

const (
	nonceSize = xchacha.NonceSize
	tagSize   = xchacha.Overhead
)

// Labels of the key derivation and of the associated data.
const (
	labelKey   = "onionwire-e2ee-2 file key"
	labelChunk = "onionwire-e2ee-2 file chunk"
)

// Cipher seals and opens the chunks of one file. SealTo and OpenTo are safe for
// concurrent use, SealTo if the random source is; Close is not. The zero value
// is a closed one.
type Cipher struct {
	redact.Redacted

	key    *redact.Secret // the chunk key; nil when closed
	id     ID
	layout Layout
	random io.Reader
}

// New returns the cipher of the file that has this key, ID and size. It does
// not keep the key. Nonces come from random, or from crypto/rand if that is nil;
// who only opens needs none. It fails with ErrTooLarge, or with ErrClosed if the
// key was wiped.
func New(key *Key, id ID, size uint64, random io.Reader) (*Cipher, error) {
	layout, err := NewLayout(size)
	if err != nil {
		return nil, err
	}
	if key.secret == nil {
		return nil, ErrClosed
	}
	derived, err := hkdf.Key(sha256.New, key.secret.Bytes(), id[:], labelKey, redact.Size)
	if err != nil {
		return nil, fmt.Errorf("filecrypt: chunk key: %w", err)
	}
	secret := redact.Take(derived)
	return &Cipher{key: &secret, id: id, layout: layout, random: source(random)}, nil
}

// Layout returns how the file is padded and cut.
func (c *Cipher) Layout() Layout { return c.layout }

// SealTo seals the chunk at index and appends it to dst. data is the file's part
// in it, of exactly the Data bytes that the layout says; it must not overlap the
// room behind dst. The same chunk may be sealed any number of times. SealTo
// fails with ErrMalformed if there is no such chunk or data has another length,
// ErrClosed, or the error of the random source.
func (c *Cipher) SealTo(dst []byte, index uint64, data []byte) ([]byte, error) {
	chunk, err := c.chunk(index)
	switch {
	case err != nil:
		return nil, err
	case len(data) != chunk.Data:
		return nil, fmt.Errorf("%w: chunk takes %d bytes of the file, not %d", ErrMalformed, chunk.Data, len(data))
	}
	sealed := slices.Grow(dst, chunk.Sealed())[:len(dst)+chunk.Sealed()]
	nonce := sealed[len(dst):][:nonceSize]
	// Random, and not the index: the file may have changed since this chunk was
	// sealed the last time, and two plaintexts under one nonce give both away.
	if _, err := io.ReadFull(c.random, nonce); err != nil {
		return nil, fmt.Errorf("filecrypt: nonce: %w", err)
	}
	plain := sealed[len(dst)+nonceSize : len(sealed)-tagSize]
	clear(plain[copy(plain, data):])
	if _, err := xchacha.Seal(plain[:0], c.key.Bytes(), nonce, plain, c.associatedData(chunk)); err != nil {
		return nil, fmt.Errorf("filecrypt: chunk: %w", err)
	}
	return sealed, nil
}

// OpenTo opens the chunk at index and appends the file's part in it to dst,
// Data bytes as the layout says. Room for Plain bytes behind dst saves an
// allocation; sealed must not overlap it. OpenTo fails with ErrMalformed,
// ErrDecrypt or ErrClosed, and then leaves nothing that was decrypted.
func (c *Cipher) OpenTo(dst []byte, index uint64, sealed []byte) ([]byte, error) {
	chunk, err := c.chunk(index)
	switch {
	case err != nil:
		return nil, err
	case len(sealed) != chunk.Sealed():
		return nil, fmt.Errorf("%w: chunk has %d bytes", ErrMalformed, len(sealed))
	}
	opened, err := xchacha.Open(dst, c.key.Bytes(), sealed[:nonceSize], sealed[nonceSize:], c.associatedData(chunk))
	if err != nil {
		return nil, ErrDecrypt
	}
	plain := opened[len(dst):]
	if !zero(plain[chunk.Data:]) {
		clear(plain)
		return nil, fmt.Errorf("%w: padding is not zero", ErrMalformed)
	}
	return opened[:len(dst)+chunk.Data], nil
}

// Close clears the keys; everything fails from then on. Closing twice is
// harmless.
func (c *Cipher) Close() {
	if c.key != nil {
		c.key.Wipe()
		c.key = nil
	}
}

// chunk returns what the layout says of a chunk, as long as there is a key.
func (c *Cipher) chunk(index uint64) (Chunk, error) {
	if c.key == nil {
		return Chunk{}, ErrClosed
	}
	return c.layout.Chunk(index)
}

// associatedData binds a chunk to its file, the file's size, and its place.
// Index and end marker are those of STREAM (Hoang et al., CRYPTO 2015).
func (c *Cipher) associatedData(chunk Chunk) []byte {
	b := make([]byte, 0, len(labelChunk)+len(c.id)+8+8+1)
	b = append(b, labelChunk...)
	b = append(b, c.id[:]...)
	b = binary.BigEndian.AppendUint64(b, c.layout.size)
	b = binary.BigEndian.AppendUint64(b, chunk.Index)
	if chunk.Last {
		return append(b, 1)
	}
	return append(b, 0)
}

// zero reports whether all of b is zero, in a time that depends on its length
// only. Some chunks are padding from end to end: it takes eight bytes at a time.
func zero(b []byte) bool {
	var or uint64
	for ; len(b) >= 8; b = b[8:] {
		or |= binary.NativeEndian.Uint64(b)
	}
	for _, x := range b {
		or |= uint64(x)
	}
	return or == 0
}
