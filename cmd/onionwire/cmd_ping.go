package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/duration"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/lookup"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/output"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

type pingOptions struct {
	nodeFlags
	timeout time.Duration
}

func newPing(tor *cli.TorFlags) *cobra.Command {
	o := pingOptions{nodeFlags: nodeFlags{tor: tor}}
	c := &cobra.Command{
		Use:   "ping CONTACT",
		Short: "Find out whether a contact is there, and how far away",
		Long: `ping connects to a contact, unless there is a connection, and measures a round trip: the
contact has proven to be there then, who they are, and that messages arrive. If no node
runs, it starts one with a Tor of its own, which takes a while.

If --timeout is over first, the exit status is 5: the contact is not online, most likely.

CONTACT is a name, a number such as #7, or a peer ID or the beginning of one. With
--json, it prints {"contact":NUMBER,"seconds":…}.`,
		Args:              named,
		ValidArgsFunction: o.completeContacts(rpc.AcceptedContact),
		RunE: func(c *cobra.Command, args []string) error {
			return o.online(c.Context(), stdioOf(c), func(ctx context.Context, s *session) error { return o.run(ctx, s, args[0]) })
		},
	}
	o.register(c.Flags())
	o.timeout = defaultTimeout
	c.Flags().Var(duration.Flag(&o.timeout, 0), "timeout", "how long to wait at most; 0 is for ever")
	return c
}

// pong is what a ping brings back.
type pong struct {
	Contact ledger.ContactID `json:"contact"`
	Seconds rpc.Duration     `json:"seconds"`
}

func (o *pingOptions) run(ctx context.Context, s *session, given string) error {
	c, err := s.contact(ctx, given)
	if err != nil {
		return err
	}
	ctx, cancel := within(ctx, o.timeout)
	defer cancel()
	err = s.connect(ctx)
	var took rpc.Duration
	if err == nil {
		took, err = s.Ping(ctx, c.ID)
	}
	if err != nil {
		return overdue(ctx, err, fmt.Sprintf("%s has not answered", output.Line(lookup.Label(c))),
			"they are not online, most likely; try again later, or allow more time with --timeout")
	}
	return s.out.Show(pong{c.ID, took}, "%s answers in %s", output.Line(lookup.Label(c)), time.Duration(took).Round(time.Millisecond))
}
