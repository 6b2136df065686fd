// Package vault keeps the secrets of a profile in one small file: the master
// secret, from which identity and onion address follow, and the random key of the
// database.
//
// A new profile is made by [NewKeys] and [Create]; later runs [Open] the file. Both
// ask for the passphrase, or for the explicit wish to have none. [Keys.Words] are
// what people write down; [Restore] turns them into keys again. [Keys.Derive] gives
// a key for each [Purpose].
//
// # Durability
//
// A key file appears and changes in one step. The new content is written aside,
// flushed, read back and opened with the new passphrase before it takes the place
// of the old one: after a crash at any moment there is one of the two, whole. What
// an interrupted change leaves aside is sealed as well, and goes with the next one.
//
// # Costs
//
// Trying a passphrase costs time and memory, for us as for a thief. The numbers are
// in the file, where they are authenticated, and bounded. The work cannot be called
// off; nothing else here blocks but the disk.
//
// Functions that write need the profile's lock (package lock), which the caller
// holds. What a file contains, byte by byte, is in docs/storage.md.
package vault

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/onionwire/onionwire/node/internal/durable"
)

// asideSuffix is what the name of a key file ends in until it is proven.
const asideSuffix = ".new"

// disk is what changes files. Tests have one that fails.
type disk interface {
	Create(path string, data []byte) error
	Publish(temp, path string) error
	Replace(temp, path string) error
	Remove(path string) error
	SyncFolder(path string) error
}

type realDisk struct{}

func (realDisk) Create(path string, data []byte) error { return durable.Create(path, data) }
func (realDisk) Publish(temp, path string) error       { return durable.Publish(temp, path) }
func (realDisk) Replace(temp, path string) error       { return durable.Explain(os.Rename(temp, path)) }
func (realDisk) Remove(path string) error              { return durable.Remove(path) }
func (realDisk) SyncFolder(path string) error          { return durable.SyncFolder(path) }

// Create writes keys to a new file at path, in a folder of mode 0700. It fails with
// fs.ErrExist if there is something, ErrPermissions, ErrReadOnly or ErrFull.
func Create(path string, keys *Keys, p Protection) error { return create(realDisk{}, path, keys, p) }

func create(d disk, path string, keys *Keys, p Protection) error {
	if err := checkFolder(path); err != nil {
		return err
	}
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("create key file: %w", fs.ErrExist)
	}
	return write(d, path, keys, p, d.Publish)
}

// Open returns the keys in the file at path. An empty passphrase means that the file
// has none. It modifies nothing. It fails with fs.ErrNotExist, ErrPassphrase,
// ErrPassphraseNeeded, ErrUnprotected, ErrDamaged, ErrNewer or ErrPermissions.
func Open(path string, passphrase []byte) (*Keys, error) {
	b, err := read(path)
	if err != nil {
		return nil, err
	}
	return unseal(b, passphrase)
}

// Protected reports whether the file at path needs a passphrase, and fails as Open
// does where that can be known without one.
func Protected(path string) (bool, error) {
	b, err := read(path)
	if err != nil {
		return false, err
	}
	p, err := parse(b)
	return p.kind == argon2id, err
}

// Change seals the keys in the file at path anew. The old passphrase opens nothing
// any more afterwards. It fails as Open and Create do, and the file is as it was
// then; if only flushing the folder failed, it is already the new one.
func Change(path string, passphrase []byte, p Protection) error {
	return change(realDisk{}, path, passphrase, p)
}

func change(d disk, path string, passphrase []byte, p Protection) error {
	keys, err := Open(path, passphrase)
	if err != nil {
		return err
	}
	defer keys.Wipe()
	return write(d, path, keys, p, d.Replace)
}

// write puts a sealed file aside, proves it, and gives it its name by publish.
func write(d disk, path string, keys *Keys, p Protection, publish func(temp, path string) error) error {
	data, err := seal(keys, p)
	if err != nil {
		return err
	}
	aside := path + asideSuffix
	if err := d.Remove(aside); err != nil { // of a change that was interrupted
		return fmt.Errorf("write key file: %w", err)
	}
	err = d.Create(aside, data)
	if err == nil {
		err = prove(aside, keys, p)
	}
	if err == nil {
		err = publish(aside, path)
	}
	if err != nil {
		_ = d.Remove(aside)
		return fmt.Errorf("write key file: %w", err)
	}
	if err := d.SyncFolder(filepath.Dir(path)); err != nil {
		return fmt.Errorf("write key file: flush folder: %w", err)
	}
	return nil
}

// prove checks that a file gives back the keys that were sealed in it.
func prove(path string, keys *Keys, p Protection) error {
	var passphrase []byte
	if p.passphrase != nil {
		passphrase = *p.passphrase
	}
	got, err := Open(path, passphrase)
	if err != nil {
		return fmt.Errorf("it cannot be read back: %w", err)
	}
	defer got.Wipe()
	if !got.master.Equal(keys.master) || !got.database.Equal(keys.database) {
		return errors.New("it gives other keys back")
	}
	return nil
}

// read returns the content of a key file that nobody else has access to.
func read(path string) ([]byte, error) {
	if err := checkFolder(path); err != nil {
		return nil, err
	}
	// What waits for ever when it is opened, such as a pipe, is not opened.
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("open key file: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: it is not a file", ErrDamaged)
	}
	if err := durable.CheckPrivate(path, info.Mode()); err != nil {
		return nil, fmt.Errorf("key file is %w", err)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open key file: %w", err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, int64(fileSize)+1))
	if err != nil {
		return nil, fmt.Errorf("open key file: %w", err)
	}
	return b, nil
}

// checkFolder wants the folder of a key file for its owner alone.
func checkFolder(path string) error {
	folder := filepath.Dir(path)
	info, err := os.Stat(folder)
	if err != nil {
		return fmt.Errorf("open key file: %w", err)
	}
	if err := durable.CheckPrivate(folder, info.Mode()); err != nil {
		return fmt.Errorf("folder of the key file is %w", err)
	}
	return nil
}
