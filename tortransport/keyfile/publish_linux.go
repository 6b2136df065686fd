package keyfile

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// publish gives the file temp the name path, and fails with fs.ErrExist if the
// name is taken.
//
// A rename leaves no moment in which the key has two names, and it works where
// hard links are forbidden (Android) or unknown (FAT). The link is for kernels
// and file systems that cannot refuse to replace.
func publish(temp, path string) error {
	err := unix.Renameat2(unix.AT_FDCWD, temp, unix.AT_FDCWD, path, unix.RENAME_NOREPLACE)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrExist):
		return &fs.PathError{Op: "rename", Path: path, Err: err}
	default:
		return os.Link(temp, path)
	}
}
