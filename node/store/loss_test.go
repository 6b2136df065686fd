package store_test

import (
	"encoding/hex"
	"errors"
	"net/url"
	"os"
	"testing"

	"github.com/ncruces/go-sqlite3"
	_ "github.com/ncruces/go-sqlite3/vfs/adiantum"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/lock"
	"github.com/onionwire/onionwire/node/store"
)

// crashed returns a folder in which acknowledged messages are in the log alone.
func crashed(t *testing.T) *lock.Folder {
	t.Helper()
	folder := newFolder(t)
	s := create(t, folder)
	apply(t, s, population...)
	// The database grows, which is written on its first page.
	apply(t, s, ledger.PutSession{Contact: 1, Session: ledger.Session{Saved: make([]byte, 20_000)}})
	for n := range 3 {
		apply(t, s, added(numbered(n)))
	}
	crash(t, s)
	if info, err := os.Stat(path(folder, "-wal")); err != nil || info.Size() == 0 {
		t.Fatalf("there is no log: %v", err)
	}
	return folder
}

// left returns the folder of a store that crashed and left its log, or that was
// closed and left none.
func left(t *testing.T, log bool) *lock.Folder {
	t.Helper()
	if log {
		return crashed(t)
	}
	folder := newFolder(t)
	closeStore(t, create(t, folder))
	return folder
}

// plainOpen opens the database as any program would that trusts SQLite with the key.
func plainOpen(folder *lock.Folder, vfsName, pragma string) error {
	u := url.URL{Scheme: "file", OmitHost: true, Path: path(folder, ""), RawQuery: "vfs=" + vfsName}
	conn, err := sqlite3.Open(u.String())
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.Exec(pragma); err != nil {
		return err
	}
	return conn.Exec("SELECT count(*) FROM messages")
}

// The trap that the probe is for: with these very files, one attempt with a wrong
// key, or without one, makes SQLite delete what was acknowledged.
func TestSQLiteAloneLosesTheLogToAWrongKey(t *testing.T) {
	for name, tt := range map[string]struct{ vfs, pragma string }{
		"wrong key":     {"adiantum", "PRAGMA hexkey = '" + hex.EncodeToString(key(9)) + "'"},
		"no encryption": {"os", ""},
	} {
		t.Run(name, func(t *testing.T) {
			folder := crashed(t)
			if err := plainOpen(folder, tt.vfs, tt.pragma); err == nil {
				t.Fatal("it opens")
			}
			if _, err := os.Stat(path(folder, "-wal")); err == nil {
				t.Fatal("SQLite has kept the log: the trap is gone, and the probe may go as well")
			}
			err := plainOpen(folder, "adiantum", "PRAGMA hexkey = '"+hex.EncodeToString(key(1))+"'")
			if err == nil {
				s := reopen(t, folder)
				view(t, s, func(tx *store.View) error {
					contacts, err := tx.Contacts()
					if len(contacts) != 0 {
						t.Error("the rows are still there")
					}
					return err
				})
			}
		})
	}
}

func TestAWrongKeyTouchesNothing(t *testing.T) {
	for name, keys := range map[string][2]byte{
		"of the database": {9, 2},
		"of the rows":     {1, 9},
		"both":            {9, 9},
		"swapped":         {2, 1},
	} {
		t.Run(name, func(t *testing.T) {
			folder := crashed(t)
			before := files(t, folder)
			if _, err := store.Open(t.Context(), folder, newKeys(t, keys[0], keys[1])); !errors.Is(err, store.ErrKey) {
				t.Errorf("error is %v, want ErrKey", err)
			}
			wantFiles(t, folder, before)
			if got := bodies(t, reopen(t, folder)); len(got) != 3 {
				t.Errorf("messages are %q, want 3", got)
			}
		})
	}
}

// The same of a database that was closed well.
func TestAWrongKeyTouchesNoClosedDatabase(t *testing.T) {
	folder := newFolder(t)
	closeStore(t, create(t, folder))
	before := files(t, folder)
	for _, keys := range [][2]byte{{9, 2}, {1, 9}} {
		if _, err := store.Open(t.Context(), folder, newKeys(t, keys[0], keys[1])); !errors.Is(err, store.ErrKey) {
			t.Errorf("error is %v, want ErrKey", err)
		}
		wantFiles(t, folder, before)
	}
}

// A power cut while pages go from the log to the database can tear the first one.
// The log tells then that the key is right, and mends the page.
func TestATornFirstPageIsMended(t *testing.T) {
	folder := crashed(t)
	tear(t, folder)
	if _, err := store.Open(t.Context(), folder, newKeys(t, 9, 2)); !errors.Is(err, store.ErrKey) {
		t.Errorf("with a wrong key the error is %v, want ErrKey", err)
	}
	if got := bodies(t, reopen(t, folder)); len(got) != 3 {
		t.Errorf("messages are %q, want 3", got)
	}
}

func tear(t *testing.T, folder *lock.Folder) {
	t.Helper()
	f, err := os.OpenFile(path(folder, ""), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt(make([]byte, 512), 512); err != nil {
		t.Fatal(err)
	}
}
