package profile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/onionwire/onionwire/node/internal/durable"
	"github.com/onionwire/onionwire/node/store"
	"github.com/onionwire/onionwire/node/vault"
)

// Files of a profile, beside those of packages lock and store (docs/storage.md).
const (
	keyFile       = "keys"
	addressesFile = "addresses"
	torFolder     = "tor"
	asideSuffix   = ".new"
)

// there reports whether something has that name.
func there(dir, name string) bool {
	_, err := os.Lstat(filepath.Join(dir, name))
	return err == nil
}

// recognise reports whether a folder is that of a profile, perhaps of one that is not
// whole.
func recognise(dir string) bool {
	info, err := os.Stat(dir)
	return err == nil && info.IsDir() && (there(dir, keyFile) || there(dir, store.File))
}

// inspect refuses a folder that cannot be opened, for reasons that can be known without
// the passphrase and without the lock: ErrNotFound, ErrIncomplete, or as vault.Protected
// does. It reports whether there has to be a passphrase.
func inspect(dir string) (protected bool, err error) {
	if !recognise(dir) {
		return false, fmt.Errorf("%w: %s", ErrNotFound, filepath.Base(dir))
	}
	for _, file := range []struct{ name, what string }{
		{keyFile, "key file"}, {store.File, "database"}, {addressesFile, "list of onion keys"},
	} {
		if !there(dir, file.name) {
			return false, fmt.Errorf("%w: the %s is missing", ErrIncomplete, file.what)
		}
	}
	return vault.Protected(filepath.Join(dir, keyFile))
}

// makeFolder makes a folder and those above it, so that they are there after a power
// cut.
func makeFolder(dir string) error {
	info, err := os.Stat(dir)
	switch {
	case err == nil && !info.IsDir():
		return fmt.Errorf("%s is not a folder", dir)
	case err == nil:
		return nil
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	parent := filepath.Dir(dir)
	if err := makeFolder(parent); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return durable.Explain(err)
	}
	return durable.SyncFolder(parent)
}

// steps does what changes a disk, one thing after the other. Tests have one that fails
// or ends the process in between.
type steps struct {
	before func(step string) error
}

func (s steps) do(step string, f func() error) error {
	if s.before != nil {
		if err := s.before(step); err != nil {
			return err
		}
	}
	return f()
}
