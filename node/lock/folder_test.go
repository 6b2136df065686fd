package lock_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/onionwire/onionwire/node/lock"
)

// newFolder returns a folder that the test has, with a file and a folder in it.
func newFolder(t *testing.T, path string) *lock.Folder {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(path, "inner", "most"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(path, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := lock.Acquire(path)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestARenamedFolderStaysLocked(t *testing.T) {
	root := t.TempDir()
	path := filepath.Join(root, "new")
	f := newFolder(t, filepath.Join(root, "old"))
	if err := f.Rename(path); err != nil {
		t.Fatal(err)
	}
	if f.Path() != path {
		t.Errorf("path is %q", f.Path())
	}
	var inUse *lock.InUseError
	if _, err := lock.Acquire(path); !errors.As(err, &inUse) || inUse.PID != os.Getpid() {
		t.Errorf("error is %v, want that process %d has it", err, os.Getpid())
	}
	if err := f.Release(); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(filepath.Join(path, lock.File)); err != nil || len(text) != 0 {
		t.Errorf("lock file holds %q, %v", text, err)
	}
	again, err := lock.Acquire(path)
	if err != nil {
		t.Fatal(err)
	}
	again.Release()
}

func TestARefusedRename(t *testing.T) {
	root := t.TempDir()
	other := newFolder(t, filepath.Join(root, "other"))
	defer other.Release()
	f := newFolder(t, filepath.Join(root, "old"))
	defer f.Release()
	if err := f.Rename(other.Path()); !errors.Is(err, fs.ErrExist) {
		t.Errorf("error is %v, want fs.ErrExist", err)
	}
	if f.Path() != filepath.Join(root, "old") {
		t.Errorf("path is %q", f.Path())
	}
	if _, err := lock.Acquire(f.Path()); !errors.Is(err, lock.ErrInUse) {
		t.Errorf("error is %v, want ErrInUse", err)
	}
}

func TestARemovedFolder(t *testing.T) {
	root := t.TempDir()
	path := filepath.Join(root, "folder")
	f := newFolder(t, path)
	if err := f.Remove(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder is there, %v", err)
	}
	// A folder of the same name is another one, which the old lock has nothing to do with.
	again := newFolder(t, path)
	defer again.Release()
	if err := f.Release(); err != nil {
		t.Error(err)
	}
	if text, err := os.ReadFile(filepath.Join(path, lock.File)); err != nil || strings.TrimSpace(string(text)) == "" {
		t.Errorf("lock file holds %q, %v", text, err)
	}
	if _, err := lock.Acquire(path); !errors.Is(err, lock.ErrInUse) {
		t.Errorf("error is %v, want ErrInUse", err)
	}
}

// While folders of one name come and go, nobody has one that is gone, and no two have
// the same one.
func TestFoldersThatComeAndGo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "folder")
	var (
		tasks  sync.WaitGroup
		holder sync.Mutex
	)
	for range 8 {
		tasks.Go(func() {
			for range 100 {
				_ = os.Mkdir(path, 0o700)
				f, err := lock.Acquire(path)
				if errors.Is(err, lock.ErrInUse) || errors.Is(err, fs.ErrNotExist) {
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				if !holder.TryLock() {
					t.Error("two have the folder")
					return
				}
				if _, err := os.Stat(filepath.Join(path, lock.File)); err != nil {
					t.Errorf("somebody has a folder that is gone: %v", err)
				}
				holder.Unlock()
				// Another may make the folder anew before this one lets go of the old.
				if err := f.Remove(); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	tasks.Wait()
}
