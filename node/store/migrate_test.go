package store_test

import (
	"errors"
	"os"
	"testing"

	"github.com/onionwire/onionwire/node/lock"
	"github.com/onionwire/onionwire/node/store"
)

// later are schemas of later versions.
var (
	second = append(store.Schema[:len(store.Schema):len(store.Schema)],
		"CREATE TABLE second (a TEXT) STRICT; INSERT INTO second VALUES ('made by a migration');")
	third  = append(second[:len(second):len(second)], "ALTER TABLE second RENAME TO third;")
	broken = append(second[:len(second):len(second)], "DELETE FROM messages; SELECT nonsense;")
)

func open(t *testing.T, folder *lock.Folder, schema []string) (*store.Store, error) {
	t.Helper()
	return store.OpenOn(t.Context(), folder, newKeys(t, 1, 2), osFiles, schema)
}

func TestMigration(t *testing.T) {
	for _, crashes := range []bool{false, true} {
		folder := newFolder(t)
		s := create(t, folder)
		apply(t, s, append(population, added(numbered(0)))...)
		if crashes {
			crash(t, s)
		} else {
			closeStore(t, s)
		}
		s = opened(t)(open(t, folder, third))
		if got := bodies(t, s); len(got) != 1 {
			t.Errorf("messages are %q", got)
		}
		update(t, s, func(tx *store.Update) error { return tx.Exec("INSERT INTO third VALUES ('later')") })
		closeStore(t, s)
		wantRefused(t, folder, store.ErrNewer) // by the version before

		// The backup is the database before, and opens.
		backup, ok := files(t, folder)[store.File+".backup-2"]
		if !ok {
			t.Fatal("there is no backup")
		}
		other := newFolder(t)
		if err := os.WriteFile(path(other, ""), []byte(backup), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := bodies(t, reopen(t, other)); len(got) != 1 {
			t.Errorf("messages in the backup are %q", got)
		}

		// It goes once the new one was opened again: it has what is deleted later.
		closeStore(t, opened(t)(open(t, folder, third)))
		if got := files(t, folder); len(got) != 1 {
			t.Errorf("there are %d files, want the database alone", len(got))
		}
	}
}

func TestAFailedMigrationChangesNothing(t *testing.T) {
	folder := newFolder(t)
	s := create(t, folder)
	apply(t, s, append(population, added(numbered(0)))...)
	closeStore(t, s)
	before := files(t, folder)[store.File]
	if _, err := open(t, folder, broken); err == nil {
		t.Fatal("it opens")
	}
	got := files(t, folder)
	if got[store.File] != before || got[store.File+".backup-2"] != before {
		t.Error("the database was changed, or not backed up")
	}
	if got := bodies(t, reopen(t, folder)); len(got) != 1 {
		t.Errorf("messages are %q", got)
	}
}

func TestNoMigrationWithoutABackup(t *testing.T) {
	folder := newFolder(t)
	closeStore(t, create(t, folder))
	// Something that cannot be replaced by a file.
	if err := os.MkdirAll(path(folder, ".backup-2.new/x"), 0o700); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path(folder, ""))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := open(t, folder, second); err == nil {
		t.Fatal("it opens")
	}
	if after, err := os.ReadFile(path(folder, "")); err != nil || string(after) != string(before) {
		t.Errorf("the database was changed (%v)", err)
	}
}

func TestAnInterruptedMigrationIsDoneAgain(t *testing.T) {
	t.Parallel()
	content := template(t)
	for n := 0; ; n++ {
		folder := fromTemplate(t, content)
		disk := &faultyFiles{VFS: osFiles, left: n, err: errPower, power: true}
		s, err := store.OpenOn(t.Context(), folder, newKeys(t, 1, 2), disk, second)
		if err == nil {
			err = s.Close()
		}
		if err == nil && disk.left > 0 {
			break
		}
		if err == nil {
			err = errPower
		}
		if !errors.Is(err, store.ErrDisk) && !errors.Is(err, errPower) {
			t.Fatalf("change %d: %v", n, err)
		}
		s = opened(t)(open(t, folder, second))
		if err := s.Check(t.Context()); err != nil {
			t.Fatalf("change %d: %v", n, err)
		}
		closeStore(t, s)
	}
}

var errPower = errors.New("power is gone")
