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
		Short: "Print the profile's contact link",
		Long: `id prints what a contact needs, in two forms: a short link, onionwire:…, in which
mistakes of copying are found, and the multiaddr that other libp2p programs take,
/onion3/ADDRESS:PORT/p2p/PEERID. Either will do. Who has it can try to talk to
you, and can see whether you are online. It works while another onionwire uses the
profile.`,
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
	return printLink(stdout, p)
}

// printLink prints both forms of a profile's contact link.
func printLink(stdout io.Writer, p *node.Profile) error {
	link, err := p.Address()
	if err != nil {
		return err
	}
	m, err := link.Multiaddr()
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%s\n%s\n", link, m)
	return nil
}
