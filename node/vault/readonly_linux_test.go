package vault_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"testing"

	"github.com/onionwire/onionwire/node/internal/durable/durabletest"
	"github.com/onionwire/onionwire/node/vault"
)

func TestAReadOnlyFolder(t *testing.T) {
	path, keys := created(t, protect(t, "old"))
	before := content(t, path)
	durabletest.ReadOnly(t, filepath.Dir(path), func() {
		got, err := vault.Open(path, []byte("old"))
		if err != nil {
			t.Errorf("it does not open: %v", err)
			return
		}
		wantSame(t, got, keys)
		if err := vault.Change(path, []byte("old"), protect(t, "new")); !errors.Is(err, vault.ErrReadOnly) {
			t.Errorf("error is %v, want ErrReadOnly", err)
		}
		other := filepath.Join(filepath.Dir(path), "other")
		if err := vault.Create(other, keys, protect(t, "new")); !errors.Is(err, vault.ErrReadOnly) {
			t.Errorf("error is %v, want ErrReadOnly", err)
		}
	})
	if !bytes.Equal(content(t, path), before) {
		t.Error("the file was changed")
	}
	wantAlone(t, path)
}

// What the system says when there is no room is known as that.
func TestAFullDisk(t *testing.T) {
	path, keys := created(t, protect(t, "old"))
	err := vault.ChangeOn(fullDisk{}, path, []byte("old"), protect(t, "new"))
	if !errors.Is(err, vault.ErrFull) {
		t.Errorf("error is %v, want ErrFull", err)
	}
	got, err := vault.Open(path, []byte("old"))
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, got, keys)
	wantAlone(t, path)
}
