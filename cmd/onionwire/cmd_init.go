package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/vault"
)

func newInit() *cobra.Command {
	var o initOptions
	c := &cobra.Command{
		Use:   "init",
		Short: "Make a profile",
		Long: `init makes a profile: a folder with keys, an encrypted database and, later, the
state of its own Tor. It prints the profile's contact link.

At a terminal it asks for what the command line does not say: what the profile is called
on this computer, what contacts are told to call you, and a passphrase, twice, under
which all of it is sealed. It then shows the 24 words that the profile can be made again
from, and asks for three of them, to see whether you have written them down. You can skip
that; 'onionwire words' shows them again.

There is no other way in than the passphrase: who forgets it has only the 24 words. With
--passphrase-file it is the first line of a file, and nothing is asked. With
--no-passphrase there is none, and whoever can read your files can read all of it, and be
you. Nothing is asked then either.

If there is one profile only, other commands use it without --profile.

--name is what contacts are told to call you. It proves nothing, and can be left out.`,
		Args: cli.NoArgs,
	}
	o.register(c.Flags())
	c.RunE = func(c *cobra.Command, _ []string) error {
		return o.run(c.Context(), stdioOf(c), c.Flags().Changed("profile"), c.Flags().Changed("name"))
	}
	return c
}

type initOptions struct{ makeOptions }

func (o *initOptions) create(ctx context.Context, p vault.Protection) (*profile.Profile, error) {
	return profile.Create(ctx, o.profile.root, o.profile.name, p)
}

// run makes the profile. Who has to be asked for a passphrase is asked for all else, too.
func (o *initOptions) run(ctx context.Context, stdio stdio, named, called bool) error {
	if o.protection.without || o.protection.passphrase.given() || stdio.json || !cli.IsTerminal(stdio.in) {
		return o.makeOptions.run(ctx, stdio, o.create)
	}
	if named || o.name != "" {
		if err := o.check(); err != nil {
			return err
		}
	}
	i := interview{options: o, stdio: stdio, notes: stdio.notes()}
	if err := i.names(ctx, named, called); err != nil {
		return err
	}
	passphrase, err := i.passphrase(ctx)
	if err != nil {
		return err
	}
	defer clear(passphrase)
	return i.make(ctx, passphrase)
}

// make makes the profile, and has its words written down.
func (i *interview) make(ctx context.Context, passphrase []byte) (err error) {
	o := i.options
	protection, err := protectedBy(passphrase)
	if err != nil {
		return err
	}
	defer protection.Wipe()
	p, err := o.create(ctx, protection)
	if err != nil {
		return err
	}
	defer finish(&err, p)
	if err := o.introduce(ctx, p); err != nil {
		return err
	}
	fmt.Fprintf(i.notes, "\nprofile %q is made\n", p.Name())
	words, err := p.Words(passphrase)
	if err != nil {
		return err
	}
	defer clear(words)
	if err := i.words(ctx, words); err != nil {
		return err
	}
	fmt.Fprintln(i.notes)
	return o.show(i.stdio, p)
}
