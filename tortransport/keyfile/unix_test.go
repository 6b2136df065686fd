//go:build unix

package keyfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport/keyfile"
)

func TestLoadChecksPermissions(t *testing.T) {
	for mode, ok := range map[fs.FileMode]bool{
		0o600: true, 0o400: true, 0o700: true,
		0o640: false, 0o620: false, 0o604: false, 0o602: false, 0o644: false, 0o666: false, 0o710: false,
	} {
		t.Run(mode.String(), func(t *testing.T) {
			path := write(t, rfc8410Key)
			if err := os.Chmod(path, mode); err != nil {
				t.Fatal(err)
			}
			_, err := keyfile.Load(path)
			if ok && err != nil {
				t.Error(err)
			}
			if !ok && !errors.Is(err, keyfile.ErrPermissions) {
				t.Errorf("error is %v, want ErrPermissions", err)
			}
			if !ok && !strings.Contains(err.Error(), "chmod 600 "+path) {
				t.Errorf("error is %q, want the repairing command in it", err)
			}
		})
	}
}

func TestLoadChecksTheFileBehindALink(t *testing.T) {
	path := write(t, rfc8410Key)
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	// The link itself has mode 0777; only the file may count.
	if _, err := keyfile.Load(link); err != nil {
		t.Errorf("link to a good file: %v", err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := keyfile.Load(link); !errors.Is(err, keyfile.ErrPermissions) {
		t.Errorf("link to a readable file: error is %v, want ErrPermissions", err)
	}
}

func TestLoadDoesNotWaitOnAPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		_, err := keyfile.Load(path)
		done <- err
	}()
	select {
	case err := <-done:
		if err == nil {
			t.Error("loaded a key from a pipe")
		}
	case <-time.After(10 * time.Second):
		t.Fatal("Load waits for a writer")
	}
}

func TestCreateMakesAPrivateFile(t *testing.T) {
	// Even where everything is shared by default.
	defer syscall.Umask(syscall.Umask(0))
	path := filepath.Join(t.TempDir(), "key.pem")
	if err := keyfile.Create(path, newKey(t)); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode() != 0o600 {
		t.Errorf("mode is %v, want -rw-------", info.Mode())
	}
}

func TestCreateDoesNotFollowADanglingLink(t *testing.T) {
	folder := t.TempDir()
	link, target := filepath.Join(folder, "link"), filepath.Join(folder, "target")
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	if err := keyfile.Create(link, newKey(t)); !errors.Is(err, fs.ErrExist) {
		t.Errorf("Create: error is %v, want fs.ErrExist", err)
	}
	if _, err := keyfile.LoadOrCreate(link); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("LoadOrCreate: error is %v, want fs.ErrNotExist", err)
	}
	wantEntries(t, folder, "link")
}
