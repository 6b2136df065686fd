package profile

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/onionwire/onionwire/node/internal/durable"
	"github.com/onionwire/onionwire/node/lock"
)

// Delete removes a profile with all that is in its folder: the key file first, which is
// overwritten, and without which nothing else opens. It needs no passphrase, and works
// on a profile that is not whole. On disks that write elsewhere when something is
// overwritten, as flash memory does, the old key file may still be there for somebody
// who takes the disk apart; its passphrase is what protects it then.
//
// It fails with ErrName, ErrNotFound, ErrInUse, ErrReadOnly or ErrFull. What an error or a
// crash leaves is removed by another Delete, or, if that does not find it any more, with
// the next profile that is made.
func Delete(root, name string) error { return steps{}.delete(root, name) }

func (s steps) delete(root, name string) (err error) {
	dir, err := locate(root, name)
	if err != nil {
		return err
	}
	if !recognise(dir) {
		return fmt.Errorf("%w: %s", ErrNotFound, name)
	}
	folder, err := lock.Acquire(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %s", ErrNotFound, name)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, folder.Release()) }()
	if err := s.empty(folder); err != nil {
		return fmt.Errorf("delete profile: %w", err)
	}
	return nil
}

// empty removes what is in a folder, and the folder.
func (s steps) empty(folder *lock.Folder) error {
	dir := folder.Path()
	for _, file := range []string{keyFile, keyFile + asideSuffix} {
		if err := s.do("destroy "+file, func() error { return destroy(filepath.Join(dir, file)) }); err != nil {
			return err
		}
	}
	if err := s.do("flush folder", func() error { return durable.SyncFolder(dir) }); err != nil {
		return err
	}
	removeSocket(dir)
	// From here on it is a draft that nobody wants, which is removed if we do not
	// get to the end.
	err := s.do("unname folder", func() error {
		return folder.Rename(filepath.Join(filepath.Dir(dir), draftPrefix+rand.Text()))
	})
	if err == nil {
		err = s.do("remove folder", folder.Remove)
	}
	if err == nil {
		err = s.do("flush root", func() error { return durable.SyncFolder(filepath.Dir(dir)) })
	}
	return err
}

// destroy overwrites a file that need not be there, and removes it.
func destroy(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Mode().IsRegular() {
		if err := overwrite(path, info.Size()); err != nil {
			return durable.Explain(err)
		}
	}
	return durable.Remove(path)
}

// overwrite replaces the first size bytes of a file by random ones, on the disk.
func overwrite(path string, size int64) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	noise := make([]byte, min(size, 1<<20)) // a key file has less
	_, _ = rand.Read(noise)
	if _, err := f.Write(noise); err != nil {
		return err
	}
	return f.Sync()
}
