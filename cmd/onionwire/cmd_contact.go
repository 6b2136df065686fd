package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/lookup"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/output"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/settings"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// contactOrder is something that is done to one contact.
type contactOrder struct {
	name, short, long string
	do                func(rpc.API, context.Context, ledger.ContactID) error
	// whose are the states of the contacts to whom it can be done; none: all.
	whose []rpc.ContactState
	// done is said for people when it is done, behind the name.
	done string
}

// asking are the states of those who can be answered.
var asking = []rpc.ContactState{rpc.AskingContact}

// named is the argument that says which contact.
func named(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return errors.New("name one contact, as 'onionwire contacts' does")
	}
	return nil
}

func (o contactOrder) command(tor *cli.TorFlags) *cobra.Command {
	f := nodeFlags{tor: tor}
	c := &cobra.Command{
		Use:   o.name + " CONTACT",
		Short: o.short,
		Long: o.long + `

CONTACT is a name, a number such as #7, or a peer ID or the beginning of one. With
--json, the contact is printed as in docs/rpc.md.`,
		Args:              named,
		ValidArgsFunction: f.completeContacts(o.whose...),
		RunE: func(c *cobra.Command, args []string) error {
			return f.offline(c.Context(), stdioOf(c), func(ctx context.Context, s *session) error {
				return o.run(ctx, s, args[0])
			})
		},
	}
	f.register(c.Flags())
	return c
}

func (o contactOrder) run(ctx context.Context, s *session, given string) error {
	c, err := s.contact(ctx, given, o.whose...)
	if err != nil {
		return err
	}
	err = o.do(s.API, ctx, c.ID)
	if errors.Is(err, rpc.ErrState) && slices.Equal(o.whose, asking) {
		return cli.Hint(fmt.Errorf("cannot %s somebody who has not asked to become a contact: %w", o.name, rpc.ErrState), "'onionwire requests' lists those who have")
	}
	if err != nil {
		return err
	}
	return s.show(ctx, c.ID, o.done)
}

// show prints a contact as it is now, for people what was done.
func (s *session) show(ctx context.Context, id ledger.ContactID, done string) error {
	c, err := s.Contact(ctx, id)
	if err != nil {
		return err
	}
	return s.out.Show(c, "%s %s", output.Line(lookup.Label(c)), done)
}

func newAccept(tor *cli.TorFlags) *cobra.Command {
	return contactOrder{
		name: "accept", short: "Accept somebody who asks to become a contact", done: "is a contact now",
		long: `accept says yes to somebody who asks to become a contact, as 'onionwire requests' lists
them. They are told as soon as they can be reached.`,
		do: rpc.API.AcceptContact, whose: asking,
	}.command(tor)
}

func newReject(tor *cli.TorFlags) *cobra.Command {
	return contactOrder{
		name: "reject", short: "Reject somebody who asks to become a contact", done: "is rejected",
		long: `reject says no to somebody who asks to become a contact. They are not told, and can ask
again a day later: 'onionwire block' is for good.`,
		do: rpc.API.RejectContact, whose: asking,
	}.command(tor)
}

func newBlock(tor *cli.TorFlags) *cobra.Command {
	return contactOrder{
		name: "block", short: "Take nothing from somebody any more", done: "is blocked",
		long: `block takes nothing from somebody any more, and sends nothing: what waits for them is
called off. They are not told. Whoever has your address can still see that you are there.`,
		do: rpc.API.BlockContact,
	}.command(tor)
}

func newUnblock(tor *cli.TorFlags) *cobra.Command {
	return contactOrder{
		name: "unblock", short: "Undo 'onionwire block'", done: "is not blocked any more",
		long: `unblock undoes 'onionwire block'.`,
		do:   rpc.API.UnblockContact, whose: []rpc.ContactState{rpc.BlockedContact},
	}.command(tor)
}

func newAsk(tor *cli.TorFlags) *cobra.Command {
	return contactOrder{
		name: "ask", short: "Ask once more to become a contact", done: "is asked once more",
		long: `ask asks somebody once more to become a contact who has not answered, or who does not know
you any more, as after they made a new profile.`,
		do: rpc.API.AskAgain, whose: []rpc.ContactState{rpc.RequestedContact, rpc.AcceptedContact},
	}.command(tor)
}

func newMute(tor *cli.TorFlags) *cobra.Command {
	return contactOrder{
		name: "mute", short: "Get no notifications about a contact", done: "is muted",
		long: `mute keeps messages of a contact from being announced and counted as unread in all.
They come in as before. 'onionwire unmute' undoes it.`,
		do: muting(true), whose: []rpc.ContactState{rpc.AcceptedContact},
	}.command(tor)
}

func newUnmute(tor *cli.TorFlags) *cobra.Command {
	return contactOrder{
		name: "unmute", short: "Undo 'onionwire mute'", done: "is not muted any more",
		long: `unmute undoes 'onionwire mute'.`,
		do:   muting(false), whose: []rpc.ContactState{rpc.AcceptedContact},
	}.command(tor)
}

func muting(on bool) func(rpc.API, context.Context, ledger.ContactID) error {
	return func(api rpc.API, ctx context.Context, id ledger.ContactID) error {
		c, err := api.Contact(ctx, id)
		if err != nil {
			return err
		}
		return settings.Mute(ctx, api, c, on)
	}
}
