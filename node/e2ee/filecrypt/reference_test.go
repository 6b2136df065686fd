package filecrypt_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"

	"golang.org/x/crypto/chacha20poly1305"
	"pgregory.net/rapid"
)

// The reference is the construction once more, straight from docs/protocol.md,
// "Files", and sharing no code with the implementation.

const (
	refChunkSize = 65536
	refOverhead  = 40
)

// refPadded rounds up by division where the implementation masks bits.
func refPadded(size uint64) uint64 {
	size = max(size, 4096)
	e := 0
	for n := size; n > 1; n /= 2 {
		e++
	}
	s := 0
	for n := e; n > 0; n /= 2 {
		s++
	}
	unit := uint64(1) << (e - s)
	return (size + unit - 1) / unit * unit
}

// refFile is one file on the reference's side.
type refFile struct {
	key, id []byte
	size    uint64
}

// chunkKey is HKDF (RFC 5869) in its two steps; 32 bytes are one block.
func (f refFile) chunkKey() []byte {
	extract := hmac.New(sha256.New, f.id)
	extract.Write(f.key)
	expand := hmac.New(sha256.New, extract.Sum(nil))
	expand.Write([]byte("onionwire-e2ee-2 file key\x01"))
	return expand.Sum(nil)
}

func (f refFile) chunks() uint64 { return (refPadded(f.size) + refChunkSize - 1) / refChunkSize }

// lengths returns the plaintext length of a chunk and how much of it is file.
func (f refFile) lengths(index uint64) (plain, data int) {
	start, end := index*refChunkSize, min((index+1)*refChunkSize, refPadded(f.size))
	return int(end - start), int(min(end, max(f.size, start)) - start)
}

func (f refFile) associatedData(index uint64, last bool) []byte {
	b := append([]byte("onionwire-e2ee-2 file chunk"), f.id...)
	b = binary.BigEndian.AppendUint64(b, f.size)
	b = binary.BigEndian.AppendUint64(b, index)
	end := byte(0)
	if last {
		end = 1
	}
	return append(b, end)
}

// seal encrypts any plaintext, well-formed or not.
func (f refFile) seal(tb rapid.TB, nonce, plain, ad []byte) []byte {
	tb.Helper()
	aead, err := chacha20poly1305.NewX(f.chunkKey())
	if err != nil {
		tb.Fatal(err)
	}
	return aead.Seal(append([]byte(nil), nonce...), nonce, plain, ad)
}

// sealChunk seals a chunk as the protocol wants it.
func (f refFile) sealChunk(tb rapid.TB, nonce []byte, index uint64, data []byte) []byte {
	tb.Helper()
	size, _ := f.lengths(index)
	plain := append(append([]byte(nil), data...), make([]byte, size-len(data))...)
	return f.seal(tb, nonce, plain, f.associatedData(index, index == f.chunks()-1))
}

// content is the file of the test vectors: block j of 32 bytes is
// SHA-256(file ID ‖ u64(j)), and the last one is cut.
func (f refFile) content() []byte {
	var b []byte
	for block := uint64(0); uint64(len(b)) < f.size; block++ {
		sum := sha256.Sum256(binary.BigEndian.AppendUint64(append([]byte(nil), f.id...), block))
		b = append(b, sum[:]...)
	}
	return b[:f.size]
}
