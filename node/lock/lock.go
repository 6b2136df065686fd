// Package lock gives the folder of a profile to one process at a time. The lock
// ends with the process, however that ends, and says who has it.
package lock

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/gofrs/flock"

	"github.com/onionwire/onionwire/node/internal/durable"
)

// File is the name of the lock file in the folder. The lock is on the file, not in
// its existence: a file that is left behind locks nothing. It goes only with its
// folder.
const File = "lock"

var (
	// ErrInUse means that another process, or another part of this one, has the
	// folder. The error is an *InUseError.
	ErrInUse = errors.New("profile is in use")
	// ErrReadOnly means that the folder cannot be written to.
	ErrReadOnly = durable.ErrReadOnly
	// ErrFull means that the disk has no room for the lock file.
	ErrFull = durable.ErrFull
)

// InUseError says which process has the folder. It matches ErrInUse.
type InUseError struct {
	// PID is the process id, or 0 if it is not known: the other process has only
	// just taken the lock, or the system lets nobody read a locked file.
	PID int
}

func (e *InUseError) Error() string {
	if e.PID == 0 {
		return ErrInUse.Error() + " by another process"
	}
	return fmt.Sprintf("%v by process %d", ErrInUse, e.PID)
}

func (e *InUseError) Is(target error) bool { return target == ErrInUse }

// Folder is a folder that this process has for itself until Release or Remove. Its
// methods are not for concurrent use.
type Folder struct {
	path string
	lock *flock.Flock
}

// Acquire takes the lock of a folder, which must exist, and does not wait for it.
// It fails with an *InUseError, ErrReadOnly, ErrFull or fs.ErrNotExist.
func Acquire(path string) (*Folder, error) {
	name := filepath.Join(path, File)
	lock := flock.New(name, flock.SetPermissions(0o600), flock.SetFlag(os.O_CREATE|os.O_RDWR))
	held, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("cannot lock the profile: %w", durable.Explain(err))
	}
	if !held {
		return nil, &InUseError{PID: owner(name)}
	}
	if err := current(lock, name); err != nil {
		_ = lock.Unlock()
		return nil, err
	}
	f := &Folder{path: path, lock: lock}
	f.write(strconv.Itoa(os.Getpid()) + "\n")
	return f, nil
}

// current checks that the file that was locked is the one in the folder: whoever had
// the folder before may have removed it after we had opened the file.
func current(lock *flock.Flock, name string) error {
	there, err := os.Stat(name)
	if err != nil {
		return fmt.Errorf("cannot lock the profile: %w", durable.Explain(err))
	}
	if locked, err := lock.Stat(); err != nil || !os.SameFile(locked, there) {
		return &InUseError{}
	}
	return nil
}

// Path is the folder.
func (f *Folder) Path() string { return f.path }

// Rename gives the folder another name, which nothing has, and keeps the lock. (Windows
// renames no folder with an open file: there the lock is let go for a moment, and if
// somebody else takes it the folder has its new name, and the error is an
// *InUseError.)
func (f *Folder) Rename(path string) error {
	if runtime.GOOS != "windows" {
		if err := os.Rename(f.path, path); err != nil {
			return durable.Explain(err)
		}
		f.path = path
		return nil
	}
	if err := f.Release(); err != nil {
		return err
	}
	if err := os.Rename(f.path, path); err != nil {
		return durable.Explain(err)
	}
	again, err := Acquire(path)
	if err != nil {
		return err
	}
	*f = *again
	return nil
}

// Remove removes the folder with all that is in it, the lock file last, and releases
// the lock. If something cannot be removed, the folder stays, and locked; what was
// removed until then is gone. Whoever locks the empty folder at the last moment has it.
func (f *Folder) Remove() error {
	entries, err := os.ReadDir(f.path)
	if err != nil {
		return durable.Explain(err)
	}
	for _, e := range entries {
		if e.Name() == File {
			continue
		}
		if err := os.RemoveAll(filepath.Join(f.path, e.Name())); err != nil {
			return durable.Explain(err)
		}
	}
	if runtime.GOOS == "windows" { // which removes no open file
		if err := f.lock.Unlock(); err != nil {
			return err
		}
	}
	if err := durable.Remove(filepath.Join(f.path, File)); err != nil {
		return err
	}
	err = durable.Remove(f.path)
	if errors.Is(err, fs.ErrExist) { // it is not empty: somebody has made a lock file
		err = nil
	}
	return errors.Join(err, f.lock.Unlock())
}

// Release lets others have the folder. Releasing twice is harmless.
func (f *Folder) Release() error {
	if !f.lock.Locked() {
		return nil
	}
	f.write("") // whoever comes next must not be told of us
	return f.lock.Unlock()
}

// write replaces the content of the lock file. That is a courtesy, and may fail: on
// a full disk, and where the system lets nobody write to a locked file. It need not
// be durable: after a power cut there is no process.
func (f *Folder) write(text string) {
	_ = os.WriteFile(filepath.Join(f.path, File), []byte(text), 0o600)
}

// owner returns the process id in a lock file, or 0.
func owner(name string) int {
	file, err := os.Open(name)
	if err != nil {
		return 0
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, 32))
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || pid < 0 {
		return 0
	}
	return pid
}
