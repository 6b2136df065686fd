package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
)

type addressOptions struct {
	nodeFlags
	confirm confirmFlag
}

func newAddress(tor *cli.TorFlags) *cobra.Command {
	c := &cobra.Command{
		Use:   "address",
		Short: "Change the onion address at which others reach you",
		Long: `address is about the onion address of the profile, which is part of the contact link that
'onionwire link' shows.`,
	}
	c.AddCommand(newAddressChange(tor))
	return c
}

func newAddressChange(tor *cli.TorFlags) *cobra.Command {
	o := addressOptions{nodeFlags: nodeFlags{tor: tor}}
	c := &cobra.Command{
		Use:   "change",
		Short: "Move to another onion address, and tell contacts",
		Long: `change makes another onion address, for the case that too many people have your link. Your
contacts are told by themselves, each when they can be reached, and notice nothing. You
can be reached at the old address too until all of them know the new one; then it is given
up, and links that have it lead nowhere. Strangers, those whom you have asked and who have
not answered, and those whom you have blocked are not told.

You stay who you are: peer ID and safety numbers do not change. Whoever makes the profile
again of its 24 words is at its first address.

It asks first. Where nobody can be asked, it takes --yes. It prints the new contact link
as 'onionwire id' does, with --json as well.`,
		Args: cli.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			stdio := stdioOf(c)
			if err := o.confirm.check(stdio); err != nil {
				return err
			}
			return o.offline(c.Context(), stdio, o.change)
		},
	}
	o.register(c.Flags())
	o.confirm.register(c.Flags())
	return c
}

func (o *addressOptions) change(ctx context.Context, s *session) error {
	err := o.confirm.ask(ctx, s.stdio, "Move to another address? Links that you have given to others lead nowhere once all contacts know it.")
	if err != nil {
		return err
	}
	address, err := s.ChangeAddress(ctx)
	if err != nil {
		return err
	}
	link, err := s.Link(ctx)
	if err != nil {
		return err
	}
	s.later()
	link.Onion, link.Name = address, "" // as 'onionwire id' prints it
	return printLink(s.stdio, o.profile.name, link)
}
