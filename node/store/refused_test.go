package store_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node/lock"
	"github.com/onionwire/onionwire/node/store"
)

func wantRefused(t *testing.T, folder *lock.Folder, want error) {
	t.Helper()
	before := files(t, folder)
	if _, err := store.Open(t.Context(), folder, newKeys(t, 1, 2)); !errors.Is(err, want) {
		t.Errorf("error is %v, want %v", err, want)
	}
	wantFiles(t, folder, before)
}

func TestNoDatabase(t *testing.T) {
	folder := newFolder(t)
	wantRefused(t, folder, fs.ErrNotExist)
	if err := os.Mkdir(path(folder, ""), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(t.Context(), folder, newKeys(t, 1, 2)); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("with a folder in its place the error is %v, want ErrDamaged", err)
	}
}

func TestCreateNeverOverwrites(t *testing.T) {
	for _, suffix := range []string{"", "-wal", "-journal"} {
		folder := newFolder(t)
		if err := os.WriteFile(path(folder, suffix), []byte("precious"), 0o600); err != nil {
			t.Fatal(err)
		}
		before := files(t, folder)
		if _, err := store.Create(t.Context(), folder, newKeys(t, 1, 2)); !errors.Is(err, fs.ErrExist) {
			t.Errorf("beside a file %q the error is %v, want fs.ErrExist", suffix, err)
		}
		wantFiles(t, folder, before)
	}
}

func TestAnInterruptedCreateIsForgotten(t *testing.T) {
	folder := newFolder(t)
	for _, suffix := range []string{".new", ".new-wal", ".new-journal"} {
		if err := os.WriteFile(path(folder, suffix), []byte("half a database"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	closeStore(t, create(t, folder))
	if got := files(t, folder); len(got) != 1 || len(got[store.File]) == 0 {
		t.Errorf("there are %d files", len(got))
	}
}

func TestTruncatedDatabases(t *testing.T) {
	contents := map[bool]map[string]string{ // with and without a log
		false: files(t, left(t, false)),
		true:  files(t, left(t, true)),
	}
	for name, damage := range map[string]func(content string) string{
		"to nothing":        func(string) string { return "" },
		"within a page":     func(c string) string { return c[:100] },
		"to one page":       func(c string) string { return c[:4096] },
		"by the last page":  func(c string) string { return c[:len(c)-4096] },
		"by the last byte":  func(c string) string { return c[:len(c)-1] },
		"and filled again":  func(c string) string { return c[:8192] + strings.Repeat("\x00", len(c)-8192) },
		"and one page gone": func(c string) string { return c[:4096] + c[8192:] },
	} {
		for log, whole := range contents {
			t.Run(name, func(t *testing.T) {
				folder := fromTemplate(t, whole)
				content := files(t, folder)[store.File]
				if err := os.WriteFile(path(folder, ""), []byte(damage(content)), 0o600); err != nil {
					t.Fatal(err)
				}
				before := files(t, folder)
				s, err := store.Open(t.Context(), folder, newKeys(t, 1, 2))
				if err == nil {
					// What is missing may be in the log, or is noticed when it is read.
					defer s.Close()
					if err = s.Check(t.Context()); err == nil && !log {
						t.Fatal("nobody notices")
					}
					if err == nil {
						return
					}
				} else {
					wantFiles(t, folder, before)
				}
				if !errors.Is(err, store.ErrDamaged) {
					t.Errorf("error is %v, want ErrDamaged", err)
				}
			})
		}
	}
}

func TestANewerDatabase(t *testing.T) {
	for _, crashes := range []bool{false, true} {
		folder := newFolder(t)
		s := create(t, folder)
		update(t, s, func(tx *store.Update) error { return tx.Exec("PRAGMA user_version = 99") })
		if crashes {
			crash(t, s)
		} else {
			closeStore(t, s)
		}
		wantRefused(t, folder, store.ErrNewer)
	}
}

func TestAnotherDatabaseUnderTheSameKey(t *testing.T) {
	folder := newFolder(t)
	s := create(t, folder)
	update(t, s, func(tx *store.Update) error { return tx.Exec("PRAGMA application_id = 1") })
	closeStore(t, s)
	wantRefused(t, folder, store.ErrDamaged)
}

func TestADatabaseThatIsOpenElsewhere(t *testing.T) {
	folder := newFolder(t)
	s := create(t, folder)
	apply(t, s, population...)
	// Somebody who does not ask for the lock.
	if other, err := store.Open(t.Context(), folder, newKeys(t, 1, 2)); !errors.Is(err, store.ErrInUse) {
		_ = other.Close()
		t.Fatalf("error is %v, want ErrInUse", err)
	}
	apply(t, s, added(numbered(1)))
	closeStore(t, s)
	if got := bodies(t, reopen(t, folder)); len(got) != 1 {
		t.Errorf("messages are %q", got)
	}
}

func TestOpenStopsWithItsContext(t *testing.T) {
	folder := newFolder(t)
	closeStore(t, create(t, folder))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	before := files(t, folder)
	if _, err := store.Open(ctx, folder, newKeys(t, 1, 2)); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v, want Canceled", err)
	}
	wantFiles(t, folder, before)
	other := newFolder(t)
	if _, err := store.Create(ctx, other, newKeys(t, 1, 2)); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v, want Canceled", err)
	}
	wantFiles(t, other, nil)
}

func TestKeysOfAnotherLength(t *testing.T) {
	for _, n := range []int{0, 31, 33} {
		if _, err := store.NewKeys(make([]byte, n), key(1)); err == nil {
			t.Errorf("a database key of %d bytes is accepted", n)
		}
		if _, err := store.NewKeys(key(1), make([]byte, n)); err == nil {
			t.Errorf("a row key of %d bytes is accepted", n)
		}
	}
}
