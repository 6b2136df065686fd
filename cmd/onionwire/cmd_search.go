package main

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

type searchOptions struct {
	nodeFlags
	page pageFlags
	with string
}

func newSearch(tor *cli.TorFlags) *cobra.Command {
	o := searchOptions{nodeFlags: nodeFlags{tor: tor}}
	c := &cobra.Command{
		Use:   "search WORD...",
		Short: "Find messages",
		Long: `search shows the messages that have all of the words, in one conversation or in all, the
latest one last. The last word may be the beginning of one. If there are none, it prints
nothing, and the exit status is 0.

With --json, each line is a message as in docs/rpc.md, with the "name" of who has written
it, which is empty for yourself.`,
		Args: func(_ *cobra.Command, args []string) error {
			if strings.TrimSpace(strings.Join(args, " ")) == "" {
				return errors.New("say what to look for")
			}
			return nil
		},
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(c *cobra.Command, args []string) error {
			if err := o.page.check(); err != nil {
				return err
			}
			return o.offline(c.Context(), stdioOf(c), func(ctx context.Context, s *session) error {
				return o.run(ctx, s, strings.Join(args, " "))
			})
		},
	}
	o.register(c.Flags())
	o.page.register(c)
	c.Flags().StringVar(&o.with, "with", "", "only in the conversation with this `CONTACT`")
	_ = c.RegisterFlagCompletionFunc("with", o.completeContacts())
	return c
}

func (o *searchOptions) run(ctx context.Context, s *session, text string) error {
	var conversation ledger.ConversationID
	if o.with != "" {
		c, err := s.contact(ctx, o.with)
		if err != nil || c.Conversation == 0 {
			return err
		}
		conversation = c.Conversation
	}
	found, err := o.page.collect(func(before ledger.MessageNumber, limit int) ([]rpc.Message, error) {
		return s.Search(ctx, text, conversation, before, limit)
	})
	if err != nil {
		return err
	}
	contacts, err := s.Contacts(ctx)
	if err != nil {
		return err
	}
	names := make(map[ledger.ContactID]string)
	for _, c := range contacts {
		names[c.ID] = s.called(c)
	}
	return s.messages(found, names)
}
