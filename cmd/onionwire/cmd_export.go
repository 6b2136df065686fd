package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/node/profile"
)

// exportFlag is that of the passphrase of an export.
const exportFlag = "export-passphrase-file"

type exportOptions struct {
	profile      lockedFlags
	passphrase   secretFlag
	contactsOnly bool
}

func newExport() *cobra.Command {
	var o exportOptions
	c := &cobra.Command{
		Use:   "export FILE",
		Short: "Write the profile to one encrypted file",
		Long: `export writes one file, encrypted with a passphrase of its own, from which 'onionwire
import' makes the profile again, here or elsewhere: identity, addresses, contacts, and
with all that was said unless --contacts-only is given. What waits to be delivered and
files that were exchanged are not in it.

FILE must not exist. It asks for the passphrase of the profile, and twice for one of
the export. Whoever has the file and its passphrase is you. The file is in the format
of age, version 1: other programs open it as well.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("name the file to write")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return o.run(c.Context(), stdioOf(c), args[0]) },
	}
	o.profile.register(c.Flags())
	o.passphrase.register(c.Flags(), exportFlag, "the passphrase of the export")
	c.Flags().BoolVar(&o.contactsOnly, "contacts-only", false, "leave out what was said")
	return c
}

func (o *exportOptions) run(ctx context.Context, stdio stdio, path string) error {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return cli.Hint(fmt.Errorf("there is something at %s", path), "name another file; nothing is overwritten")
	}
	return o.profile.unlock(ctx, stdio.secrets(), func(passphrase []byte) (err error) {
		p, err := profile.Open(ctx, o.profile.root, o.profile.name, passphrase)
		if err != nil {
			return err
		}
		defer finish(&err, p)
		own, err := stdio.secrets().fresh(ctx, &o.passphrase)
		if err != nil {
			return err
		}
		defer clear(own)
		if err := o.write(ctx, p, path, own); err != nil {
			return err
		}
		fmt.Fprintf(stdio.err, "profile %q is exported; without the export's passphrase the file is of no use\n", p.Name())
		return nil
	})
}

// write writes the file, whole or not at all.
func (o *exportOptions) write(ctx context.Context, p *profile.Profile, path string, passphrase []byte) (err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, file.Close())
		if err != nil {
			_ = os.Remove(path) // it opens nowhere
		}
	}()
	if err := p.Export(ctx, file, passphrase, !o.contactsOnly); err != nil {
		return err
	}
	return file.Sync()
}
