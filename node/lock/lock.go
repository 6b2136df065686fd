// Package lock gives the folder of a profile to one process at a time. The lock
// ends with the process, however that ends, and says who has it.
package lock

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/gofrs/flock"

	"github.com/onionwire/onionwire/node/internal/durable"
)

// File is the name of the lock file in the folder. The lock is on the file, not in
// its existence: a file that is left behind locks nothing. It is never removed,
// because somebody may be waiting for that very file.
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

// Folder is a folder that this process has for itself until Release.
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
	f := &Folder{path: path, lock: lock}
	f.write(strconv.Itoa(os.Getpid()) + "\n")
	return f, nil
}

// Path is the folder.
func (f *Folder) Path() string { return f.path }

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
	_ = os.WriteFile(f.lock.Path(), []byte(text), 0o600)
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
