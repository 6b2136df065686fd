package node

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/onionwire/onionwire/node/internal/durable"
	"github.com/onionwire/onionwire/node/vault"
)

// ChangePassphrase seals the keys of the profile under another passphrase; empty is none,
// before and after. It fails with ErrPassphrase, or ErrInvalid if the new one is too long.
func (n *Node) ChangePassphrase(_ context.Context, old, changed string) error {
	protection := vault.WithoutPassphrase()
	if changed != "" {
		var err error
		if protection, err = vault.WithPassphrase([]byte(changed), vault.DefaultCost); err != nil {
			return fmt.Errorf("%w: %w", ErrInvalid, err)
		}
	}
	defer protection.Wipe()
	return explain(n.profile.ChangePassphrase([]byte(old), protection))
}

// Words returns what the identity is written down as, a space between two words. Whoever
// reads them has the identity, so the passphrase of the profile is asked for again. It
// fails with ErrPassphrase.
func (n *Node) Words(_ context.Context, passphrase string) (string, error) {
	words, err := n.profile.Words([]byte(passphrase))
	return strings.Join(words, " "), explain(err)
}

// Export writes the profile to a new file, given by an absolute path and encrypted under a
// passphrase of its own, as profile.Export does. Whoever has that file and passphrase has
// the identity, so the passphrase of the profile is asked for again. It fails with
// ErrPassphrase, and ErrInvalid if there is something at the path, or no folder. Of a
// failed export nothing is left.
func (n *Node) Export(ctx context.Context, passphrase, path, under string, history bool) (err error) {
	switch {
	case !filepath.IsAbs(path):
		return fmt.Errorf("%w: the path of a file has to be absolute", ErrInvalid)
	case under == "":
		return fmt.Errorf("%w: an export needs a passphrase", ErrInvalid)
	}
	if _, err := n.profile.Words([]byte(passphrase)); err != nil {
		return explain(err)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	switch {
	case errors.Is(err, fs.ErrExist), errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w: there is something at the path, or no folder for it", ErrInvalid)
	case err != nil:
		return durable.Explain(err)
	}
	err = n.profile.Export(ctx, file, []byte(under), history)
	if err == nil {
		err = file.Sync()
	}
	err = errors.Join(err, file.Close())
	if err == nil {
		err = durable.SyncFolder(filepath.Dir(path))
	}
	if err != nil {
		return explain(errors.Join(durable.Explain(err), os.Remove(path)))
	}
	return nil
}
