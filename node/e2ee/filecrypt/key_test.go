package filecrypt_test

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"github.com/onionwire/onionwire/node/e2ee/filecrypt"
	"github.com/onionwire/onionwire/node/internal/golden"
)

func TestKeysComeFromTheRandomSource(t *testing.T) {
	random := bytes.NewReader(golden.Counting(1, 48))
	key := must[*filecrypt.Key](t)(filecrypt.NewKey(random))
	id := must[filecrypt.ID](t)(filecrypt.NewID(random))
	if got := must[[]byte](t)(key.AppendTo([]byte("k"))); !bytes.Equal(got, append([]byte("k"), golden.Counting(1, 32)...)) {
		t.Error("the key has other bytes")
	}
	if id != filecrypt.ID(golden.Counting(33, 16)) {
		t.Error("the ID has other bytes")
	}
}

func TestKeysDiffer(t *testing.T) {
	a, b := must[*filecrypt.Key](t)(filecrypt.NewKey(nil)), must[*filecrypt.Key](t)(filecrypt.NewKey(nil))
	if a.Equal(b) || !a.Equal(a) {
		t.Error("two new keys are equal, or one differs from itself")
	}
	again := must[*filecrypt.Key](t)(filecrypt.ParseKey(must[[]byte](t)(a.AppendTo(nil))))
	if !a.Equal(again) {
		t.Error("a key differs from its copy")
	}
	if x, y := must[filecrypt.ID](t)(filecrypt.NewID(nil)), must[filecrypt.ID](t)(filecrypt.NewID(nil)); x == y {
		t.Error("two new IDs are equal")
	}
}

func TestParseLengths(t *testing.T) {
	for n := range 70 {
		_, err := filecrypt.ParseKey(make([]byte, n))
		if (err == nil) != (n == 32) || err != nil && !errors.Is(err, filecrypt.ErrMalformed) {
			t.Errorf("a key of %d bytes: %v", n, err)
		}
		_, err = filecrypt.ParseID(make([]byte, n))
		if (err == nil) != (n == 16) || err != nil && !errors.Is(err, filecrypt.ErrMalformed) {
			t.Errorf("an ID of %d bytes: %v", n, err)
		}
	}
}

// ParseKey leaves its argument alone, and does not depend on it later.
func TestParseKeyCopies(t *testing.T) {
	b := bytes.Clone(keyBytes)
	key := must[*filecrypt.Key](t)(filecrypt.ParseKey(b))
	if !bytes.Equal(b, keyBytes) {
		t.Error("the caller's bytes were changed")
	}
	clear(b)
	if !bytes.Equal(must[[]byte](t)(key.AppendTo(nil)), keyBytes) {
		t.Error("the key changed with the caller's bytes")
	}
}

func TestWipedKey(t *testing.T) {
	key := must[*filecrypt.Key](t)(filecrypt.ParseKey(keyBytes))
	c := must[*filecrypt.Cipher](t)(filecrypt.New(key, fileID, 1, nil))
	held := filecrypt.Bytes(key)
	key.Wipe()
	key.Wipe()
	if !bytes.Equal(held, make([]byte, filecrypt.KeySize)) {
		t.Error("the key is still in memory")
	}
	_, err := key.AppendTo(nil)
	wantErr(t, err, filecrypt.ErrClosed)
	_, err = filecrypt.New(key, fileID, 1, nil)
	wantErr(t, err, filecrypt.ErrClosed)
	if key.Equal(key) || key.Equal(must[*filecrypt.Key](t)(filecrypt.NewKey(nil))) {
		t.Error("a wiped key equals one")
	}
	sealAll(t, c, []byte{1}) // which goes on
}

func TestClosedCipher(t *testing.T) {
	c := newCipher(t, fileID, 1)
	sealed := sealAll(t, c, []byte{1})[0]
	held := filecrypt.ChunkKey(c)
	c.Close()
	c.Close()
	if !bytes.Equal(held, make([]byte, 32)) {
		t.Error("the chunk key is still in memory")
	}
	for _, c := range []*filecrypt.Cipher{c, new(filecrypt.Cipher)} {
		_, err := c.SealTo(nil, 0, []byte{1})
		wantErr(t, err, filecrypt.ErrClosed)
		refuses(t, c, 0, sealed, filecrypt.ErrClosed)
	}
}

func TestNewRefusesLargeFiles(t *testing.T) {
	key := must[*filecrypt.Key](t)(filecrypt.NewKey(nil))
	_, err := filecrypt.New(key, fileID, filecrypt.MaxSize+1, nil)
	wantErr(t, err, filecrypt.ErrTooLarge)
	must[*filecrypt.Cipher](t)(filecrypt.New(key, fileID, filecrypt.MaxSize, nil))
}

// A random source that fails or ends makes nothing.
func TestRandomSourceFails(t *testing.T) {
	broken := errors.New("broken")
	for _, source := range []struct {
		random func() io.Reader
		want   error
	}{
		{func() io.Reader { return iotest.ErrReader(broken) }, broken},
		{func() io.Reader { return bytes.NewReader(make([]byte, 15)) }, io.ErrUnexpectedEOF},
	} {
		_, err := filecrypt.NewKey(source.random())
		wantErr(t, err, source.want)
		_, err = filecrypt.NewID(source.random())
		wantErr(t, err, source.want)
		key := must[*filecrypt.Key](t)(filecrypt.NewKey(nil))
		c := must[*filecrypt.Cipher](t)(filecrypt.New(key, fileID, 1, source.random()))
		sealed, err := c.SealTo(nil, 0, []byte{1})
		wantErr(t, err, source.want)
		if sealed != nil {
			t.Error("a chunk came with the error")
		}
	}
}
