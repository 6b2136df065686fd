package store_test

import (
	"errors"
	"os"
	"testing"

	"github.com/onionwire/onionwire/node/internal/durable/durabletest"
	"github.com/onionwire/onionwire/node/lock"
	"github.com/onionwire/onionwire/node/store"
)

func TestAReadOnlyFolder(t *testing.T) {
	for name, log := range map[string]bool{"closed": false, "after a crash": true} {
		t.Run(name, func(t *testing.T) {
			folder := left(t, log)
			before := files(t, folder)
			durabletest.ReadOnly(t, folder.Path(), func() {
				if _, err := store.Open(t.Context(), folder, newKeys(t, 1, 2)); !errors.Is(err, store.ErrReadOnly) {
					t.Errorf("error is %v, want ErrReadOnly", err)
				}
				if _, err := lock.Acquire(folder.Path()); !errors.Is(err, lock.ErrReadOnly) {
					t.Errorf("the lock gives %v, want ErrReadOnly", err)
				}
			})
			wantFiles(t, folder, before)
		})
	}
}

// The files can be written to, and the folder cannot have new ones.
func TestAFolderWithoutRoomForALog(t *testing.T) {
	folder := newFolder(t)
	closeStore(t, create(t, folder))
	before := files(t, folder)
	durabletest.ReadOnly(t, folder.Path(), func() {
		if err := os.Chmod(path(folder, ""), 0o600); err != nil {
			t.Error(err)
		}
		if _, err := store.Open(t.Context(), folder, newKeys(t, 1, 2)); !errors.Is(err, store.ErrReadOnly) {
			t.Errorf("error is %v, want ErrReadOnly", err)
		}
	})
	wantFiles(t, folder, before)
}

func TestCreateInAReadOnlyFolder(t *testing.T) {
	folder := newFolder(t)
	durabletest.ReadOnly(t, folder.Path(), func() {
		if _, err := store.Create(t.Context(), folder, newKeys(t, 1, 2)); !errors.Is(err, store.ErrReadOnly) {
			t.Errorf("error is %v, want ErrReadOnly", err)
		}
	})
	wantFiles(t, folder, nil)
}
