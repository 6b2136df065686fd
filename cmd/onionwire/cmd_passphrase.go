package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
)

type passphraseOptions struct {
	nodeFlags
	fresh protectionFlags
}

func newPassphrase(tor *cli.TorFlags) *cobra.Command {
	o := passphraseOptions{nodeFlags: nodeFlags{tor: tor}}
	c := &cobra.Command{
		Use:   "passphrase",
		Short: "Change the profile's passphrase",
		Long: `passphrase gives the profile another passphrase, its first one, or with
--no-passphrase none any more. It asks for the old one, and twice for the new one.
With --passphrase-file and --new-passphrase-file they are the first lines of files; if
both are standard input, its first two lines.

The old one opens nothing any more. Copies of the profile's folder that were made
before, backups for example, stay what they were.

With --json, it prints {"profile":…,"protected":…}.`,
		Args: cli.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return o.run(c.Context(), stdioOf(c)) },
	}
	o.register(c.Flags())
	o.fresh.register(c.Flags(), "new-")
	return c
}

func (o *passphraseOptions) run(ctx context.Context, stdio stdio) error {
	if err := o.fresh.check(); err != nil {
		return err
	}
	return o.withPassphrase(ctx, stdio, func(ctx context.Context, s *session, old []byte) error {
		fresh, err := o.fresh.chosen(ctx, stdio.secrets())
		if err != nil {
			return err
		}
		defer clear(fresh)
		if err := s.ChangePassphrase(ctx, string(old), string(fresh)); err != nil {
			return err
		}
		has := "a new passphrase"
		if o.fresh.without {
			has = "no passphrase any more"
		}
		fmt.Fprintf(stdio.notes(), "profile %q has %s\n", o.profile.name, has)
		if stdio.json {
			return s.out.Object(map[string]any{"profile": o.profile.name, "protected": !o.fresh.without})
		}
		return nil
	})
}
