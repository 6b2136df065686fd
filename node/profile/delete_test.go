package profile_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/onionwire/onionwire/node/profile"
)

func TestADeletedProfileIsGone(t *testing.T) {
	root := t.TempDir()
	shut(t, create(t, root, "bob"))
	p := create(t, root, "alice")
	if err := os.MkdirAll(filepath.Join(p.TorDir(), "keys"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := profile.Delete(root, "alice"); !errors.Is(err, profile.ErrInUse) {
		t.Errorf("while it is open the error is %v, want ErrInUse", err)
	}
	shut(t, p)
	if err := profile.Delete(root, "alice"); err != nil {
		t.Fatal(err)
	}
	wantEntries(t, root, "bob")
	if err := profile.Delete(root, "alice"); !errors.Is(err, profile.ErrNotFound) {
		t.Errorf("error is %v, want ErrNotFound", err)
	}
	if _, err := profile.Open(t.Context(), root, "alice", []byte("secret")); !errors.Is(err, profile.ErrNotFound) {
		t.Errorf("error is %v, want ErrNotFound", err)
	}
	again := create(t, root, "alice")
	if again.Peer() == p.Peer() {
		t.Error("the identity came back")
	}
}

// The key file is not only unlinked: who has it open sees its content go.
func TestTheKeyFileIsOverwritten(t *testing.T) {
	root := t.TempDir()
	p := create(t, root, "alice")
	shut(t, p)
	path := filepath.Join(p.Dir(), profile.KeyFile)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Link(path, filepath.Join(root, "link")); err != nil {
		t.Fatal(err)
	}
	if err := profile.Delete(root, "alice"); err != nil {
		t.Fatal(err)
	}
	after, err := os.ReadFile(filepath.Join(root, "link"))
	if err != nil || len(after) != len(before) {
		t.Fatalf("%d bytes, %v", len(after), err)
	}
	same := 0
	for i := range before {
		if before[i] == after[i] {
			same++
		}
	}
	if same > len(before)/8 {
		t.Errorf("%d of %d bytes are still there", same, len(before))
	}
}

func TestOnlyProfilesAreDeleted(t *testing.T) {
	root := t.TempDir()
	for _, name := range []string{"pictures", "empty"} {
		if err := os.Mkdir(filepath.Join(root, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{"pictures/cat", "file"} {
		if err := os.WriteFile(filepath.Join(root, path), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"pictures", "empty", "file"} {
		if err := profile.Delete(root, name); !errors.Is(err, profile.ErrNotFound) {
			t.Errorf("%s: error is %v, want ErrNotFound", name, err)
		}
	}
	wantEntries(t, root, "empty", "file", "pictures")
	wantEntries(t, filepath.Join(root, "pictures"), "cat")
}

// Deleting needs no passphrase, and nothing that is whole.
func TestDeletingWhatIsDamaged(t *testing.T) {
	for _, missing := range []string{"keys", "store.db", "addresses"} {
		root := t.TempDir()
		p := create(t, root, "alice")
		shut(t, p)
		if err := os.Remove(filepath.Join(p.Dir(), missing)); err != nil {
			t.Fatal(err)
		}
		if err := profile.Delete(root, "alice"); err != nil {
			t.Errorf("without %s: %v", missing, err)
		}
		wantEntries(t, root)
	}
}
