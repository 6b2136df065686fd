package filecrypt_test

import (
	"bytes"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee/filecrypt"
	"pgregory.net/rapid"
)

// Chunks go both ways between implementation and reference, in any order, some
// more than once.
func TestAnyOrderOpens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := min(sizes().Draw(t, "size"), 1<<20)
		f := refFile{key: keyBytes, id: fileID[:], size: size}
		file := f.content()
		c := newCipher(t, fileID, size)
		order := rapid.SliceOfN(rapid.Uint64Range(0, c.Layout().Chunks()-1), 1, 20).Draw(t, "order")
		for _, i := range order {
			data := part(t, c.Layout(), i, file)
			sealed := must[[]byte](t)(c.SealTo([]byte("before"), i, data))
			if !bytes.HasPrefix(sealed, []byte("before")) {
				t.Fatal("SealTo lost what was there before")
			}
			sealed = sealed[len("before"):]
			if want := f.sealChunk(t, sealed[:24], i, data); !bytes.Equal(sealed, want) {
				t.Fatalf("chunk %d of %d bytes is sealed otherwise than the reference does", i, size)
			}
			opened := must[[]byte](t)(c.OpenTo([]byte("before"), i, sealed))
			if !bytes.Equal(opened, append([]byte("before"), data...)) {
				t.Fatalf("chunk %d of %d bytes came out different", i, size)
			}
		}
	})
}

func TestSizesAtTheEdges(t *testing.T) {
	for _, size := range []uint64{0, 1, 4095, 4096, 4097, 65535, 65536, 65537, 131072, 200000, 4<<20 + 65536} {
		file := refFile{id: fileID[:], size: size}.content()
		c := newCipher(t, fileID, size)
		chunks := sealAll(t, c, file)
		var whole []byte
		for _, i := range rand.Perm(len(chunks)) {
			opened := must[[]byte](t)(c.OpenTo(nil, uint64(i), chunks[i]))
			if !bytes.Equal(opened, part(t, c.Layout(), uint64(i), file)) {
				t.Errorf("chunk %d of %d bytes came out different", i, size)
			}
		}
		for i, chunk := range chunks {
			whole = must[[]byte](t)(c.OpenTo(whole, uint64(i), chunk))
		}
		if !bytes.Equal(whole, file) {
			t.Errorf("a file of %d bytes came out different", size)
		}
	}
}

// The last chunks of a large file may be padding from end to end.
func TestFarEndOfTheLargestPadding(t *testing.T) {
	const size = 9<<30 + 1 // 128 MiB of padding, less one byte
	c := newCipher(t, fileID, size)
	for _, i := range []uint64{0, 9<<14 - 1, 9 << 14, 9<<14 + 1, c.Layout().Chunks() - 1} {
		chunk := must[filecrypt.Chunk](t)(c.Layout().Chunk(i))
		data := bytes.Repeat([]byte{0xda}, chunk.Data)
		sealed := must[[]byte](t)(c.SealTo(nil, i, data))
		if opened := must[[]byte](t)(c.OpenTo(nil, i, sealed)); !bytes.Equal(opened, data) {
			t.Errorf("chunk %d came out different", i)
		}
	}
	if chunk := must[filecrypt.Chunk](t)(c.Layout().Chunk(9 << 14)); chunk.Data != 1 {
		t.Errorf("the last byte is not where it should be: %+v", chunk)
	}
	if chunk := must[filecrypt.Chunk](t)(c.Layout().Chunk(9<<14 + 1)); chunk.Data != 0 || chunk.Last {
		t.Errorf("a chunk after the last byte: %+v", chunk)
	}
}

// Two sealings of one chunk have nothing in common, so that a file which
// changes in between gives nothing away.
func TestSealingTwiceDiffers(t *testing.T) {
	c := newCipher(t, fileID, 1000)
	a := must[[]byte](t)(c.SealTo(nil, 0, make([]byte, 1000)))
	b := must[[]byte](t)(c.SealTo(nil, 0, make([]byte, 1000)))
	same := 0
	for i := range a {
		if a[i] == b[i] {
			same++
		}
	}
	if same > len(a)/32 { // 16 of 4136 are expected
		t.Errorf("%d of %d bytes are the same", same, len(a))
	}
}

// The same room serves all chunks, whatever was in it, data included.
func TestRoomIsUsedAgain(t *testing.T) {
	const size = 3*filecrypt.ChunkSize - 100
	file := refFile{id: fileID[:], size: size}.content()
	c := newCipher(t, fileID, size)
	sealed := make([]byte, 0, filecrypt.ChunkSize+filecrypt.Overhead)
	opened := make([]byte, 0, filecrypt.ChunkSize)
	for i := range c.Layout().Chunks() {
		sealed = must[[]byte](t)(c.SealTo(sealed[:0], i, part(t, c.Layout(), i, file)))
		opened = must[[]byte](t)(c.OpenTo(opened[:0], i, sealed))
		if !bytes.Equal(opened, part(t, c.Layout(), i, file)) {
			t.Errorf("chunk %d came out different", i)
		}
	}
	allocations := testing.AllocsPerRun(20, func() {
		sealed = must[[]byte](t)(c.SealTo(sealed[:0], 1, part(t, c.Layout(), 1, file)))
		opened = must[[]byte](t)(c.OpenTo(opened[:0], 1, sealed))
	})
	if allocations > 10 {
		t.Errorf("sealing and opening a chunk takes %v allocations", allocations)
	}
}

func TestConcurrentUse(t *testing.T) {
	const size = 1 << 20
	file := refFile{id: fileID[:], size: size}.content()
	c := newCipher(t, fileID, size)
	chunks := make([][]byte, c.Layout().Chunks())
	parts := make([][]byte, len(chunks))
	each := func(do func(i uint64) error) {
		var wg sync.WaitGroup
		for i := range chunks {
			wg.Go(func() {
				if err := do(uint64(i)); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
	each(func(i uint64) (err error) {
		chunks[i], err = c.SealTo(nil, i, file[i*filecrypt.ChunkSize:][:filecrypt.ChunkSize])
		return err
	})
	each(func(i uint64) (err error) {
		parts[i], err = c.OpenTo(nil, i, chunks[i])
		return err
	})
	if !bytes.Equal(bytes.Join(parts, nil), file) {
		t.Error("the file came out different")
	}
}
