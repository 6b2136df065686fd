package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/duration"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/lookup"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/output"
	"github.com/onionwire/onionwire/node/rpc"
)

// span is a time that is set for one contact.
type span struct {
	name, short, long string
	// choices are what can be said instead of a time.
	choices []string
	// set sets it, and prints what holds then.
	set func(ctx context.Context, s *session, c rpc.Contact, after time.Duration) error
}

func newTimer(tor *cli.TorFlags) *cobra.Command {
	return span{
		name: "timer", short: "Have messages disappear after a time, on both sides", choices: []string{"off"}, set: setTimer,
		long: `timer has the messages of a conversation disappear after a time, on both sides: those from
now on, counted from when they are read. "off" keeps them. The contact is told. Nobody can
be stopped from keeping a copy. With --json, the conversation is printed as in
docs/rpc.md.`,
	}.command(tor)
}

func setTimer(ctx context.Context, s *session, c rpc.Contact, after time.Duration) error {
	if err := s.SetTimer(ctx, c.Conversation, rpc.Duration(max(after, 0))); err != nil {
		return noContact("set a timer for", err)
	}
	conversation, err := s.Conversation(ctx, c.Conversation)
	if err != nil {
		return err
	}
	return s.out.Show(conversation, "%s: messages %s", output.Line(lookup.Label(c)), timer(conversation.Timer))
}

func newExpire(tor *cli.TorFlags) *cobra.Command {
	return span{
		name: "expire", short: "Give up on messages that wait too long for a contact", choices: []string{"never", "default"}, set: setExpiry,
		long: `expire says how long messages wait for a contact who is not there: what could not be
delivered by then is marked as expired, and not sent any more. "never" waits as long as it
takes, "default" does as the settings of the profile say. It holds for messages from now
on. With --json, the contact is printed as in docs/rpc.md.`,
	}.command(tor)
}

func setExpiry(ctx context.Context, s *session, c rpc.Contact, after time.Duration) error {
	expiry := rpc.Duration(after)
	c, err := s.UpdateContact(ctx, c.ID, rpc.ContactUpdate{Expiry: &expiry})
	if err != nil {
		return err
	}
	wait := "for " + duration.Format(after) + " at most"
	switch after {
	case duration.Never:
		wait = "for as long as it takes"
	case duration.Default:
		wait = "for as long as the settings say"
	}
	return s.out.Show(c, "%s: messages wait %s", output.Line(lookup.Label(c)), wait)
}

// parse reads the time, or what can be said instead.
func (t span) parse(given string) (time.Duration, error) {
	after, err := duration.Parse(given)
	if err == nil && after <= 0 && !slices.Contains(t.choices, strings.ToLower(strings.TrimSpace(given))) {
		err = duration.ErrMalformed
	}
	if errors.Is(err, duration.ErrMalformed) { // its choices are not those of this command
		err = fmt.Errorf("%q is not a time", given)
	}
	if err != nil {
		err = cli.Hint(cli.Usage(err), "a time is a number with s, m, h, d or w, such as 30m or 7d, or "+strings.Join(t.choices, " or "))
	}
	return after, err
}

func (t span) command(tor *cli.TorFlags) *cobra.Command {
	f := nodeFlags{tor: tor}
	c := &cobra.Command{
		Use:   t.name + " CONTACT TIME",
		Short: t.short,
		Long: t.long + `

TIME is a number with s, m, h, d or w behind it, such as 30m or 7d. CONTACT is a name, a
number such as #7, or a peer ID or the beginning of one.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return errors.New("name a contact, and a time such as 30m or 7d")
			}
			return nil
		},
		ValidArgsFunction: func(c *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) == 1 {
				return t.choices, cobra.ShellCompDirectiveNoFileComp
			}
			return f.completeContacts(rpc.AcceptedContact)(c, args, begun)
		},
		RunE: func(c *cobra.Command, args []string) error {
			after, err := t.parse(args[1])
			if err != nil {
				return err
			}
			return f.offline(c.Context(), stdioOf(c), func(ctx context.Context, s *session) error {
				contact, err := s.contact(ctx, args[0])
				if err != nil {
					return err
				}
				return t.set(ctx, s, contact, after)
			})
		},
	}
	f.register(c.Flags())
	return c
}
