package store_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/ncruces/go-sqlite3/vfs"
	"go.uber.org/goleak"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/lock"
	"github.com/onionwire/onionwire/node/store"
)

// soak lets some tests go on for much longer.
var soak = os.Getenv("NODE_TEST_SOAK") != ""

func TestMain(m *testing.M) {
	if folder := os.Getenv(writerFolder); folder != "" {
		write(folder)
		return
	}
	if !soak {
		// Less than rapid's own default, which a flag still overrides.
		_ = flag.Set("rapid.checks", "30")
	}
	goleak.VerifyTestMain(m)
}

// noon is the time in these tests.
var noon = time.UnixMilli(1_700_000_000_123).UTC()

func key(b byte) []byte { return bytes.Repeat([]byte{b}, 32) }

func newKeys(t testing.TB, database, rows byte) *store.Keys {
	t.Helper()
	keys, err := store.NewKeys(key(database), key(rows))
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// newFolder returns an empty folder that the test has the lock of.
func newFolder(t testing.TB) *lock.Folder {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a profile % with?odd#name")
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	return acquire(t, path)
}

func acquire(t testing.TB, path string) *lock.Folder {
	t.Helper()
	folder, err := lock.Acquire(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := folder.Release(); err != nil {
			t.Error(err)
		}
	})
	return folder
}

// create returns a new store with the keys 1 and 2, which is closed with the test.
func create(t testing.TB, folder *lock.Folder) *store.Store {
	t.Helper()
	return opened(t)(store.Create(t.Context(), folder, newKeys(t, 1, 2)))
}

// reopen opens a store with the keys 1 and 2, which is closed with the test.
func reopen(t testing.TB, folder *lock.Folder) *store.Store {
	t.Helper()
	return opened(t)(store.Open(t.Context(), folder, newKeys(t, 1, 2)))
}

func opened(t testing.TB) func(s *store.Store, err error) *store.Store {
	t.Helper()
	return func(s *store.Store, err error) *store.Store {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return s
	}
}

func closeStore(t testing.TB, s *store.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func update(t testing.TB, s *store.Store, f func(tx *store.Update) error) {
	t.Helper()
	if err := s.Update(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

func view(t testing.TB, s *store.Store, f func(tx *store.View) error) {
	t.Helper()
	if err := s.View(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

func apply(t testing.TB, s *store.Store, changes ...ledger.Change) {
	t.Helper()
	update(t, s, func(tx *store.Update) error { return tx.Apply(changes...) })
}

// population are Bob, who is contact 1, and the conversation with him, 1 as well.
var population = []ledger.Change{
	ledger.PutContact{Contact: ledger.Contact{
		ID: 1, Peer: []byte("peer of bob"), Name: "Bob Bobson", State: ledger.Accepted, Added: noon,
	}},
	ledger.PutConversation{Conversation: ledger.Conversation{
		ID: 1, Kind: ledger.Direct, Members: []ledger.ContactID{1}, Added: noon,
	}},
}

// populated returns a new store with Bob in it.
func populated(t testing.TB) *store.Store {
	t.Helper()
	s := create(t, newFolder(t))
	apply(t, s, population...)
	return s
}

// numbered is the n-th message of a test, from 0, ours, in conversation 1.
func numbered(n int) ledger.Message {
	m := ledger.Message{
		Number: ledger.MessageNumber(n + 1), Conversation: 1, Body: fmt.Sprintf("message number%d", n), Written: noon, Stored: noon,
	}
	copy(m.ID[:], fmt.Sprintf("%016d", n))
	return m
}

// added adds a message, and an event with the same number.
func added(m ledger.Message) ledger.AddMessage {
	return ledger.AddMessage{Message: m, Event: ledger.Event{
		Cursor: ledger.Cursor(m.Number), Happened: noon, Kind: ledger.MessageQueued, Message: m.Number,
	}}
}

// bodies returns the texts in conversation 1, the oldest first.
func bodies(t testing.TB, s *store.Store) (all []string) {
	t.Helper()
	view(t, s, func(tx *store.View) error {
		messages, err := tx.Messages(1, 0, 1<<20)
		for _, m := range messages {
			all = append([]string{m.Body}, all...)
		}
		return err
	})
	return all
}

// files returns the content of all files in a folder but the lock.
func files(t testing.TB, folder *lock.Folder) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(folder.Path())
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string]string)
	for _, e := range entries {
		if e.Name() == lock.File {
			continue
		}
		b, err := os.ReadFile(filepath.Join(folder.Path(), e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[e.Name()] = string(b)
	}
	return all
}

func wantFiles(t testing.TB, folder *lock.Folder, want map[string]string) {
	t.Helper()
	got := files(t, folder)
	for name := range got {
		if want[name] != got[name] {
			t.Errorf("%s was changed: %d bytes, were %d", name, len(got[name]), len(want[name]))
		}
	}
	for name := range want {
		if _, ok := got[name]; !ok {
			t.Errorf("%s is gone", name)
		}
	}
}

func path(folder *lock.Folder, suffix string) string {
	return filepath.Join(folder.Path(), store.File+suffix)
}

// crash leaves a store as a process that is killed does.
func crash(t testing.TB, s *store.Store) {
	t.Helper()
	if err := s.Abandon(); err != nil {
		t.Fatal(err)
	}
}

var osFiles = vfs.Find("")

// background is for what happens while a test ends.
var background = context.Background()

func removeDatabase(t testing.TB, folder *lock.Folder) {
	t.Helper()
	if err := os.Remove(path(folder, "")); err != nil {
		t.Fatal(err)
	}
}

// template is a closed store with Bob in it, as the files that it is.
func template(t *testing.T) map[string]string {
	t.Helper()
	folder := newFolder(t)
	s := create(t, folder)
	apply(t, s, population...)
	closeStore(t, s)
	return files(t, folder)
}

func fromTemplate(t *testing.T, content map[string]string) *lock.Folder {
	t.Helper()
	folder := newFolder(t)
	for name, b := range content {
		if err := os.WriteFile(path(folder, "")+name[len(store.File):], []byte(b), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}
