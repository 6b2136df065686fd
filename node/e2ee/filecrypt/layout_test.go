package filecrypt_test

import (
	"math"
	"math/bits"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee/filecrypt"
	"pgregory.net/rapid"
)

// sizes draws file sizes of every magnitude, and those around powers of two.
func sizes() *rapid.Generator[uint64] {
	return rapid.Custom(func(t *rapid.T) uint64 {
		size := rapid.Uint64Range(0, filecrypt.MaxSize>>rapid.IntRange(0, 33).Draw(t, "shift")).Draw(t, "size")
		if rapid.Bool().Draw(t, "near a power of two") {
			size = 1<<bits.Len64(size) + rapid.Uint64Range(0, 2).Draw(t, "offset") - 1
		}
		return min(size, filecrypt.MaxSize)
	})
}

func TestLayoutHoldsTheFile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := sizes().Draw(t, "size")
		l := must[filecrypt.Layout](t)(filecrypt.NewLayout(size))
		if l.Size() != size || l.Padded() != refPadded(size) {
			t.Fatalf("%d bytes became %d, padded to %d, want %d", size, l.Size(), l.Padded(), refPadded(size))
		}
		if l.Padded() < size || l.Padded() < filecrypt.MinPadded || l.Padded() > filecrypt.MaxSize {
			t.Errorf("%d bytes are padded to %d", size, l.Padded())
		}
		if added := l.Padded() - size; size > filecrypt.MinPadded && added*16 >= size {
			t.Errorf("%d bytes of padding for %d", added, size)
		}
		again := must[filecrypt.Layout](t)(filecrypt.NewLayout(l.Padded()))
		if again.Padded() != l.Padded() {
			t.Errorf("padding changes what is padded from %d to %d", l.Padded(), again.Padded())
		}
		if more, err := filecrypt.NewLayout(size + 1); err == nil && more.Padded() < l.Padded() {
			t.Errorf("%d bytes are padded to more than one more", size)
		}
	})
}

// Chunks follow each other without gaps, and all but the last are full.
func TestChunksCoverTheFile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := must[filecrypt.Layout](t)(filecrypt.NewLayout(sizes().Draw(t, "size") / 64))
		var plain, data, sealed uint64
		for i := range l.Chunks() {
			chunk := must[filecrypt.Chunk](t)(l.Chunk(i))
			last := i == l.Chunks()-1
			if chunk.Index != i || chunk.Last != last || chunk.Offset != int64(plain) {
				t.Fatalf("chunk %d is %+v", i, chunk)
			}
			if chunk.Plain < 1 || chunk.Plain > filecrypt.ChunkSize || !last && chunk.Plain != filecrypt.ChunkSize {
				t.Fatalf("chunk %d of %d holds %d bytes", i, l.Chunks(), chunk.Plain)
			}
			if chunk.Data < 0 || chunk.Data > chunk.Plain || chunk.Data < chunk.Plain && data+uint64(chunk.Data) != l.Size() {
				t.Fatalf("chunk %d holds %d bytes of the file, too early an end", i, chunk.Data)
			}
			plain, data, sealed = plain+uint64(chunk.Plain), data+uint64(chunk.Data), sealed+uint64(chunk.Sealed())
		}
		if plain != l.Padded() || data != l.Size() || sealed != l.Sealed() {
			t.Errorf("chunks hold %d bytes, %d of the file, %d sealed; want %d, %d, %d",
				plain, data, sealed, l.Padded(), l.Size(), l.Sealed())
		}
	})
}

// Of the 33 bits of a size, what all chunks together show is less than ten.
func TestLengthsTellLittle(t *testing.T) {
	lengths := 0
	for size := uint64(0); size <= filecrypt.MaxSize; lengths++ {
		// The largest file of this padded length is as long as that.
		size = must[filecrypt.Layout](t)(filecrypt.NewLayout(size)).Padded() + 1
	}
	// 16 in each of 4 octaves from 4 KiB, 32 in each of 16 from 64 KiB, 64 from
	// 4 GiB, 16 more up to 10 GiB, and the floor.
	if want := 4*16 + 16*32 + 64 + 16 + 1; lengths != want {
		t.Errorf("%d lengths can be told apart, want %d", lengths, want)
	}
	if leaked := math.Log2(float64(lengths)); leaked > 9.4 {
		t.Errorf("a length tells %.2f bits", leaked)
	}
}

func TestLayoutRefusals(t *testing.T) {
	for _, size := range []uint64{filecrypt.MaxSize + 1, 1 << 63, math.MaxUint64} {
		l, err := filecrypt.NewLayout(size)
		wantErr(t, err, filecrypt.ErrTooLarge)
		if l != (filecrypt.Layout{}) {
			t.Errorf("a layout came with the error: %+v", l)
		}
	}
	l := must[filecrypt.Layout](t)(filecrypt.NewLayout(filecrypt.MaxSize))
	for _, index := range []uint64{l.Chunks(), l.Chunks() + 1, 1 << 48, math.MaxUint64} {
		_, err := l.Chunk(index)
		wantErr(t, err, filecrypt.ErrMalformed)
	}
	_, err := filecrypt.Layout{}.Chunk(0)
	wantErr(t, err, filecrypt.ErrMalformed)
}

func TestBounds(t *testing.T) {
	l := must[filecrypt.Layout](t)(filecrypt.NewLayout(filecrypt.MaxSize))
	if filecrypt.MaxSize != 10737418240 || l.Chunks() != 163840 || filecrypt.Overhead != 40 ||
		filecrypt.ChunkSize != 65536 || filecrypt.MinPadded != 4096 {
		t.Error("bounds differ from the specification")
	}
}
