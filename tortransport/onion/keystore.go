package onion

import (
	"errors"
	"fmt"

	"github.com/onionwire/onionwire/tortransport/keyfile"
)

// LoadKey reads the key in the file at path. For the format of the file and the
// errors see [keyfile.Load].
func LoadKey(path string) (Key, error) {
	private, err := keyfile.Load(path)
	if err != nil {
		return Key{}, fmt.Errorf("onion key: %w", err)
	}
	return KeyFromSeed(private.Seed())
}

// SaveKey writes k to a new file at path, readable by the owner only. The error
// matches [io/fs.ErrExist] if something is there already, which is left as it
// was. The zero Key is not saved and is an error.
func SaveKey(path string, k Key) error {
	if k.IsZero() {
		return errors.New("onion key: cannot save the zero key")
	}
	if err := keyfile.Create(path, k.private()); err != nil {
		return fmt.Errorf("onion key: %w", err)
	}
	return nil
}

// LoadOrCreateKey returns the key in the file at path, after creating a new
// random one if there is no file. The folder must exist. Processes that race for
// the first run all return the same key.
func LoadOrCreateKey(path string) (Key, error) {
	private, err := keyfile.LoadOrCreate(path)
	if err != nil {
		return Key{}, fmt.Errorf("onion key: %w", err)
	}
	return KeyFromSeed(private.Seed())
}
