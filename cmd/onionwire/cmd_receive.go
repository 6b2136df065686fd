package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/duration"
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
receive goes on behind it, and the contact is told, as the settings say: nothing is lost
between two runs. After a crash, the last message may come a second time.

If the node that it uses ends, receive says so, waits until it is started again, and goes
on where it was.

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
	c.Flags().Var(duration.Flag(&o.timeout, 0), "timeout", "how long to wait for them at most; 0 is for ever")
	c.Flags().BoolVar(&o.text, "text", false, "print lines for people")
	c.Flags().BoolVar(&o.keep, "keep-unread", false, "do not count what was printed as read")
	_ = c.RegisterFlagCompletionFunc("from", o.completeContacts(rpc.AcceptedContact))
	return c
}

func (o *receiveOptions) run(ctx context.Context, stdio stdio) error {
	switch {
	case o.count < 0:
		return cli.Hint(cli.Usage(errors.New("--count is below 0")), "0 is for ever")
	case o.text && stdio.json:
		return cli.Hint(cli.Usage(errors.New("--text and --json do not go together")), "choose one or the other")
	}
	ctx, cancel := within(ctx, o.timeout)
	defer cancel()
	err := o.online(ctx, stdio, func(ctx context.Context, s *session) error {
		s.out.JSON = !o.text
		r := newReception(s, o)
		err := r.run(ctx)
		if errors.Is(err, errEnough) && !s.Remote() {
			r.settle(ctx)
		}
		return err
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
