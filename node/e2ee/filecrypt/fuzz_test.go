package filecrypt_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee/filecrypt"
	"github.com/onionwire/onionwire/node/internal/golden"
)

// FuzzOpen has two ways in. With keyed false the data is what arrives, and
// authentication must refuse all but the genuine bytes. With keyed true it is
// what a peer who holds the keys encrypted, so that the fuzzer gets at what is
// behind the authentication.
func FuzzOpen(f *testing.F) {
	// The fuzzer is at the second chunk, which is short: it gets on faster.
	const size = filecrypt.ChunkSize + 100
	file := refFile{key: keyBytes, id: fileID[:], size: size}
	nonce := golden.Counting(0x80, 24)
	length, _ := file.lengths(1)
	padded := append(file.content()[filecrypt.ChunkSize:], make([]byte, length-100)...)
	genuine := file.seal(f, nonce, padded, file.associatedData(1, true))
	f.Add(genuine, uint64(1), false)
	f.Add(genuine, uint64(0), false)
	f.Add(padded, uint64(1), true)
	f.Add(append(padded[:len(padded)-1:len(padded)-1], 1), uint64(1), true)
	f.Add([]byte{}, uint64(1), false)
	f.Add([]byte{}, uint64(1), true)
	f.Add([]byte{}, uint64(1<<64-1), true)
	c := newCipher(f, fileID, size)
	f.Fuzz(func(t *testing.T, data []byte, index uint64, keyed bool) {
		sealed := data
		if keyed {
			sealed = file.seal(t, nonce, data, file.associatedData(index, index == 1))
		}
		opened, err := c.OpenTo(nil, index, sealed)
		switch {
		case err != nil:
			if opened != nil {
				t.Error("a result came with the error")
			}
			if !errors.Is(err, filecrypt.ErrDecrypt) && !errors.Is(err, filecrypt.ErrMalformed) {
				t.Errorf("refused with %v", err)
			}
			if keyed && errors.Is(err, filecrypt.ErrDecrypt) {
				t.Error("refused what was sealed for this place")
			}
		case index > 1:
			t.Errorf("opened a chunk %d", index)
		case !keyed && !bytes.Equal(sealed, genuine):
			t.Error("opened a chunk that the peer did not seal")
		case keyed:
			plain, n := file.lengths(index)
			if len(data) != plain || len(opened) != n || !bytes.Equal(opened, data[:n]) ||
				!bytes.Equal(data[n:], make([]byte, plain-n)) {
				t.Errorf("opened %d bytes as %d of the file", len(data), len(opened))
			}
		}
	})
}

// FuzzLayout checks that no size and no index lead astray.
func FuzzLayout(f *testing.F) {
	f.Add(uint64(0), uint64(0))
	f.Add(uint64(filecrypt.MaxSize), uint64(163839))
	f.Add(uint64(filecrypt.MaxSize+1), uint64(0))
	f.Add(uint64(1<<64-1), uint64(1<<64-1))
	f.Fuzz(func(t *testing.T, size, index uint64) {
		l, err := filecrypt.NewLayout(size)
		if (err != nil) != (size > filecrypt.MaxSize) {
			t.Fatalf("a file of %d bytes: %v", size, err)
		}
		chunk, err := l.Chunk(index)
		if (err != nil) != (index >= l.Chunks()) {
			t.Fatalf("chunk %d of %d: %v", index, l.Chunks(), err)
		}
		if err != nil {
			return
		}
		plain, data := refFile{size: size}.lengths(index)
		if chunk.Plain != plain || chunk.Data != data || chunk.Sealed() != plain+refOverhead {
			t.Errorf("chunk %d of a file of %d bytes is %+v, want %d bytes, %d of the file", index, size, chunk, plain, data)
		}
	})
}
