package profile_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node/internal/durable/durabletest"
	"github.com/onionwire/onionwire/node/profile"
)

func TestAFolderThatOthersCanReach(t *testing.T) {
	for name, mode := range map[string]os.FileMode{".": 0o750, profile.KeyFile: 0o640} {
		root := t.TempDir()
		p := create(t, root, "alice")
		shut(t, p)
		if err := os.Chmod(filepath.Join(p.Dir(), name), mode); err != nil {
			t.Fatal(err)
		}
		_, err := profile.Open(t.Context(), root, "alice", []byte("secret"))
		if !errors.Is(err, profile.ErrPermissions) || !strings.Contains(err.Error(), "chmod go= ") {
			t.Errorf("%s: error is %v, want ErrPermissions and what to do", name, err)
		}
		if _, err := profile.Read(root, "alice", []byte("secret")); !errors.Is(err, profile.ErrPermissions) {
			t.Errorf("%s: error is %v, want ErrPermissions", name, err)
		}
		if _, err := profile.Protected(root, "alice"); !errors.Is(err, profile.ErrPermissions) {
			t.Errorf("%s: error is %v, want ErrPermissions", name, err)
		}
	}
}

func TestOthersAreKeptOut(t *testing.T) {
	root := filepath.Join(t.TempDir(), "root")
	p := create(t, root, "alice")
	if _, err := p.NewOnionKey(); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{root, p.Dir()} {
		if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s has mode %v, %v", dir, info.Mode(), err)
		}
	}
	for _, name := range entries(t, p.Dir()) {
		if info, err := os.Stat(filepath.Join(p.Dir(), name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, %v", name, info.Mode(), err)
		}
	}
}

func TestAReadOnlyProfile(t *testing.T) {
	root := t.TempDir()
	p := create(t, root, "alice")
	want := p.Card()
	shut(t, p)
	before := snapshot(t, root)
	durabletest.ReadOnly(t, p.Dir(), func() {
		if _, err := profile.Open(t.Context(), root, "alice", []byte("secret")); !errors.Is(err, profile.ErrReadOnly) {
			t.Errorf("open: error is %v, want ErrReadOnly", err)
		}
		if err := profile.Delete(root, "alice"); !errors.Is(err, profile.ErrReadOnly) {
			t.Errorf("delete: error is %v, want ErrReadOnly", err)
		}
		card, err := profile.Read(root, "alice", []byte("secret"))
		if err != nil {
			t.Errorf("read: %v", err)
			return
		}
		wantSame(t, card, want)
	})
	wantSnapshot(t, root, before)
}

// The folder becomes read-only while the profile is open.
func TestChangesInAReadOnlyFolder(t *testing.T) {
	root := t.TempDir()
	p := create(t, root, "alice")
	want := p.Card()
	durabletest.ReadOnly(t, p.Dir(), func() {
		if _, err := p.NewOnionKey(); !errors.Is(err, profile.ErrReadOnly) {
			t.Errorf("new key: error is %v, want ErrReadOnly", err)
		}
		if err := p.ChangePassphrase([]byte("secret"), sealed(t, "new")); !errors.Is(err, profile.ErrReadOnly) {
			t.Errorf("passphrase: error is %v, want ErrReadOnly", err)
		}
		wantSame(t, p.Card(), want)
		card, err := profile.Read(root, "alice", []byte("secret"))
		if err != nil {
			t.Errorf("read: %v", err)
			return
		}
		wantSame(t, card, want)
	})
}

func TestAReadOnlyRoot(t *testing.T) {
	root := filepath.Join(t.TempDir(), "root")
	if err := os.Mkdir(root, 0o700); err != nil {
		t.Fatal(err)
	}
	durabletest.ReadOnly(t, root, func() {
		for _, root := range []string{root, filepath.Join(root, "deeper", "still")} {
			if _, err := profile.Create(t.Context(), root, "alice", sealed(t, "secret")); !errors.Is(err, profile.ErrReadOnly) {
				t.Errorf("error is %v, want ErrReadOnly", err)
			}
		}
	})
	wantEntries(t, root)
}
