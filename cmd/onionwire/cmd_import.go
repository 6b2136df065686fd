package main

import (
	"context"
	"errors"
	"os"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/vault"
)

type importOptions struct {
	makeOptions
	export secretFlag
}

func newImport() *cobra.Command {
	var o importOptions
	c := &cobra.Command{
		Use:   "import FILE",
		Short: "Make a profile from what was exported",
		Long: `import makes a profile from a file that 'onionwire export' has written. It asks for the
passphrase of the export, and twice for one of the new profile, which is its own.

Settings, your name for example, are not in the file. Do not let the profile that was
exported and the new one run at once: contacts take messages of one of them, and those
of the other are lost.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("name the file to read")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return o.run(c.Context(), stdioOf(c), args[0]) },
	}
	o.register(c.Flags())
	o.export.register(c.Flags(), exportFlag, "the passphrase of the export")
	return c
}

func (o *importOptions) run(ctx context.Context, stdio stdio, path string) error {
	if err := o.check(); err != nil {
		return err
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	passphrase, err := stdio.secrets().existing(ctx, &o.export)
	if err != nil {
		return err
	}
	defer clear(passphrase)
	return o.makeOptions.run(ctx, stdio, func(ctx context.Context, p vault.Protection) (*profile.Profile, error) {
		return profile.Import(ctx, o.profile.root, o.profile.name, file, passphrase, p)
	})
}
