// Package durable writes files that are there after a power cut, whole or not at
// all, and says in two errors why a disk refuses to be written to.
package durable

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

var (
	// ErrFull means that the disk, or the user's share of it, is full.
	ErrFull = errors.New("disk is full")
	// ErrReadOnly means that a file or its folder cannot be written to.
	ErrReadOnly = errors.New("folder or file cannot be written to")
	// ErrPermissions means that users other than the owner have access.
	ErrPermissions = errors.New("accessible to other users")
)

// Explain wraps what the system says of a failed write in ErrFull or ErrReadOnly
// where that is what it means. Other errors, and nil, it returns as they are.
func Explain(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("%w: %w", ErrFull, err)
	case errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w: %w", ErrReadOnly, err)
	}
	return err
}

// Create writes data to a new file of mode 0600 and flushes it. Its name may
// still be lost until SyncFolder. It fails with fs.ErrExist if there is something,
// or as Explain says, and leaves nothing behind then.
func Create(path string, data []byte) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return Explain(err)
	}
	defer func() {
		// Close in any case: Windows does not remove a file that is open.
		if closeErr := f.Close(); err == nil {
			err = Explain(closeErr)
		}
		if err != nil {
			_ = os.Remove(path)
		}
	}()
	if _, err := f.Write(data); err != nil {
		return Explain(err)
	}
	return Explain(f.Sync())
}

// Publish gives the file temp the name path if nothing has it, or else fails with
// fs.ErrExist. Whoever else may do so holds the same lock, so that nothing comes
// between the question and the answer.
func Publish(temp, path string) error {
	_, err := os.Lstat(path)
	if err == nil {
		return &fs.PathError{Op: "rename", Path: path, Err: fs.ErrExist}
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return Explain(err)
	}
	return Explain(os.Rename(temp, path))
}

// Remove removes a file that need not be there.
func Remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Explain(err)
	}
	return nil
}
