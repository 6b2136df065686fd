package profile_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/onionwire/onionwire/node/lock"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/vault"
)

func TestAProfileIsNotReplaced(t *testing.T) {
	root := t.TempDir()
	shut(t, create(t, root, "alice"))
	for _, other := range []string{"folder", "file"} {
		path := filepath.Join(root, other)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(filepath.Join(root, "folder")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(root, "folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	before := snapshot(t, root)
	for _, name := range []string{"alice", "folder", "file"} {
		if _, err := profile.Create(t.Context(), root, name, sealed(t, "other")); !errors.Is(err, profile.ErrExists) {
			t.Errorf("create %s: error is %v, want ErrExists", name, err)
		}
		if _, err := profile.Restore(t.Context(), root, name, zeroWords, sealed(t, "other")); !errors.Is(err, profile.ErrExists) {
			t.Errorf("restore %s: error is %v, want ErrExists", name, err)
		}
		if _, err := profile.Import(t.Context(), root, name, nil, nil, sealed(t, "other")); !errors.Is(err, profile.ErrExists) {
			t.Errorf("import %s: error is %v, want ErrExists", name, err)
		}
	}
	wantSnapshot(t, root, before)
	wantEntries(t, root, "alice", "file", "folder")
}

// Several want the same name at once, and beside them some want others, all of whom
// clean up after crashes.
func TestManyAreMadeAtOnce(t *testing.T) {
	root := t.TempDir()
	names := []string{"alice", "alice", "alice", "alice", "a", "b", "c", "d"}
	errs := make([]error, len(names))
	var tasks sync.WaitGroup
	for i, name := range names {
		tasks.Go(func() {
			p, err := profile.Create(t.Context(), root, name, sealed(t, "secret"))
			if errs[i] = err; err == nil {
				t.Cleanup(func() { shut(t, p) })
			}
		})
	}
	tasks.Wait()
	made := 0
	for i, err := range errs {
		switch {
		case err == nil:
			made++
		case names[i] != "alice" || !errors.Is(err, profile.ErrExists):
			t.Errorf("%s: %v", names[i], err)
		}
	}
	if made != 5 {
		t.Errorf("%d were made, want 5", made)
	}
	wantEntries(t, root, "a", "alice", "b", "c", "d")
}

func TestLeftDraftsAreRemoved(t *testing.T) {
	root := t.TempDir()
	draft := func(name string, files ...string) string {
		t.Helper()
		dir := filepath.Join(root, profile.DraftPrefix+name)
		if err := os.MkdirAll(filepath.Join(dir, "tor"), 0o700); err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if err := os.WriteFile(filepath.Join(dir, file), []byte("half"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return dir
	}
	draft("empty")
	draft("left", "lock", "keys", "addresses.new", "store.db.new")
	folder, err := lock.Acquire(draft("busy", "keys"))
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Release()
	if err := os.WriteFile(filepath.Join(root, profile.DraftPrefix+"file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	create(t, root, "alice")
	wantEntries(t, root, ".new-busy", ".new-file", "alice")
	wantEntries(t, filepath.Join(root, ".new-busy"), "keys", "lock", "tor")
}

func TestAFailedCreateLeavesNothing(t *testing.T) {
	root := t.TempDir()
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := profile.Create(cancelled, root, "alice", sealed(t, "secret")); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v, want Canceled", err)
	}
	if _, err := profile.Create(t.Context(), root, "alice", vault.Protection{}); err == nil {
		t.Error("a profile was made with neither a passphrase nor explicitly none")
	}
	wantEntries(t, root)
	if err := os.WriteFile(filepath.Join(root, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := profile.Create(t.Context(), filepath.Join(root, "file"), "alice", sealed(t, "secret")); err == nil {
		t.Error("a profile was made in a file")
	}
	wantEntries(t, root, "file")
}

func TestARelativeRoot(t *testing.T) {
	root := t.TempDir()
	t.Chdir(root)
	p := create(t, ".", "alice")
	if err := os.Mkdir("elsewhere", 0o700); err != nil {
		t.Fatal(err)
	}
	t.Chdir("elsewhere")
	if _, err := p.NewOnionKey(); err != nil {
		t.Error(err)
	}
	if p.Dir() != filepath.Join(root, "alice") {
		t.Errorf("the folder is %s", p.Dir())
	}
}
