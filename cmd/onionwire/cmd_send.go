package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/duration"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/output"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/node/wire"
)

// defaultTimeout is how long commands wait for somebody else if nobody says.
const defaultTimeout = 2 * time.Minute

type sendOptions struct {
	nodeFlags
	wait    string
	timeout time.Duration
	expiry  time.Duration
	id      string
}

func newSend(tor *cli.TorFlags) *cobra.Command {
	o := sendOptions{nodeFlags: nodeFlags{tor: tor}}
	c := &cobra.Command{
		Use:   "send CONTACT [TEXT...]",
		Short: "Write to a contact",
		Long: `send puts a message into the queue to a contact, where it is safe: it is delivered when
both sides are there, whatever happens in between. The text is the arguments after the
contact, with spaces between them, or without any all of standard input, which other
users of this machine cannot read on the command line.

If a node runs ('onionwire serve'), it delivers the message. Otherwise the next one does,
or send itself, with --wait: that starts a Tor of its own, which takes a while.

With --wait delivered it ends when the contact has the message on the disk, with --wait
read when they have read it, which not everybody tells. If --timeout is over first, the
exit status is 5, and the message stays in the queue.

With --json, the message is printed as in docs/rpc.md. Who sends a message again with the
same --id, after a crash perhaps, sends it once.

CONTACT is a name, a number such as #7, or a peer ID or the beginning of one.

  onionwire send Alice hello there
  uptime | onionwire send Alice --wait delivered --timeout 5m`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("name a contact")
			}
			return nil
		},
		ValidArgsFunction: o.completeContacts(rpc.AcceptedContact, rpc.RequestedContact),
		RunE: func(c *cobra.Command, args []string) error {
			return o.run(c.Context(), stdioOf(c), args[0], args[1:])
		},
	}
	o.register(c.Flags())
	c.Flags().StringVar(&o.wait, "wait", "", "wait until the message is `STATE`: delivered or read")
	o.timeout = defaultTimeout
	c.Flags().Var(duration.Flag(&o.timeout, 0), "timeout", "how long to wait at most; 0 is for ever")
	c.Flags().Var(duration.Flag(&o.expiry, duration.Never), "expire", "give up what is not delivered after that time, or never (default: as the settings say)")
	c.Flags().StringVar(&o.id, "id", "", "32 hexadecimal digits by which the message is known")
	_ = c.RegisterFlagCompletionFunc("wait", cobra.FixedCompletions([]string{string(rpc.DeliveredMessage), string(rpc.ReadMessage)}, cobra.ShellCompDirectiveNoFileComp))
	return c
}

func (o *sendOptions) run(ctx context.Context, stdio stdio, given string, words []string) error {
	options, err := o.check()
	if err != nil {
		return err
	}
	text, err := textOf(stdio.in, words)
	if err != nil {
		return err
	}
	open := o.offline
	if o.wait != "" {
		open = o.online
	}
	return open(ctx, stdio, func(ctx context.Context, s *session) error { return o.send(ctx, s, given, text, options) })
}

// check finds what cannot be before anything is read or opened.
func (o *sendOptions) check() (options rpc.SendOptions, err error) {
	switch {
	case o.wait != "" && o.wait != string(rpc.DeliveredMessage) && o.wait != string(rpc.ReadMessage):
		err = cli.Hint(cli.Usage(errors.New("--wait is for a state that a message can come to")), "it is delivered or read")
	case o.id != "" && options.ID.UnmarshalText([]byte(o.id)) != nil:
		err = cli.Hint(cli.Usage(errors.New("malformed --id")), "it is 32 hexadecimal digits, chosen at random")
	}
	options.Expiry = rpc.Duration(o.expiry)
	return options, err
}

// readText reads a message, without the newline that ends a text.
func readText(in io.Reader) (string, error) {
	b, err := io.ReadAll(io.LimitReader(in, wire.MaxText+int64(len("\r\n"))+1))
	if err != nil {
		return "", err
	}
	text := strings.TrimSuffix(strings.TrimSuffix(string(b), "\n"), "\r")
	if len(text) > wire.MaxText {
		return "", cli.Hint(cli.Usage(wire.ErrTextTooLong), "send it as a file: onionwire file send")
	}
	return text, nil
}

func (o *sendOptions) send(ctx context.Context, s *session, given, text string, options rpc.SendOptions) error {
	c, err := s.contact(ctx, given)
	if err != nil {
		return err
	}
	var status rpc.Status
	if o.wait != "" { // from where on there is news of it
		if status, err = s.Status(ctx); err != nil {
			return err
		}
	}
	m, err := s.Send(ctx, c.Conversation, text, options)
	if err != nil {
		return noContact("write to", err)
	}
	if o.wait == "" {
		s.later()
		return s.out.Show(m, "queued as message %d", m.Number)
	}
	ctx, cancel := within(ctx, o.timeout)
	defer cancel()
	var state rpc.DeliveryState
	if err = s.connect(ctx); err == nil {
		state, err = awaitDelivery(ctx, s.API, status.Cursor, m, rpc.DeliveryState(o.wait))
	}
	if err != nil {
		return overdue(ctx, err, fmt.Sprintf("message %d is not %s yet", m.Number, o.wait),
			"do not send it again: it is in the queue, and 'onionwire history' says what becomes of it")
	}
	if m, err = s.Message(ctx, m.Number); err != nil {
		return err
	}
	return s.out.Show(m, "%s in %s", state, time.Since(m.Stored.Time).Round(10*time.Millisecond))
}

// errNotDelivered means that a message is not going to be.
var errNotDelivered = errors.New("the message is not delivered")

// awaitDelivery waits until a message has come as far as wanted.
func awaitDelivery(ctx context.Context, api rpc.API, after ledger.Cursor, m rpc.Message, want rpc.DeliveryState) (rpc.DeliveryState, error) {
	// One that was sent before, by its ID, may be there already.
	for _, d := range m.Deliveries {
		if settled, err := arrivedAs(d.State, want); settled {
			return d.State, err
		}
	}
	for e, err := range api.Events(ctx, after) {
		if err != nil {
			return "", err
		}
		if e.Kind != rpc.DeliveryChanged || e.Message != m.Number {
			continue
		}
		if settled, err := arrivedAs(e.Delivery, want); settled {
			return e.Delivery, err
		}
	}
	return "", ctx.Err()
}

// arrivedAs reports whether a delivery goes no further than wanted, and fails if it does
// not come as far.
func arrivedAs(state, want rpc.DeliveryState) (bool, error) {
	switch {
	case state == want, state == rpc.ReadMessage:
		return true, nil
	case slices.Contains([]rpc.DeliveryState{rpc.QueuedMessage, rpc.SentMessage, rpc.DeliveredMessage, ""}, state):
		return false, nil
	}
	return true, cli.Hint(fmt.Errorf("%w: it is %s", errNotDelivered, output.Line(string(state))), "'onionwire history' shows it; send it again if it is still wanted")
}
