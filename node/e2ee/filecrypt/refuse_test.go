package filecrypt_test

import (
	"bytes"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee/filecrypt"
	"github.com/onionwire/onionwire/node/internal/golden"
)

const smallSize = 1000 // one chunk of 4136 bytes

func TestEveryFlippedByteIsRefused(t *testing.T) {
	c := newCipher(t, fileID, smallSize)
	sealed := sealAll(t, c, make([]byte, smallSize))[0]
	for i := range sealed {
		sealed[i] ^= 1 << (i % 8)
		refuses(t, c, 0, sealed, filecrypt.ErrDecrypt)
		sealed[i] ^= 1 << (i % 8)
	}
	must[[]byte](t)(c.OpenTo(nil, 0, sealed))
}

func TestEveryTruncationIsRefused(t *testing.T) {
	c := newCipher(t, fileID, smallSize)
	sealed := sealAll(t, c, make([]byte, smallSize))[0]
	for n := range sealed {
		refuses(t, c, 0, sealed[:n], filecrypt.ErrMalformed)
	}
	for _, more := range []int{1, 16, 40, 4096, filecrypt.ChunkSize} {
		refuses(t, c, 0, append(bytes.Clone(sealed), make([]byte, more)...), filecrypt.ErrMalformed)
	}
}

// Chunks of equal length, in another place: reordered, repeated, or put where
// the file is cut off.
func TestOtherIndicesAreRefused(t *testing.T) {
	const size = 4 * filecrypt.ChunkSize // all chunks full, the last one too
	c := newCipher(t, fileID, size)
	chunks := sealAll(t, c, make([]byte, size))
	for i, sealed := range chunks {
		for at := range chunks {
			if at != i {
				refuses(t, c, uint64(at), sealed, filecrypt.ErrDecrypt)
			}
		}
		refuses(t, c, uint64(len(chunks)), sealed, filecrypt.ErrMalformed)
		refuses(t, c, 1<<64-1, sealed, filecrypt.ErrMalformed)
	}
}

// The end marker is authenticated by itself: a chunk sealed with the other one
// is refused even where everything else fits.
func TestOtherEndMarkersAreRefused(t *testing.T) {
	const size = 2 * filecrypt.ChunkSize
	c := newCipher(t, fileID, size)
	f := refFile{key: keyBytes, id: fileID[:], size: size}
	plain := make([]byte, filecrypt.ChunkSize)
	for i, last := range []bool{false, true} {
		genuine := f.seal(t, golden.Counting(0x80, 24), plain, f.associatedData(uint64(i), last))
		must[[]byte](t)(c.OpenTo(nil, uint64(i), genuine))
		refuses(t, c, uint64(i), f.seal(t, golden.Counting(0x80, 24), plain, f.associatedData(uint64(i), !last)), filecrypt.ErrDecrypt)
	}
}

// Two files of one size, under one key by mistake or under their own.
func TestOtherFilesAreRefused(t *testing.T) {
	const size = 2*filecrypt.ChunkSize + 5
	a := newCipher(t, fileID, size)
	otherID := newCipher(t, filecrypt.ID(golden.Counting(0x60, 16)), size)
	otherKey := must[*filecrypt.Cipher](t)(filecrypt.New(must[*filecrypt.Key](t)(filecrypt.NewKey(nil)), fileID, size, nil))
	for i, sealed := range sealAll(t, a, make([]byte, size)) {
		refuses(t, otherID, uint64(i), sealed, filecrypt.ErrDecrypt)
		refuses(t, otherKey, uint64(i), sealed, filecrypt.ErrDecrypt)
	}
}

// An ID that differs in the associated data only: the chunk key alone does not
// decide.
func TestOtherAssociatedDataIsRefused(t *testing.T) {
	c := newCipher(t, fileID, smallSize)
	f := refFile{key: keyBytes, id: fileID[:], size: smallSize}
	plain, ad := make([]byte, 4096), f.associatedData(0, true)
	for i := range ad {
		ad[i] ^= 1 << (i % 8)
		refuses(t, c, 0, f.seal(t, golden.Counting(0x80, 24), plain, ad), filecrypt.ErrDecrypt)
		ad[i] ^= 1 << (i % 8)
	}
	for _, other := range [][]byte{nil, ad[1:], ad[:len(ad)-1], append(bytes.Clone(ad), 0)} {
		refuses(t, c, 0, f.seal(t, golden.Counting(0x80, 24), plain, other), filecrypt.ErrDecrypt)
	}
	must[[]byte](t)(c.OpenTo(nil, 0, f.seal(t, golden.Counting(0x80, 24), plain, ad)))
}

// Sizes that are padded to the same length: no other one opens a chunk, so the
// size that was declared is the size that was sealed.
func TestOtherSizesAreRefused(t *testing.T) {
	for _, sizes := range [][]uint64{{0, 1, 1000, 4095, 4096}, {65537, 65538, 67584}, {196609, 200000, 200704}} {
		for _, size := range sizes {
			chunks := sealAll(t, newCipher(t, fileID, size), make([]byte, size))
			for _, declared := range sizes {
				if declared == size {
					continue
				}
				c := newCipher(t, fileID, declared)
				if got := c.Layout().Chunks(); got != uint64(len(chunks)) {
					t.Fatalf("%d and %d bytes make %d and %d chunks", size, declared, len(chunks), got)
				}
				for i, sealed := range chunks {
					refuses(t, c, uint64(i), sealed, filecrypt.ErrDecrypt)
				}
			}
		}
	}
}

// Nothing can hide in the padding, wherever in it.
func TestPaddingMustBeZero(t *testing.T) {
	for _, size := range []uint64{0, 1, 1000, 4088, 4095} {
		c := newCipher(t, fileID, size)
		f := refFile{key: keyBytes, id: fileID[:], size: size}
		plain := make([]byte, 4096)
		for i := range plain {
			plain[i] = 1 << (i % 8)
			sealed := f.seal(t, golden.Counting(0x80, 24), plain, f.associatedData(0, true))
			if uint64(i) < size {
				must[[]byte](t)(c.OpenTo(nil, 0, sealed))
			} else {
				refuses(t, c, 0, sealed, filecrypt.ErrMalformed)
			}
			plain[i] = 0
		}
	}
}

func TestSealingRefusesOtherLengths(t *testing.T) {
	c := newCipher(t, fileID, filecrypt.ChunkSize+1)
	for _, try := range []struct {
		index uint64
		data  int
	}{
		{0, 0}, {0, filecrypt.ChunkSize - 1}, {0, filecrypt.ChunkSize + 1}, {1, 0}, {1, 2}, {2, 0}, {1<<64 - 1, 0},
	} {
		sealed, err := c.SealTo(nil, try.index, make([]byte, try.data))
		wantErr(t, err, filecrypt.ErrMalformed)
		if sealed != nil {
			t.Error("a chunk came with the error")
		}
	}
}
