package profile

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/onionwire/onionwire/node/internal/durable"
	"github.com/onionwire/onionwire/node/internal/xchacha"
	"github.com/onionwire/onionwire/node/vault"
)

// MaxOnionKeys is how many onion keys can be in use at once. It is also how many
// addresses a contact is told.
const MaxOnionKeys = 4

// numbers are those of the onion keys in use, counted from 1, the current one first. It
// is the highest that was ever used, and the others follow in descending order.
type numbers []uint32

// firstNumber is what a new profile has.
func firstNumber() numbers { return numbers{1} }

func (n numbers) valid() bool {
	if len(n) == 0 || len(n) > MaxOnionKeys || n[len(n)-1] == 0 {
		return false
	}
	for i := 1; i < len(n); i++ {
		if n[i] >= n[i-1] {
			return false
		}
	}
	return true
}

// The layout of the file (docs/storage.md, "Profiles"). Its length tells nothing.
const (
	numbersMagic   = "owonion\x00"
	numbersVersion = 1
	atNonce        = len(numbersMagic) + 1
	atSealed       = atNonce + xchacha.NonceSize
	plainSize      = 4 * MaxOnionKeys
	numbersSize    = atSealed + plainSize + xchacha.Overhead
)

// sealNumbers returns the content of the file.
func sealNumbers(n numbers, key []byte) ([]byte, error) {
	b := make([]byte, atSealed, numbersSize)
	copy(b, numbersMagic)
	b[len(numbersMagic)] = numbersVersion
	_, _ = rand.Read(b[atNonce:])
	plain := make([]byte, plainSize) // zeros behind the last
	for i, number := range n {
		binary.BigEndian.PutUint32(plain[4*i:], number)
	}
	return xchacha.Seal(b, key, b[atNonce:], plain, b[:atNonce])
}

// openNumbers leads back. It fails with ErrDamaged or ErrNewer.
func openNumbers(b, key []byte) (numbers, error) {
	if len(b) < atNonce || !bytes.HasPrefix(b, []byte(numbersMagic)) {
		return nil, fmt.Errorf("%w: it is something else", ErrDamaged)
	}
	// The version comes before the length: another version may have another one.
	if version := b[len(numbersMagic)]; version > numbersVersion {
		return nil, fmt.Errorf("%w: format %d", ErrNewer, version)
	}
	if len(b) != numbersSize {
		return nil, fmt.Errorf("%w: it has %d bytes, want %d", ErrDamaged, len(b), numbersSize)
	}
	plain, err := xchacha.Open(nil, key, b[atNonce:atSealed], b[atSealed:], b[:atNonce])
	if err != nil {
		return nil, fmt.Errorf("%w: it was changed, or belongs to another key file", ErrDamaged)
	}
	var n numbers
	for at := 0; at < plainSize; at += 4 {
		n = append(n, binary.BigEndian.Uint32(plain[at:]))
	}
	for len(n) > 0 && n[len(n)-1] == 0 {
		n = n[:len(n)-1]
	}
	if !n.valid() {
		return nil, fmt.Errorf("%w: its content is impossible", ErrDamaged)
	}
	return n, nil
}

// readNumbers reads the list in the folder of a profile.
func readNumbers(dir string, keys *vault.Keys) (numbers, error) {
	path := filepath.Join(dir, addressesFile)
	// What waits for ever when it is opened, such as a pipe, is not opened.
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: it is not a file", ErrDamaged)
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: the list of onion keys is missing", ErrIncomplete)
	}
	if err != nil {
		return nil, fmt.Errorf("read the list of onion keys: %w", err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, int64(numbersSize)+1))
	if err != nil {
		return nil, fmt.Errorf("read the list of onion keys: %w", err)
	}
	key, err := keys.Derive(vault.Addresses)
	if err != nil {
		return nil, err
	}
	defer clear(key)
	return openNumbers(b, key)
}

// writeNumbers replaces the list in one step, and reports whether that is done: flushing
// the folder may fail afterwards. The caller has the lock.
func (s steps) writeNumbers(dir string, keys *vault.Keys, n numbers) (done bool, err error) {
	key, err := keys.Derive(vault.Addresses)
	if err != nil {
		return false, err
	}
	defer clear(key)
	b, err := sealNumbers(n, key)
	if err != nil {
		return false, err
	}
	path := filepath.Join(dir, addressesFile)
	aside := path + asideSuffix
	err = s.do("remove old draft of list", func() error { return durable.Remove(aside) })
	if err == nil {
		err = s.do("write draft of list", func() error { return durable.Create(aside, b) })
	}
	if err == nil {
		err = s.do("replace list", func() error { return durable.Explain(os.Rename(aside, path)) })
		done = err == nil
	}
	if !done {
		_ = durable.Remove(aside)
	} else {
		err = s.do("flush list", func() error { return durable.SyncFolder(dir) })
	}
	if err != nil {
		return done, fmt.Errorf("write the list of onion keys: %w", err)
	}
	return true, nil
}
