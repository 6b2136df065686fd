package vault_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/onionwire/onionwire/node/vault"
)

// cheap is a cost for tests.
var cheap = vault.Cost{Time: 1, Memory: 8, Threads: 1}

func protect(t testing.TB, passphrase string) vault.Protection {
	t.Helper()
	p, err := vault.WithPassphrase([]byte(passphrase), cheap)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// private returns the path of a key file that is not there yet, in a folder of its
// own.
func private(t testing.TB) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "profile")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(folder, "keys")
}

// created returns the path of a new key file, and what is in it.
func created(t testing.TB, p vault.Protection) (path string, keys *vault.Keys) {
	t.Helper()
	path, keys = private(t), vault.NewKeys()
	if err := vault.Create(path, keys, p); err != nil {
		t.Fatal(err)
	}
	return path, keys
}

func wantSame(t testing.TB, got, want *vault.Keys) {
	t.Helper()
	gotMaster, gotDatabase := got.Secrets()
	wantMaster, wantDatabase := want.Secrets()
	if !bytes.Equal(gotMaster, wantMaster) {
		t.Error("another master secret came back")
	}
	if !bytes.Equal(gotDatabase, wantDatabase) {
		t.Error("another database key came back")
	}
}

// wantAlone fails the test if there is anything beside the file at path.
func wantAlone(t testing.TB, path string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 || entries[0].Name() != filepath.Base(path) {
		t.Errorf("folder holds %v, want the key file alone", entries)
	}
}

func content(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
