package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// sideReady is what one side of the demo says when its socket is there.
const sideReady = "ready"

// newDemoSide is the process of one of the two in the demo: a node that answers on its
// socket until its standard input ends, so that it does not outlive the demo, however
// that ends.
func newDemoSide(tor *cli.TorFlags) *cobra.Command {
	var name string
	var f profileFlags
	c := &cobra.Command{
		Use:    "side",
		Hidden: true,
		Args:   cli.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			// Ctrl-C reaches all processes of a terminal; the demo says when to end.
			signal.Ignore(os.Interrupt)
			ctx, let := context.WithCancel(c.Context())
			defer let()
			go func() { // until the end: a read cannot be called off
				defer let()
				_, _ = io.Copy(io.Discard, c.InOrStdin())
			}()
			err := runDemoSide(ctx, tor, f, stdioOf(c), name)
			if ctx.Err() != nil && errors.Is(err, context.Canceled) {
				return nil
			}
			return err
		},
	}
	f.register(c.Flags())
	c.Flags().StringVar(&name, "name", "", "whose side it is")
	return c
}

func runDemoSide(ctx context.Context, flags *cli.TorFlags, f profileFlags, stdio stdio, name string) (err error) {
	log, err := flags.Logger(stdio.err)
	if err != nil {
		return err
	}
	torrc, err := os.ReadFile(flags.Network)
	if err != nil {
		return err
	}
	p, err := profile.Open(ctx, f.root, f.name, nil)
	if err != nil {
		return err
	}
	defer finish(&err, p)
	n, err := node.Open(ctx, node.Config{
		Profile: p, Tor: tor.Config{Binary: flags.Binary, Torrc: string(torrc), Log: log}, Log: log,
	})
	if err != nil {
		return err
	}
	defer finish(&err, n)
	server, err := n.Serve(ctx, cli.Version())
	if err != nil {
		return err
	}
	defer finish(&err, server)
	if _, err := fmt.Fprintln(stdio.out, sideReady); err != nil {
		return err
	}

	if err := cli.WaitReady(ctx, n.Daemon(), stdio.err, name); err != nil && ctx.Err() == nil {
		return err
	}
	select {
	case <-ctx.Done():
		return nil
	case <-n.Done():
		return n.Err()
	}
}
