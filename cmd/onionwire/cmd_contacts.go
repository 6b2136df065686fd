package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/lookup"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/output"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/safe"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/wording"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

type contactsOptions struct {
	nodeFlags
	all bool
}

func newContacts(tor *cli.TorFlags) *cobra.Command {
	o := contactsOptions{nodeFlags: nodeFlags{tor: tor}}
	c := &cobra.Command{
		Use:   "contacts",
		Short: "List contacts",
		Long: `contacts lists your contacts, and those whom you have asked to become one: number, name,
state, whether the safety number was verified, whether they are there, and how many of
their messages were not read. Other commands take the name or the number.

Those who have asked you are listed by 'onionwire requests'. With --all, they are listed
here as well, and those who were rejected or blocked.

With --json, each line is a contact as in docs/rpc.md, with "presence" and "unread". There
is no "presence" if no node runs: nobody knows.`,
		Args: cli.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return o.offline(c.Context(), stdioOf(c), o.run) },
	}
	o.register(c.Flags())
	c.Flags().BoolVar(&o.all, "all", false, "in every state")
	return c
}

// listedContact is a contact with what changes from moment to moment.
type listedContact struct {
	rpc.Contact
	Presence *rpc.Presence `json:"presence,omitempty"`
	Unread   int           `json:"unread"`
}

func (o *contactsOptions) run(ctx context.Context, s *session) error {
	contacts, err := s.Contacts(ctx)
	if err != nil {
		return err
	}
	contacts = slices.DeleteFunc(contacts, func(c rpc.Contact) bool {
		return !o.all && c.State != rpc.AcceptedContact && c.State != rpc.RequestedContact
	})
	unread, err := unreadOf(ctx, s)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, c := range contacts {
		l := listedContact{Contact: c, Unread: unread[c.Conversation]}
		if c.State == rpc.AcceptedContact && s.Remote() {
			p, err := s.Presence(ctx, c.ID)
			if err != nil {
				return err
			}
			l.Presence = &p
		}
		if s.out.JSON {
			if err := s.out.Object(l); err != nil {
				return err
			}
			continue
		}
		rows = append(rows, l.row())
	}
	return output.Table(s.out.Out, rows...)
}

// row is the contact for people.
func (l listedContact) row() []string {
	state, verified, unread := stateText(l.State), "", ""
	if l.Presence != nil {
		state = wording.Presence(*l.Presence, time.Now())
	}
	if l.Forgotten {
		state = "does not know you any more"
	}
	if l.Verified {
		verified = "verified"
	}
	if l.Unread > 0 {
		unread = fmt.Sprintf("%d unread", l.Unread)
	}
	if l.Muted {
		unread += " (muted)"
	}
	return []string{numberOf(l.Contact), lookup.Called(l.Contact), state, verified, unread}
}

// called is what a contact is called in results: a program that knows it by no name gets its
// whole peer ID.
func (s *session) called(c rpc.Contact) string {
	if s.out.JSON {
		return nameOf(c)
	}
	return lookup.Label(c)
}

// nameOf is what a contact is called, by its peer ID if by nothing else.
func nameOf(c rpc.Contact) string {
	if name := lookup.Name(c); name != "" {
		return name
	}
	return c.Peer
}

// stateText says for people what a state means.
func stateText(s rpc.ContactState) string {
	switch s {
	case rpc.RequestedContact:
		return "was asked"
	case rpc.AskingContact:
		return "asks"
	case rpc.AcceptedContact:
		return "contact"
	}
	return string(s)
}

// unreadOf returns how many messages were not read, by conversation.
func unreadOf(ctx context.Context, s *session) (map[ledger.ConversationID]int, error) {
	all := make(map[ledger.ConversationID]int)
	err := eachConversation(ctx, s.API, func(c rpc.Conversation) error {
		all[c.ID] = c.Unread
		return nil
	})
	return all, err
}

// eachConversation calls use with each conversation.
func eachConversation(ctx context.Context, api rpc.API, use func(rpc.Conversation) error) error {
	var after ledger.ConversationID
	for {
		page, err := api.Conversations(ctx, after, rpc.MaxConversations)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, c := range page {
			if err := use(c); err != nil {
				return err
			}
		}
		after = page[len(page)-1].ID
	}
}

func newRequests(tor *cli.TorFlags) *cobra.Command {
	f := nodeFlags{tor: tor}
	c := &cobra.Command{
		Use:   "requests",
		Short: "List those who ask to become a contact",
		Long: `requests lists those who ask to become a contact: number, name, peer ID and what they
say of themselves. The name proves nothing, the peer ID is proven. Who is called like a
contact of yours, as far as one can see, is marked as not them. 'onionwire accept',
'reject' and 'block' take the name or the number.

With --json, each line is a contact as in docs/rpc.md.`,
		Args: cli.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return f.offline(c.Context(), stdioOf(c), listRequests) },
	}
	f.register(c.Flags())
	return c
}

func listRequests(ctx context.Context, s *session) error {
	contacts, err := s.Contacts(ctx)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, c := range contacts {
		switch {
		case c.State != rpc.AskingContact:
		case s.out.JSON:
			if err := s.out.Object(c); err != nil {
				return err
			}
		default:
			rows = append(rows, []string{numberOf(c), lookup.Called(c) + notThem(contacts, c), c.Peer, c.Introduction})
		}
	}
	return output.Table(s.out.Out, rows...)
}

// notThem says whom a stranger may want to be taken for, by being called like a contact.
func notThem(all []rpc.Contact, stranger rpc.Contact) string {
	for _, c := range all {
		if (c.State == rpc.AcceptedContact || c.State == rpc.RequestedContact) && safe.Alike(nameOf(c), nameOf(stranger)) {
			return " (not your contact " + numberOf(c) + ")"
		}
	}
	return ""
}

// numberOf is what means a contact whatever it is called.
func numberOf(c rpc.Contact) string { return fmt.Sprintf("#%d", c.ID) }
