//go:build unix

package keyfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// openFlags keeps Load from waiting for ever when path is a named pipe that
// nobody writes to. It has no effect on regular files.
const openFlags = syscall.O_NONBLOCK

// checkPermissions returns ErrPermissions if group or others have any access.
func checkPermissions(path string, mode fs.FileMode) error {
	if perm := mode.Perm(); perm&0o077 != 0 {
		return fmt.Errorf("%w: mode is %04o, run: chmod 600 %s", ErrPermissions, perm, path)
	}
	return nil
}

// syncFolder flushes the entries of a folder, without which a power cut may take
// away the name of a file whose content was flushed.
func syncFolder(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()

	err = f.Sync()
	// Some network file systems know no such operation; there is nothing to
	// flush on our side then.
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	return err
}
