package profile

import (
	"path/filepath"

	"github.com/onionwire/onionwire/node/vault"
)

// Protected reports whether the profile name in the folder root has a passphrase. It
// fails with ErrName, ErrNotFound, ErrIncomplete, or as vault.Protected does.
func Protected(root, name string) (bool, error) {
	dir, err := locate(root, name)
	if err != nil {
		return false, err
	}
	return inspect(dir)
}

// Protected reports whether the profile has a passphrase. It fails as vault.Protected
// does.
func (p *Profile) Protected() (bool, error) { return vault.Protected(p.keyFile()) }

// Words returns what the master secret is written down as: vault.WordCount words.
// Whoever reads them has the identity, so the passphrase is asked for again. It fails
// as vault.Open does.
func (p *Profile) Words(passphrase []byte) ([]string, error) {
	keys, err := vault.Open(p.keyFile(), passphrase)
	if err != nil {
		return nil, err
	}
	defer keys.Wipe()
	return keys.Words()
}

// ChangePassphrase seals the key file anew; the old passphrase, empty for none, opens
// nothing any more. Copies of the old file stay what they were. It fails with ErrClosed
// or as vault.Change does.
func (p *Profile) ChangePassphrase(old []byte, protection vault.Protection) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return ErrClosed
	}
	return vault.Change(p.keyFile(), old, protection)
}

func (p *Profile) keyFile() string { return filepath.Join(p.dir, keyFile) }
