package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/lookup"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/output"
)

type forgetOptions struct {
	nodeFlags
	confirm     confirmFlag
	keepHistory bool
}

func newForget(tor *cli.TorFlags) *cobra.Command {
	o := forgetOptions{nodeFlags: nodeFlags{tor: tor}}
	c := &cobra.Command{
		Use:        "forget CONTACT",
		SuggestFor: []string{"delete", "remove"},
		Short:      "Delete a contact and what was written",
		Long: `forget deletes a contact: the keys that you share, which nobody can bring back, and all
messages here. What waits for them is called off. They are not told, and find out when
they write to you next. Somebody who shall not come back is for 'onionwire block' instead.

It asks first. Where nobody can be asked, it takes --yes.

CONTACT is a name, a number such as #7, or a peer ID or the beginning of one. With
--json, the contact is printed as it was, as in docs/rpc.md.`,
		Args:              named,
		ValidArgsFunction: o.completeContacts(),
		RunE: func(c *cobra.Command, args []string) error {
			stdio := stdioOf(c)
			if err := o.confirm.check(stdio); err != nil {
				return err
			}
			return o.offline(c.Context(), stdio, func(ctx context.Context, s *session) error { return o.run(ctx, s, args[0]) })
		},
	}
	o.register(c.Flags())
	o.confirm.register(c.Flags())
	c.Flags().BoolVar(&o.keepHistory, "keep-history", false, "keep the messages, for 'onionwire history' to show")
	return c
}

func (o *forgetOptions) run(ctx context.Context, s *session, given string) error {
	c, err := s.contact(ctx, given)
	if err != nil {
		return err
	}
	what := "and all that was written"
	if o.keepHistory {
		what = "and keep what was written"
	}
	name := output.Line(lookup.Label(c))
	if err := o.confirm.ask(ctx, s.stdio, "Delete "+name+" ("+numberOf(c)+"), the keys that you share "+what+"? Nobody can undo that."); err != nil {
		return err
	}
	if err := s.DeleteContact(ctx, c.ID, o.keepHistory); err != nil {
		return err
	}
	return s.out.Show(c, "%s is deleted", name)
}
