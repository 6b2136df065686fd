package keyfile_test

import (
	"crypto/ed25519"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/onionwire/onionwire/tortransport/keyfile"
)

func newKey(t *testing.T) ed25519.PrivateKey {
	t.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// wantEntries fails the test if folder holds anything but the named files:
// a temporary file that was left behind, for example.
func wantEntries(t *testing.T, folder string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	slices.Sort(names)
	if !slices.Equal(got, names) {
		t.Errorf("folder holds %q, want %q", got, names)
	}
}

func TestCreateThenLoad(t *testing.T) {
	folder := t.TempDir()
	path, key := filepath.Join(folder, "key.pem"), newKey(t)
	if err := keyfile.Create(path, key); err != nil {
		t.Fatal(err)
	}
	got, err := keyfile.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if !got.Equal(key) {
		t.Error("another key came back")
	}
	wantEntries(t, folder, "key.pem")
}

func TestCreateWritesToTheWorkingFolder(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := keyfile.Create("key.pem", newKey(t)); err != nil {
		t.Fatal(err)
	}
	wantEntries(t, ".", "key.pem")
}

func TestCreateNeverOverwrites(t *testing.T) {
	folder := t.TempDir()
	path, first := filepath.Join(folder, "key.pem"), newKey(t)
	if err := keyfile.Create(path, first); err != nil {
		t.Fatal(err)
	}
	if err := keyfile.Create(path, newKey(t)); !errors.Is(err, fs.ErrExist) {
		t.Errorf("error is %v, want fs.ErrExist", err)
	}
	if got, err := keyfile.Load(path); err != nil || !got.Equal(first) {
		t.Errorf("the first key is gone (%v)", err)
	}
	wantEntries(t, folder, "key.pem")
}

func TestCreateLeavesNothingBehindOnFailure(t *testing.T) {
	for name, tt := range map[string]struct {
		path string // below the folder
		key  ed25519.PrivateKey
		want error // nil for any
	}{
		"over a folder":     {"taken", newKey(t), fs.ErrExist},
		"name too long":     {strings.Repeat("n", 300), newKey(t), nil},
		"folder is missing": {"none/key.pem", newKey(t), fs.ErrNotExist},
		"no key":            {"key.pem", nil, nil},
		"half a key":        {"key.pem", newKey(t)[:32], nil},
		"key of two halves": {"key.pem", append(newKey(t)[:32:32], newKey(t)[32:]...), nil},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			if err := os.Mkdir(filepath.Join(folder, "taken"), 0o700); err != nil {
				t.Fatal(err)
			}
			err := keyfile.Create(filepath.Join(folder, tt.path), tt.key)
			if err == nil {
				t.Fatal("no error")
			}
			if tt.want != nil && !errors.Is(err, tt.want) {
				t.Errorf("error is %v, want %v", err, tt.want)
			}
			wantEntries(t, folder, "taken")
		})
	}
}

func TestLoadOrCreateKeepsTheKey(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "key.pem")
	first, err := keyfile.LoadOrCreate(path)
	if err != nil {
		t.Fatal(err)
	}
	second, err := keyfile.LoadOrCreate(path)
	if err != nil {
		t.Fatal(err)
	}
	if !first.Equal(second) {
		t.Error("the second call returned another key")
	}
	wantEntries(t, folder, "key.pem")
}

func TestLoadOrCreateDoesNotReplaceABrokenFile(t *testing.T) {
	path := write(t, "")
	if _, err := keyfile.LoadOrCreate(path); !errors.Is(err, keyfile.ErrMalformed) {
		t.Errorf("error is %v, want ErrMalformed", err)
	}
	if data, err := os.ReadFile(path); err != nil || len(data) != 0 {
		t.Errorf("the file holds %d bytes now (%v)", len(data), err)
	}
}

func TestLoadOrCreateDoesNotMakeFolders(t *testing.T) {
	_, err := keyfile.LoadOrCreate(filepath.Join(t.TempDir(), "none", "key.pem"))
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error is %v, want fs.ErrNotExist", err)
	}
}

func TestLoadOrCreateConcurrently(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "key.pem")
	keys := make([]ed25519.PrivateKey, 16)
	var wg sync.WaitGroup
	for i := range keys {
		wg.Go(func() {
			var err error
			if keys[i], err = keyfile.LoadOrCreate(path); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for i, key := range keys {
		if !key.Equal(keys[0]) {
			t.Errorf("caller %d got another key than caller 0", i)
		}
	}
	wantEntries(t, folder, "key.pem")
}
