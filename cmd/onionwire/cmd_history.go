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
	"github.com/onionwire/onionwire/cmd/onionwire/internal/output"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/safe"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// pageFlags say which messages are wanted.
type pageFlags struct {
	limit  int
	before int64
}

func (f *pageFlags) register(c *cobra.Command) {
	c.Flags().IntVarP(&f.limit, "limit", "n", 50, "how many messages, the latest ones; 0 is all")
	c.Flags().Int64Var(&f.before, "before", 0, "only messages with numbers below this one")
}

func (f *pageFlags) check() error {
	if f.limit < 0 || f.before < 0 {
		return cli.Hint(cli.Usage(errors.New("--limit or --before is below 0")), "they are numbers from 0 on")
	}
	return nil
}

// collect reads pages until there are as many messages as wanted, and returns them in
// the order in which they came.
func (f *pageFlags) collect(read func(before ledger.MessageNumber, limit int) ([]rpc.Message, error)) ([]rpc.Message, error) {
	var all []rpc.Message
	before := ledger.MessageNumber(f.before)
	for f.limit == 0 || len(all) < f.limit {
		limit := rpc.MaxMessages
		if f.limit > 0 {
			limit = min(limit, f.limit-len(all))
		}
		page, err := read(before, limit)
		if err != nil {
			return nil, err
		}
		if len(page) == 0 {
			break
		}
		all = append(all, page...)
		before = page[len(page)-1].Number
	}
	slices.Reverse(all)
	return all, nil
}

type historyOptions struct {
	nodeFlags
	page pageFlags
}

func newHistory(tor *cli.TorFlags) *cobra.Command {
	o := historyOptions{nodeFlags: nodeFlags{tor: tor}}
	c := &cobra.Command{
		Use:   "history CONTACT",
		Short: "Show what was said",
		Long: `history shows the last messages of the conversation with a contact, the latest one last.
It does not count them as read. What was not delivered is marked.

With --json, each line is a message as in docs/rpc.md, with the "name" of who has written
it, which is empty for yourself.

CONTACT is a name, a number such as #7, or a peer ID or the beginning of one.`,
		Args:              named,
		ValidArgsFunction: o.completeContacts(),
		RunE: func(c *cobra.Command, args []string) error {
			if err := o.page.check(); err != nil {
				return err
			}
			return o.offline(c.Context(), stdioOf(c), func(ctx context.Context, s *session) error { return o.run(ctx, s, args[0]) })
		},
	}
	o.register(c.Flags())
	o.page.register(c)
	return c
}

func (o *historyOptions) run(ctx context.Context, s *session, given string) error {
	c, err := s.contact(ctx, given)
	if err != nil || c.Conversation == 0 {
		return err
	}
	names := map[ledger.ContactID]string{c.ID: s.called(c)}
	if o.page.limit == 0 {
		return o.everything(ctx, s, c.Conversation, names)
	}
	all, err := o.page.collect(func(before ledger.MessageNumber, limit int) ([]rpc.Message, error) {
		return s.Messages(ctx, c.Conversation, before, limit)
	})
	if err != nil {
		return err
	}
	return s.messages(all, names)
}

// everything prints all of a conversation from its beginning, which need not fit into
// memory.
func (o *historyOptions) everything(ctx context.Context, s *session, id ledger.ConversationID, names map[ledger.ContactID]string) error {
	for after := ledger.MessageNumber(0); ; {
		page, err := s.MessagesAfter(ctx, id, after, rpc.MaxMessages)
		if err != nil || len(page) == 0 {
			return err
		}
		after = page[len(page)-1].Number
		if o.page.before > 0 {
			page = slices.DeleteFunc(page, func(m rpc.Message) bool { return int64(m.Number) >= o.page.before })
		}
		if err := s.messages(page, names); err != nil || len(page) == 0 {
			return err
		}
	}
}

// ourselves is what we are called among messages.
const ourselves = "you"

// messages prints messages with the names of their senders.
func (s *session) messages(all []rpc.Message, names map[ledger.ContactID]string) error {
	for _, m := range all {
		name := names[m.Sender]
		shown := output.Line(name)
		switch {
		case m.Sender == 0:
			shown = ourselves
		case safe.Alike(name, ourselves): // as anybody can call themselves
			shown += fmt.Sprintf(" (#%d)", m.Sender)
		}
		err := s.out.Show(namedMessage{m, name}, "%s %d %s: %s%s",
			m.Stored.In(time.Local).Format("2006-01-02 15:04"), m.Number, shown, output.Text(m.Text), mark(m))
		if err != nil {
			return err
		}
	}
	return nil
}

// mark says how far a message of ours has come.
func mark(m rpc.Message) string {
	var states []string
	for _, d := range m.Deliveries {
		if s := string(d.State); !slices.Contains(states, s) {
			states = append(states, s)
		}
	}
	if len(states) == 0 {
		return ""
	}
	return fmt.Sprintf("  (%s)", strings.Join(states, ", "))
}
