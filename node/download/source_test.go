package download_test

import (
	"context"
	"crypto/sha256"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/download"
	"github.com/onionwire/onionwire/node/e2ee/filecrypt"
)

func source(t *testing.T, file []byte) (*download.Source, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file.bin")
	check(t, os.WriteFile(path, file, 0o600))
	s := must[*download.Source](t)(download.Open(path))
	t.Cleanup(func() { s.Close() })
	return s, path
}

func TestASourceGivesItsChunks(t *testing.T) {
	for _, size := range []int{0, 1, chunk, chunk + 1, 40 * chunk} {
		file := content(size)
		s, _ := source(t, file)
		if s.Name() != "file.bin" || s.Layout().Size() != uint64(size) {
			t.Errorf("it is %s of %d bytes", s.Name(), s.Layout().Size())
		}
		var got []byte
		for i := range s.Layout().Chunks() {
			got = must[[]byte](t)(s.ReadChunk(got, i))
		}
		if string(got) != string(file) {
			t.Errorf("a file of %d bytes is read as another", size)
		}
		if _, err := s.ReadChunk(nil, s.Layout().Chunks()); err == nil {
			t.Error("there is one chunk too many")
		}
		var read uint64
		sum := must[[32]byte](t)(s.Hash(t.Context(), func(done uint64) { read = done }))
		if sum != sha256.Sum256(file) || read != uint64(size) {
			t.Errorf("the hash of %d bytes is another", size)
		}
	}
}

func TestAChangedSource(t *testing.T) {
	for name, change := range map[string]func(path string) error{
		"touched": func(path string) error {
			return os.Chtimes(path, time.Time{}, time.Now().Add(time.Hour))
		},
		"shorter": func(path string) error { return os.Truncate(path, 1) },
		"longer":  func(path string) error { return os.Truncate(path, 5*chunk) },
	} {
		t.Run(name, func(t *testing.T) {
			s, path := source(t, content(2*chunk))
			check(t, change(path))
			_, err := s.ReadChunk(nil, 0)
			wantErr(t, err, download.ErrChanged)
			_, err = s.ReadChunk(nil, 1)
			wantErr(t, err, download.ErrChanged)
			_, err = s.Hash(t.Context(), nil)
			wantErr(t, err, download.ErrChanged)
		})
	}
}

// A file that is replaced, as editors do, is still the one that was opened.
func TestAReplacedSource(t *testing.T) {
	file := content(100)
	s, path := source(t, file)
	check(t, os.WriteFile(path+".new", content(200), 0o600))
	check(t, os.Rename(path+".new", path))
	if got := must[[]byte](t)(s.ReadChunk(nil, 0)); string(got) != string(file) {
		t.Error("another file is read")
	}
}

func TestAHashIsCalledOff(t *testing.T) {
	s, _ := source(t, content(chunk))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Hash(ctx, nil)
	wantErr(t, err, context.Canceled)
}

func TestNotASource(t *testing.T) {
	dir := t.TempDir()
	_, err := download.Open(dir)
	wantErr(t, err, download.ErrNotRegular)
	_, err = download.Open(os.DevNull)
	wantErr(t, err, download.ErrNotRegular)
	_, err = download.Open(filepath.Join(dir, "gone"))
	wantErr(t, err, fs.ErrNotExist)

	large := filepath.Join(dir, "large")
	check(t, os.WriteFile(large, nil, 0o600))
	check(t, os.Truncate(large, filecrypt.MaxSize))
	s := must[*download.Source](t)(download.Open(large))
	check(t, s.Close())
	_, err = s.ReadChunk(nil, 0)
	wantErr(t, err, fs.ErrClosed)
	check(t, os.Truncate(large, filecrypt.MaxSize+1))
	_, err = download.Open(large)
	wantErr(t, err, download.ErrTooLarge)
}

// A link is not sent. A folder may be reached by one.
func TestASourceBehindALink(t *testing.T) {
	_, path := source(t, content(7))
	check(t, os.Symlink(path, path+".link"))
	_, err := download.Open(path + ".link")
	wantErr(t, err, download.ErrNotRegular)

	folder := filepath.Join(t.TempDir(), "folder")
	check(t, os.Symlink(filepath.Dir(path), folder))
	s := must[*download.Source](t)(download.Open(filepath.Join(folder, filepath.Base(path))))
	defer s.Close()
	if s.Layout().Size() != 7 {
		t.Error("another file was opened")
	}
}
