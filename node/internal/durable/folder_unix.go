//go:build unix

package durable

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// CheckPrivate returns ErrPermissions if group or others have any access to the
// file or folder at path, whose mode is given.
func CheckPrivate(path string, mode fs.FileMode) error {
	if perm := mode.Perm(); perm&0o077 != 0 {
		return fmt.Errorf("%w: mode is %04o, run: chmod go= %s", ErrPermissions, perm, path)
	}
	return nil
}

// SyncFolder flushes the names in a folder, without which a power cut may take
// back that a file was made, renamed or removed.
func SyncFolder(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return Explain(err)
	}
	defer f.Close()
	err = f.Sync()
	// Some network file systems know no such operation; there is nothing to
	// flush on our side then.
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	return Explain(err)
}
