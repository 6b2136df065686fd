package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

func newMessage(tor *cli.TorFlags) *cobra.Command {
	c := &cobra.Command{
		Use:   "message",
		Short: "Call back, change, send again or delete a message",
		Long: `message does something to one message, which is named by its number: 'onionwire send' and
'onionwire history' say it. What waits can be called back and changed as long as it has
not left this machine.`,
	}
	c.AddCommand(
		messages.command(tor, order[ledger.MessageNumber]{
			name: "cancel", short: "Call a message back that has not left", done: "is called back",
			long: `cancel calls a message back that waits and has not left this machine. It stays in the
history, and 'onionwire message retry' sends it after all.`,
			do: func(api rpc.API, ctx context.Context, number ledger.MessageNumber) error {
				if _, err := api.Message(ctx, number); err != nil {
					return err // to call back what is not there fails as if it had left
				}
				return api.Cancel(ctx, number)
			},
		}),
		newMessageEdit(tor),
		messages.command(tor, order[ledger.MessageNumber]{
			name: "retry", short: "Send a message again that did not get there", done: "waits again",
			long: `retry puts a message into the queue again that has failed, has expired or was called back.`,
			do:   rpc.API.RetryMessage,
		}),
		newMessageDelete(tor),
	)
	return c
}

// messages are known by their numbers.
var messages = numbered[ledger.MessageNumber]{
	name: "message", shown: "onionwire history", explain: noMessage,
	show: func(ctx context.Context, s *session, number ledger.MessageNumber, done string) error {
		m, err := s.Message(ctx, number)
		if err != nil {
			return noMessage(err)
		}
		return s.out.Show(m, "message %d %s", m.Number, done)
	},
}

// noMessage says what to do about a message to which something cannot be done.
func noMessage(err error) error {
	switch {
	case errors.Is(err, rpc.ErrNotFound):
		return cli.Hint(fmt.Errorf("no such message: %w", rpc.ErrNotFound), "'onionwire history CONTACT' shows the numbers of messages")
	case errors.Is(err, rpc.ErrState):
		return cli.Hint(err, "only your own messages that wait can be called back and changed, only those that did not get there sent again; 'onionwire history CONTACT' says how far each is")
	}
	return err
}

func newMessageEdit(tor *cli.TorFlags) *cobra.Command {
	f := nodeFlags{tor: tor}
	c := &cobra.Command{
		Use:   "edit NUMBER [TEXT...]",
		Short: "Change a message that has not left",
		Long: `edit gives a message another text that waits and has not left this machine. The text is
the arguments after the number, with spaces between them, or without any all of standard
input, which other users of this machine cannot read on the command line.

With --json, the message is printed as in docs/rpc.md.`,
		Args:              func(_ *cobra.Command, args []string) error { return messages.argument(args) },
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(c *cobra.Command, args []string) error {
			stdio := stdioOf(c)
			text, err := textOf(stdio.in, args[1:])
			if err != nil {
				return err
			}
			return f.offline(c.Context(), stdio, func(ctx context.Context, s *session) error {
				number := messages.number(args[0])
				if err := s.Edit(ctx, number, text); err != nil {
					return noMessage(err)
				}
				return messages.show(ctx, s, number, "is changed")
			})
		},
	}
	f.register(c.Flags())
	return c
}

// textOf returns a message that is made of arguments, or else of an input.
func textOf(in io.Reader, words []string) (text string, err error) {
	if text = strings.Join(words, " "); len(words) == 0 {
		text, err = readText(in)
	}
	if err == nil && !utf8.ValidString(text) {
		err = cli.Hint(cli.Usage(errors.New("the text is not UTF-8")), "convert it, as with iconv, or send it as a file: onionwire file send")
	}
	if err == nil && strings.TrimSpace(text) == "" {
		err = cli.Hint(cli.Usage(errors.New("the message is empty")), "write the text behind the other arguments, or into standard input")
	}
	return text, err
}

func newMessageDelete(tor *cli.TorFlags) *cobra.Command {
	f := nodeFlags{tor: tor}
	c := &cobra.Command{
		Use:   "delete NUMBER",
		Short: "Delete a message here",
		Long: `delete deletes a message here, be it yours or theirs. What has not left is not sent any
more; what has been sent stays with the other side.

With --json, the message is printed as it was, as in docs/rpc.md.`,
		Args:              messages.only,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(c *cobra.Command, args []string) error {
			return f.offline(c.Context(), stdioOf(c), func(ctx context.Context, s *session) error {
				m, err := s.Message(ctx, messages.number(args[0]))
				if err == nil {
					err = s.DeleteMessage(ctx, m.Number)
				}
				if err != nil {
					return noMessage(err)
				}
				return s.out.Show(m, "message %d is deleted here", m.Number)
			})
		},
	}
	f.register(c.Flags())
	return c
}
