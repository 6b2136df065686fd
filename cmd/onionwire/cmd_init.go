package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/node"
)

func newInit() *cobra.Command {
	var profile profileFlags
	c := &cobra.Command{
		Use:   "init",
		Short: "Make a profile",
		Long: `init makes a profile: a folder with an identity key, an onion key and, later, the
state of its own Tor. It prints the profile's contact link, as 'onionwire id' does.

Keys are stored as they are, readable for this user alone. Nothing protects them
from who can read your files.`,
		Args: cli.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return runInit(c.OutOrStdout(), c.ErrOrStderr(), profile)
		},
	}
	profile.register(c.Flags())
	return c
}

func runInit(stdout, stderr io.Writer, f profileFlags) error {
	p, err := node.CreateProfile(f.root, f.name)
	if err != nil {
		return err
	}
	defer p.Close()
	fmt.Fprintf(stderr, "profile %q is made; give one of these to your contacts:\n", p.Name())
	return printLink(stdout, p)
}
