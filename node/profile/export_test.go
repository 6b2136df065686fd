package profile

import (
	"context"
	"io"

	"github.com/onionwire/onionwire/node/vault"
)

// What is in a folder, for tests that damage it.
const (
	KeyFile       = keyFile
	AddressesFile = addressesFile
	PointerFile   = pointerFile
	DraftPrefix   = draftPrefix
	MaxSocketPath = maxSocketPath
	NumbersSize   = numbersSize
)

// CreateOn is Create with something before each step.
func CreateOn(ctx context.Context, before func(string) error, root, name string, p vault.Protection) (*Profile, error) {
	return steps{before}.createNew(ctx, root, name, p)
}

// RestoreOn is Restore with something before each step.
func RestoreOn(ctx context.Context, before func(string) error, root, name, words string, p vault.Protection) (*Profile, error) {
	return steps{before}.restore(ctx, root, name, words, p)
}

// ImportOn is Import with something before each step.
func ImportOn(
	ctx context.Context, before func(string) error, root, name string, r io.Reader, passphrase []byte, p vault.Protection,
) (*Profile, error) {
	return steps{before}.restoreExport(ctx, root, name, r, passphrase, p)
}

// OpenOn is Open with something before each step of what is done later.
func OpenOn(ctx context.Context, before func(string) error, root, name string, passphrase []byte) (*Profile, error) {
	return steps{before}.open(ctx, root, name, passphrase)
}

// DeleteOn is Delete with something before each step.
func DeleteOn(before func(string) error, root, name string) error {
	return steps{before}.delete(root, name)
}

// SealNumbers and OpenNumbers are the two ends of the file with the list.
func SealNumbers(n []uint32, key []byte) ([]byte, error) { return sealNumbers(n, key) }

// OpenNumbers opens what SealNumbers returns.
func OpenNumbers(b, key []byte) ([]uint32, error) { return openNumbers(b, key) }

// AppendSecret and ParseSecret are the two ends of what goes into an export.
func AppendSecret(words []string, n []uint32) []byte { return appendSecret(nil, words, n) }

// ParseSecret parses what AppendSecret returns.
func ParseSecret(b []byte) (*vault.Keys, []uint32, error) { return parseSecret(b) }
