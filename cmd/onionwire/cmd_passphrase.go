package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/node/profile"
)

type passphraseOptions struct {
	profile lockedFlags
	fresh   protectionFlags
}

func newPassphrase() *cobra.Command {
	var o passphraseOptions
	c := &cobra.Command{
		Use:   "passphrase",
		Short: "Change the profile's passphrase",
		Long: `passphrase gives the profile another passphrase, its first one, or with
--no-passphrase none any more. It asks for the old one, and twice for the new one.
With --passphrase-file and --new-passphrase-file they are the first lines of files; if
both are standard input, its first two lines.

The old one opens nothing any more. Copies of the profile's folder that were made
before, backups for example, stay what they were.`,
		Args: cli.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return o.run(c.Context(), stdioOf(c)) },
	}
	o.profile.register(c.Flags())
	o.fresh.register(c.Flags(), "new-passphrase-file")
	return c
}

func (o *passphraseOptions) run(ctx context.Context, stdio stdio) error {
	if err := o.fresh.check(); err != nil {
		return err
	}
	return o.profile.unlock(ctx, stdio.secrets(), func(passphrase []byte) (err error) {
		// The lock, and that the passphrase is right, before a new one is asked for.
		p, err := profile.Open(ctx, o.profile.root, o.profile.name, passphrase)
		if err != nil {
			return err
		}
		defer finish(&err, p)
		protection, err := o.fresh.choose(ctx, stdio.secrets())
		if err != nil {
			return err
		}
		defer protection.Wipe()
		if err := p.ChangePassphrase(passphrase, protection); err != nil {
			return err
		}
		if o.fresh.without {
			fmt.Fprintf(stdio.err, "profile %q has no passphrase any more\n", p.Name())
		} else {
			fmt.Fprintf(stdio.err, "profile %q has a new passphrase\n", p.Name())
		}
		return nil
	})
}
