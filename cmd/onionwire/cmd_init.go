package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/node/profile"
)

type initOptions struct {
	profile    profileFlags
	protection protectionFlags
}

func newInit() *cobra.Command {
	var o initOptions
	c := &cobra.Command{
		Use:   "init",
		Short: "Make a profile",
		Long: `init makes a profile: a folder with keys, an encrypted database and, later, the
state of its own Tor. It prints the profile's contact link, as 'onionwire id' does.

It asks for a passphrase, twice, under which all of it is sealed. There is no other
way in: who forgets it has lost the profile. With --passphrase-file it is the first
line of a file. With --no-passphrase there is none, and whoever can read your files
can read all of it, and be you.`,
		Args: cli.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return o.run(c.Context(), stdioOf(c))
		},
	}
	o.profile.register(c.Flags())
	o.protection.register(c.Flags(), "passphrase-file")
	return c
}

func (o *initOptions) run(ctx context.Context, stdio stdio) (err error) {
	if err := o.profile.vacant(); err != nil {
		return err
	}
	protection, err := o.protection.choose(ctx, stdio.secrets())
	if err != nil {
		return err
	}
	defer protection.Wipe()
	p, err := profile.Create(ctx, o.profile.root, o.profile.name, protection)
	if err != nil {
		return err
	}
	defer finish(&err, p)
	fmt.Fprintf(stdio.err, "profile %q is made; give one of these to your contacts:\n", p.Name())
	return printLink(stdio.out, p.Link())
}

// vacant finds out that a profile cannot be made, before somebody is asked for a
// passphrase.
func (f *profileFlags) vacant() error {
	if err := profile.CheckName(f.name); err != nil {
		return err
	}
	if _, err := profile.Protected(f.root, f.name); !errors.Is(err, profile.ErrNotFound) {
		return fmt.Errorf("%w: %s", profile.ErrExists, f.name)
	}
	return nil
}
