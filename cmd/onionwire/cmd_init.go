package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/vault"
)

func newInit() *cobra.Command {
	var o makeOptions
	c := &cobra.Command{
		Use:   "init",
		Short: "Make a profile",
		Long: `init makes a profile: a folder with keys, an encrypted database and, later, the
state of its own Tor. It prints the profile's contact link, as 'onionwire id' does.

It asks for a passphrase, twice, under which all of it is sealed. There is no other
way in: who forgets it has only the 24 words, if 'onionwire words' has shown them
before. With --passphrase-file it is the first line of a file. With --no-passphrase
there is none, and whoever can read your files can read all of it, and be you.

--name is what contacts are told to call you. It proves nothing, and can be left out.`,
		Args: cli.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return o.run(c.Context(), stdioOf(c), func(ctx context.Context, p vault.Protection) (*profile.Profile, error) {
				return profile.Create(ctx, o.profile.root, o.profile.name, p)
			})
		},
	}
	o.register(c.Flags())
	return c
}
