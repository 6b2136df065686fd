// Package durabletest takes a folder's permission to be written to away, for tests
// of what happens then.
package durabletest

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// nobody is a user without rights of its own.
const nobody = 65534

// ReadOnly runs f while nothing in the folder, nor the folder, can be written to. Modes
// do not keep root from anything, so f runs as somebody else where files are
// concerned, in a thread of its own that ends with it. A parent of the folder is
// opened to others for that.
func ReadOnly(t *testing.T, folder string, f func()) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	paths := []string{folder}
	for _, e := range entries {
		paths = append(paths, filepath.Join(folder, e.Name()))
	}
	root := os.Geteuid() == 0
	for i, path := range paths {
		mode := os.FileMode(0o400)
		if i == 0 {
			mode = 0o500
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if root {
			if err := os.Chown(path, nobody, nobody); err != nil {
				t.Fatal(err)
			}
		}
	}
	if root {
		for parent := filepath.Dir(folder); parent != os.TempDir() && parent != "/"; parent = filepath.Dir(parent) {
			if err := os.Chmod(parent, 0o711); err != nil { //nolint:gosec // names in it are no secret
				t.Fatal(err)
			}
		}
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if root {
			runtime.LockOSThread() // and never unlocked: the thread is of no use to others
			if err := unix.Setfsuid(nobody); err != nil {
				t.Error(err)
				return
			}
		}
		f()
	}()
	<-done
	for _, path := range paths {
		if err := os.Chmod(path, 0o700); err != nil { //nolint:gosec // it is made removable again
			t.Error(err)
		}
	}
}
