package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/node/contactlink"
	"github.com/onionwire/onionwire/node/profile"
)

func newID() *cobra.Command {
	var f lockedFlags
	c := &cobra.Command{
		Use:   "id",
		Short: "Print the profile's contact link",
		Long: `id prints what a contact needs, in two forms: a short link, onionwire:…, in which
mistakes of copying are found, and the multiaddr that other libp2p programs take,
/onion3/ADDRESS:PORT/p2p/PEERID. Either will do. Who has it can ask to become your
contact, and can see whether you are online. It works while another onionwire uses
the profile.`,
		Args: cli.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return runID(c.Context(), f, stdioOf(c))
		},
	}
	f.register(c.Flags())
	return c
}

func runID(ctx context.Context, f lockedFlags, stdio stdio) error {
	return f.unlock(ctx, stdio.secrets(), func(passphrase []byte) error {
		card, err := profile.Read(f.root, f.name, passphrase)
		if err != nil {
			return err
		}
		return printLink(stdio.out, card.Link())
	})
}

// printLink prints both forms of a contact link.
func printLink(stdout io.Writer, link contactlink.Link) error {
	m, err := link.Multiaddr()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%s\n%s\n", link, m)
	return err
}
