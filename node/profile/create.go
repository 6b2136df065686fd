package profile

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/onionwire/onionwire/node/internal/durable"
	"github.com/onionwire/onionwire/node/lock"
	"github.com/onionwire/onionwire/node/store"
	"github.com/onionwire/onionwire/node/vault"
)

// origin is what a profile is made of.
type origin struct {
	keys    *vault.Keys
	numbers numbers
	fill    func(context.Context, *lock.Folder, *store.Keys) (*store.Store, error)
}

// Create makes the profile name in the folder root, with a new identity, and opens it.
// After a crash it is there whole or not at all, after an error not at all. It fails
// with ErrName, ErrExists, ErrReadOnly or ErrFull.
func Create(ctx context.Context, root, name string, protection vault.Protection) (*Profile, error) {
	return steps{}.createNew(ctx, root, name, protection)
}

func (s steps) createNew(ctx context.Context, root, name string, protection vault.Protection) (*Profile, error) {
	return s.create(ctx, root, name, protection, origin{vault.NewKeys(), firstNumber(), store.Create})
}

// Restore makes a profile as Create does, with the identity and the first onion address
// of the profile whose words were written down, and an empty database. It fails as
// Create and vault.Restore do.
//
// If that profile has changed its address since it was made, contacts know a later one:
// NewOnionKey leads to the same addresses in the same order. Two running profiles with
// one identity get in each other's way.
func Restore(ctx context.Context, root, name, words string, protection vault.Protection) (*Profile, error) {
	return steps{}.restore(ctx, root, name, words, protection)
}

func (s steps) restore(ctx context.Context, root, name, words string, protection vault.Protection) (*Profile, error) {
	keys, err := vault.Restore(words)
	if err != nil {
		return nil, err
	}
	return s.create(ctx, root, name, protection, origin{keys, firstNumber(), store.Create})
}

// create makes a profile aside, gives it its name, and opens it. It takes over the keys
// of its origin.
func (s steps) create(ctx context.Context, root, name string, protection vault.Protection, o origin) (_ *Profile, err error) {
	defer func() {
		if err != nil {
			o.keys.Wipe()
		}
	}()
	dir, err := locate(root, name)
	if err != nil {
		return nil, err
	}
	if err := vacant(dir); err != nil {
		return nil, err
	}
	folder, err := s.draft(filepath.Dir(dir))
	if err != nil {
		return nil, fmt.Errorf("make profile: %w", err)
	}
	defer func() {
		if err != nil {
			_ = folder.Remove() // whatever its name is by now: nobody has used it
			_ = folder.Release()
		}
	}()
	if err := s.furnish(ctx, folder, protection, o); err != nil {
		return nil, fmt.Errorf("make profile: %w", err)
	}
	if err := s.publish(folder, dir); err != nil {
		return nil, err
	}
	return s.enter(ctx, name, folder, o.keys, o.numbers)
}

// vacant fails with ErrExists if something has that name.
func vacant(dir string) error {
	if _, err := os.Lstat(dir); err == nil {
		return fmt.Errorf("%w: %s", ErrExists, filepath.Base(dir))
	}
	return nil
}

// furnish makes all files in the folder of a new profile, flushed.
func (s steps) furnish(ctx context.Context, folder *lock.Folder, protection vault.Protection, o origin) error {
	err := s.do("write key file", func() error {
		return vault.Create(filepath.Join(folder.Path(), keyFile), o.keys, protection)
	})
	if err != nil {
		return err
	}
	if _, err := s.writeNumbers(folder.Path(), o.keys, o.numbers); err != nil {
		return err
	}
	keys, err := storeKeys(o.keys)
	if err != nil {
		return err
	}
	defer keys.Wipe()
	return s.do("make database", func() error {
		db, err := o.fill(ctx, folder, keys)
		if err != nil {
			return err
		}
		return db.Close() //nolint:contextcheck // its files are about to be renamed
	})
}

// publish gives the folder its name.
func (s steps) publish(folder *lock.Folder, dir string) error {
	err := s.do("name folder", func() error {
		if err := vacant(dir); err != nil {
			return err
		}
		err := folder.Rename(dir)
		if errors.Is(err, fs.ErrExist) { // somebody was faster
			return fmt.Errorf("%w: %s", ErrExists, filepath.Base(dir))
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.do("flush name", func() error { return durable.SyncFolder(filepath.Dir(dir)) })
}
