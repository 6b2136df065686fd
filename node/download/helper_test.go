package download_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/onionwire/onionwire/node/download"
	"github.com/onionwire/onionwire/node/e2ee/filecrypt"
)

func must[T any](t *testing.T) func(T, error) T {
	t.Helper()
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantErr(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("error is %v, want %v", err, want)
	}
}

// folder makes a folder whose path has no symbolic links.
func folder(t *testing.T) string {
	t.Helper()
	return must[string](t)(filepath.EvalSymlinks(t.TempDir()))
}

// content makes up a file.
func content(size int) []byte {
	random := rand.NewChaCha8([32]byte{byte(size)})
	b := make([]byte, size)
	_, _ = random.Read(b)
	return b
}

func begin(t *testing.T, folder string, size int) *download.Draft {
	t.Helper()
	d := must[*download.Draft](t)(download.Begin(folder, uint64(size), 0))
	t.Cleanup(func() { d.Close() })
	return d
}

func resume(t *testing.T, path string, size int, synced uint64) *download.Draft {
	t.Helper()
	d := must[*download.Draft](t)(download.Resume(path, uint64(size), synced))
	t.Cleanup(func() { d.Close() })
	return d
}

// write writes chunks of a file until there are so many.
func write(t *testing.T, d *download.Draft, file []byte, upTo uint64) {
	t.Helper()
	layout := must[filecrypt.Layout](t)(filecrypt.NewLayout(uint64(len(file))))
	for i := d.Chunks(); i < upTo; i++ {
		chunk := must[filecrypt.Chunk](t)(layout.Chunk(i))
		start := min(chunk.Offset, int64(len(file)))
		check(t, d.WriteChunk(i, file[start:][:chunk.Data]))
	}
}

func chunks(t *testing.T, size int) uint64 {
	t.Helper()
	return must[filecrypt.Layout](t)(filecrypt.NewLayout(uint64(size))).Chunks()
}

// complete writes the rest, and gives the file its name.
func complete(t *testing.T, d *download.Draft, file []byte, name string) string {
	t.Helper()
	write(t, d, file, chunks(t, len(file)))
	check(t, d.Verify(t.Context(), sha256.Sum256(file), nil))
	return must[string](t)(d.Finish(name))
}

func wantContent(t *testing.T, path string, want []byte) {
	t.Helper()
	if got := must[[]byte](t)(os.ReadFile(path)); !bytes.Equal(got, want) {
		t.Errorf("%s has other contents", filepath.Base(path))
	}
}

func wantNames(t *testing.T, folder string, want ...string) {
	t.Helper()
	var got []string
	for _, e := range must[[]os.DirEntry](t)(os.ReadDir(folder)) {
		got = append(got, e.Name())
	}
	if slices.Sort(want); !slices.Equal(got, want) {
		t.Errorf("in the folder are %q, want %q", got, want)
	}
}
