package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/node"
)

func newID() *cobra.Command {
	var profile profileFlags
	c := &cobra.Command{
		Use:   "id",
		Short: "Print the profile's address",
		Long: `id prints the address that a contact needs, /onion3/ADDRESS:PORT/p2p/PEERID. Who
has it can try to talk to you, and can see whether you are online. It works while
another onionwire uses the profile.`,
		Args: cli.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return runID(c.OutOrStdout(), profile)
		},
	}
	profile.register(c.Flags())
	return c
}

func runID(stdout io.Writer, f profileFlags) error {
	p, err := node.ReadProfile(f.root, f.name)
	if err != nil {
		return f.explain(err)
	}
	addr, err := p.Address()
	if err != nil {
		return err
	}
	fmt.Fprintln(stdout, addr)
	return nil
}
