package filecrypt_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee/filecrypt"
	"github.com/onionwire/onionwire/node/internal/golden"
	"pgregory.net/rapid"
)

// must makes the errors of what cannot fail here the test's.
func must[T any](tb rapid.TB) func(T, error) T {
	return func(value T, err error) T {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
		return value
	}
}

func wantErr(tb rapid.TB, err, want error) {
	tb.Helper()
	if !errors.Is(err, want) {
		tb.Errorf("got error %v, want %v", err, want)
	}
}

var (
	keyBytes = golden.Counting(0x00, filecrypt.KeySize)
	fileID   = filecrypt.ID(golden.Counting(0x20, 16))
)

func newCipher(tb rapid.TB, id filecrypt.ID, size uint64) *filecrypt.Cipher {
	tb.Helper()
	key := must[*filecrypt.Key](tb)(filecrypt.ParseKey(keyBytes))
	return must[*filecrypt.Cipher](tb)(filecrypt.New(key, id, size, nil))
}

// part returns the file's bytes in a chunk.
func part(tb rapid.TB, l filecrypt.Layout, index uint64, file []byte) []byte {
	tb.Helper()
	chunk := must[filecrypt.Chunk](tb)(l.Chunk(index))
	if chunk.Data == 0 {
		return nil
	}
	return file[chunk.Offset:][:chunk.Data]
}

// sealAll seals every chunk of a file.
func sealAll(tb rapid.TB, c *filecrypt.Cipher, file []byte) [][]byte {
	tb.Helper()
	chunks := make([][]byte, c.Layout().Chunks())
	for i := range chunks {
		chunks[i] = must[[]byte](tb)(c.SealTo(nil, uint64(i), part(tb, c.Layout(), uint64(i), file)))
	}
	return chunks
}

// refuses checks that a chunk is refused and that nothing comes with the error.
func refuses(tb testing.TB, c *filecrypt.Cipher, index uint64, sealed []byte, want error) {
	tb.Helper()
	room := bytes.Repeat([]byte{0xee}, len(sealed))
	opened, err := c.OpenTo(room[:0], index, sealed)
	wantErr(tb, err, want)
	if opened != nil {
		tb.Error("a result came with the error")
	}
	if bytes.Count(room, []byte{0xee})+bytes.Count(room, []byte{0}) != len(room) {
		tb.Error("something that was decrypted is left behind")
	}
}
