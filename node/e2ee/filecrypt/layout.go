package filecrypt

import (
	"fmt"
	"math/bits"
)

// Sizes in bytes (docs/protocol.md, "Files").
const (
	// MaxSize is the size of the largest file, 10 GiB or 10,737,418,240. It bounds
	// the chunks that a receiver keeps account of, of which there are at most 163,840.
	MaxSize = 10 << 30
	// MinPadded is what the smallest files are padded to, 4,096: they look alike.
	MinPadded = 4096
	// ChunkSize is how much of the padded file a chunk holds, 65,536; the last one
	// may hold less.
	ChunkSize = 64 << 10
	// Overhead is by how much a sealed chunk is longer, 40: a nonce of 24 and a tag
	// of 16.
	Overhead = nonceSize + tagSize
)

// Layout is how a file of one size is padded and cut. The zero value is the
// layout of nothing and has no chunks.
type Layout struct {
	size, padded uint64
}

// NewLayout returns the layout of a file of size bytes, which may be 0. It fails
// with ErrTooLarge.
func NewLayout(size uint64) (Layout, error) {
	if size > MaxSize {
		return Layout{}, ErrTooLarge
	}
	return Layout{size: size, padded: padme(max(size, MinPadded))}, nil
}

// Size returns the size of the file, without padding.
func (l Layout) Size() uint64 { return l.size }

// Padded returns the length of the file with its padding, which everybody can
// see who sees all chunks.
func (l Layout) Padded() uint64 { return l.padded }

// Chunks returns how many chunks there are: at least 1, even for an empty file.
func (l Layout) Chunks() uint64 { return (l.padded + ChunkSize - 1) / ChunkSize }

// Sealed returns the length of all sealed chunks together.
func (l Layout) Sealed() uint64 { return l.padded + l.Chunks()*Overhead }

// Chunk returns the chunk at index, of which the first is 0. It fails with
// ErrMalformed if there is none.
func (l Layout) Chunk(index uint64) (Chunk, error) {
	if index >= l.Chunks() {
		return Chunk{}, fmt.Errorf("%w: no such chunk", ErrMalformed)
	}
	start := index * ChunkSize
	return Chunk{
		Index:  index,
		Offset: int64(start),
		Data:   int(min(ChunkSize, l.size-min(start, l.size))),
		Plain:  int(min(ChunkSize, l.padded-start)),
		Last:   index == l.Chunks()-1,
	}, nil
}

// Chunk is one piece of a padded file. Lengths are in bytes.
type Chunk struct {
	Index  uint64
	Offset int64 // of its first byte in the padded file
	Data   int   // bytes of the file, at Offset; the padding of a large file leaves none to its last chunks
	Plain  int   // with padding
	Last   bool
}

// Sealed returns the length of the sealed chunk.
func (c Chunk) Sealed() int { return c.Plain + Overhead }

// padme rounds n up to the next number whose binary form, after the first
// floor(log2(log2 n))+2 digits, is all zeros (Padmé of Nikitin et al., PoPETs
// 2019): from 4096 up it adds less than a sixteenth. n is at least 2 and far
// below 2^63.
func padme(n uint64) uint64 {
	exponent := bits.Len64(n) - 1
	kept := bits.Len(uint(exponent))
	mask := uint64(1)<<(exponent-kept) - 1
	return (n + mask) &^ mask
}
