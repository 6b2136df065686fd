package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/access"
	"github.com/onionwire/onionwire/node/contactlink"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/rpc"
)

func newID() *cobra.Command {
	var f lockedFlags
	c := &cobra.Command{
		Use:   "id",
		Short: "Print who the profile is",
		Long: `id prints what a contact needs, in two forms: a short link, onionwire:…, in which
mistakes of copying are found, and the multiaddr that other libp2p programs take,
/onion3/ADDRESS:PORT/p2p/PEERID. Either will do. Who has it can ask to become your
contact, and can see whether you are online. It works while another onionwire uses
the profile. 'onionwire link' shows a QR code, and makes invites.

With --json, it prints {"profile":…,"peer":…,"link":…,"qr":…,"multiaddr":…,"name":""}.`,
		Args: cli.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return runID(c.Context(), f, stdioOf(c))
		},
	}
	f.register(c.Flags())
	return c
}

func runID(ctx context.Context, f lockedFlags, stdio stdio) error {
	// A node that runs tells who it is without a passphrase.
	s, err := access.Running(ctx, f.root, f.name)
	if err == nil {
		link, err := s.Link(ctx)
		if err = errors.Join(err, s.Close()); err != nil {
			return plain(err)
		}
		link.Name = "" // which the profile alone does not know
		return printLink(stdio, f.name, link)
	}
	return f.unlock(ctx, stdio.secrets(), func(passphrase []byte) error {
		card, err := profile.Read(f.root, f.name, passphrase)
		if err != nil {
			return err
		}
		return printLink(stdio, f.name, card.Link())
	})
}

// identity is who a profile is.
type identity struct {
	Profile string `json:"profile"`
	Peer    string `json:"peer"`
	rpc.Link
}

// printLink prints both forms of a contact link.
func printLink(stdio stdio, name string, link contactlink.Link) error {
	forms, err := formsOf(link)
	if err != nil {
		return err
	}
	return stdio.results().Show(identity{name, link.Peer.String(), forms}, "%s\n%s", forms.Link, forms.Multiaddr)
}

// formsOf returns a link in the forms in which others get it.
func formsOf(link contactlink.Link) (rpc.Link, error) {
	m, err := link.Multiaddr()
	if err != nil {
		return rpc.Link{}, err
	}
	return rpc.Link{Link: link.String(), QR: link.QR(), Multiaddr: m.String(), Name: link.Name}, nil
}
