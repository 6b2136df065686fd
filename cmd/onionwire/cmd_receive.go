package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/output"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/wording"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

type receiveOptions struct {
	nodeFlags
	from    string
	count   int
	timeout time.Duration
	text    bool
	keep    bool
}

func newReceive(tor *cli.TorFlags) *cobra.Command {
	o := receiveOptions{nodeFlags: nodeFlags{tor: tor}}
	c := &cobra.Command{
		Use:   "receive",
		Short: "Print what contacts write, as it comes",
		Long: `receive prints the messages that were not read, and then those that come, until it is
interrupted: one JSON object a line, a message as in docs/rpc.md with the "name" of who
has written it. With --text, it is lines for people.

What was printed counts as read from then on, unless --keep-unread is given: the next
receive goes on behind it, and the contact is told, as the settings say. After a crash,
the last message may come a second time.

If a contact has had messages from here that this profile does not know, which means that
it is an older copy or that another copy of it runs, that is a line as well: an event of
the "kind" set_back as in docs/rpc.md, with an "explanation". Messages have no "kind".

If no node runs, receive starts one with a Tor of its own, which other commands can use
meanwhile.

With --count, it ends after so many messages. If --timeout is over first, the exit status
is 5.

  onionwire receive --from Alice --count 1 --timeout 1h | jq -r .text`,
		Args: cli.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return o.run(c.Context(), stdioOf(c)) },
	}
	o.register(c.Flags())
	c.Flags().StringVar(&o.from, "from", "", "only what this `CONTACT` writes")
	c.Flags().IntVar(&o.count, "count", 0, "end after so many messages; 0 is never")
	c.Flags().DurationVar(&o.timeout, "timeout", 0, "how long to wait for them at most; 0 is for ever")
	c.Flags().BoolVar(&o.text, "text", false, "print lines for people")
	c.Flags().BoolVar(&o.keep, "keep-unread", false, "do not count what was printed as read")
	_ = c.RegisterFlagCompletionFunc("from", o.completeContacts(accepted))
	return c
}

func (o *receiveOptions) run(ctx context.Context, stdio stdio) error {
	switch {
	case o.count < 0 || o.timeout < 0:
		return cli.Hint(cli.Usage(errors.New("--count or --timeout is below 0")), "0 is for ever")
	case o.text && stdio.json:
		return cli.Hint(cli.Usage(errors.New("--text and --json do not go together")), "choose one or the other")
	}
	ctx, cancel := within(ctx, o.timeout)
	defer cancel()
	err := o.online(ctx, stdio, func(ctx context.Context, s *session) error {
		s.out.JSON = !o.text
		return newReception(s, o).run(ctx)
	})
	switch {
	case errors.Is(err, errEnough):
		return nil
	case errors.Is(context.Cause(ctx), errTimeout):
		return overdue(ctx, err, "fewer messages have come", "start it again, or allow more time with --timeout; 0 is for ever")
	case err != nil && ctx.Err() != nil && errors.Is(err, context.Canceled) && o.count == 0:
		return nil // to be interrupted is its end
	}
	return err
}

// errEnough ends a loop that has what it was for.
var errEnough = errors.New("enough")

// reception prints what was not read and what comes.
type reception struct {
	*session
	options *receiveOptions
	from    ledger.ContactID // or 0
	names   map[ledger.ContactID]string
	last    map[ledger.ConversationID]ledger.MessageNumber // that were printed
	count   int
}

func newReception(s *session, o *receiveOptions) *reception {
	return &reception{
		session: s, options: o, names: make(map[ledger.ContactID]string), last: make(map[ledger.ConversationID]ledger.MessageNumber),
	}
}

func (r *reception) run(ctx context.Context) error {
	if r.options.from != "" {
		c, err := r.contact(ctx, r.options.from)
		if err != nil {
			return err
		}
		r.from = c.ID
	}
	status, err := r.Status(ctx)
	if err != nil {
		return err
	}
	if err := r.catchUp(ctx); err != nil {
		return err
	}
	if err := r.connect(ctx); err != nil {
		return err
	}
	return r.follow(ctx, status.Cursor)
}

// follow prints what comes after a cursor.
func (r *reception) follow(ctx context.Context, after ledger.Cursor) error {
	for e, err := range r.Events(ctx, after) {
		if err != nil {
			return err
		}
		if e.Kind == setBack && (r.from == 0 || e.Contact == r.from) {
			if err := r.warn(ctx, e); err != nil {
				return err
			}
		}
		if e.Kind != messageReceived || r.from != 0 && e.Contact != r.from || e.Message <= r.last[e.Conversation] {
			continue
		}
		m, err := r.Message(ctx, e.Message)
		if errors.Is(err, rpc.ErrNotFound) {
			continue // it has disappeared
		}
		if err == nil {
			err = r.take(ctx, m)
		}
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// catchUp prints what was not read.
func (r *reception) catchUp(ctx context.Context) error {
	var unread []rpc.Conversation
	err := eachConversation(ctx, r.API, func(c rpc.Conversation) error {
		if c.Unread > 0 {
			unread = append(unread, c)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, c := range unread {
		if err := r.catchUpWith(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

func (r *reception) catchUpWith(ctx context.Context, c rpc.Conversation) error {
	for after := c.Read; ; {
		page, err := r.MessagesAfter(ctx, c.ID, after, rpc.MaxMessages)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, m := range page {
			after = m.Number
			if m.Sender == 0 || r.from != 0 && m.Sender != r.from {
				continue
			}
			if err := r.take(ctx, m); err != nil {
				return err
			}
		}
	}
}

// take prints a message. It counts as read then, not before.
func (r *reception) take(ctx context.Context, m rpc.Message) error {
	name, err := r.name(ctx, m.Sender)
	if err != nil {
		return err
	}
	if err := r.out.Show(namedMessage{m, name}, "%s: %s", output.Line(name), output.Text(m.Text)); err != nil {
		return err
	}
	r.last[m.Conversation] = m.Number
	if !r.options.keep {
		err = r.MarkRead(ctx, m.Conversation, m.Number)
		if errors.Is(err, rpc.ErrNotFound) { // it has disappeared
			err = nil
		}
	}
	if r.count++; err == nil && r.count == r.options.count {
		err = errEnough
	}
	return err
}

// warn tells of a contact who knows more of a conversation than is kept here.
func (r *reception) warn(ctx context.Context, e rpc.Event) error {
	name, err := r.name(ctx, e.Contact)
	if err != nil {
		return err
	}
	text := wording.SetBack(output.Line(name))
	if r.out.JSON {
		return r.out.Object(explainedEvent{e, name, text})
	}
	_, err = fmt.Fprintln(r.stdio.notes(), text) // among messages somebody else could have written it
	return err
}

// explainedEvent is an event for programs, with what people are told of it.
type explainedEvent struct {
	rpc.Event
	Name        string `json:"name"`
	Explanation string `json:"explanation"`
}

// name returns what a contact is called.
func (r *reception) name(ctx context.Context, id ledger.ContactID) (string, error) {
	if name, ok := r.names[id]; ok {
		return name, nil
	}
	c, err := r.Contact(ctx, id)
	if errors.Is(err, rpc.ErrNotFound) {
		return "", nil // deleted, with what was said kept
	}
	r.names[id] = nameOf(c)
	return r.names[id], err
}

// namedMessage is a message with what its sender is called.
type namedMessage struct {
	rpc.Message
	Name string `json:"name"`
}
