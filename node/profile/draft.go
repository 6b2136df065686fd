package profile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/onionwire/onionwire/node/internal/durable"
	"github.com/onionwire/onionwire/node/lock"
)

// draftPrefix begins the names of folders in which a profile is being made. No profile
// has such a name.
const draftPrefix = ".new-"

// draftTries is how often a draft is begun anew because somebody who cleans up has
// taken it for one that was left: it has its lock only after a moment.
const draftTries = 10

// draft makes an empty folder, locked, beside the profiles, after removing those that a
// crash has left.
func (s steps) draft(root string) (folder *lock.Folder, err error) {
	if err := s.do("make root", func() error { return makeFolder(root) }); err != nil {
		return nil, err
	}
	if err := s.do("remove old drafts", func() error { return sweep(root) }); err != nil {
		return nil, err
	}
	for range draftTries {
		err = s.do("make draft", func() error {
			dir, err := os.MkdirTemp(root, draftPrefix+"*") // 0700
			if err != nil {
				return durable.Explain(err)
			}
			if folder, err = lock.Acquire(dir); err != nil {
				_ = os.Remove(dir)
			}
			return err
		})
		if !errors.Is(err, lock.ErrInUse) && !errors.Is(err, fs.ErrNotExist) {
			return folder, err
		}
	}
	return nil, err
}

// sweep removes the drafts that nobody has the lock of. What cannot be removed is left
// to the next.
func sweep(root string) error {
	entries, err := os.ReadDir(root)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !e.IsDir() || !strings.HasPrefix(e.Name(), draftPrefix) {
			continue
		}
		if folder, err := lock.Acquire(filepath.Join(root, e.Name())); err == nil {
			_ = folder.Remove()
			_ = folder.Release()
		}
	}
	return nil
}
