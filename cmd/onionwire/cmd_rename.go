package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/node/rpc"
)

func newRename(tor *cli.TorFlags) *cobra.Command {
	f := nodeFlags{tor: tor}
	c := &cobra.Command{
		Use:   "rename CONTACT NAME",
		Short: "Call a contact by another name",
		Long: `rename gives a contact the name that you call them by. They do not see it. An empty name
brings back the one that they have chosen.

CONTACT is a name, a number such as #7, or a peer ID or the beginning of one. With
--json, the contact is printed as in docs/rpc.md.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return errors.New("name a contact, and what it is to be called")
			}
			return nil
		},
		ValidArgsFunction: f.completeContacts(),
		RunE: func(c *cobra.Command, args []string) error {
			if err := checkName("the name", args[1]); err != nil {
				return err
			}
			return f.offline(c.Context(), stdioOf(c), func(ctx context.Context, s *session) error {
				return rename(ctx, s, args[0], args[1])
			})
		},
	}
	f.register(c.Flags())
	return c
}

func rename(ctx context.Context, s *session, given, alias string) error {
	c, err := s.contact(ctx, given)
	if err != nil {
		return err
	}
	if _, err := s.UpdateContact(ctx, c.ID, rpc.ContactUpdate{Alias: &alias}); err != nil {
		return err
	}
	return s.show(ctx, c.ID, "is what the contact is called now")
}
