package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/tortransport/tor"
)

type runOptions struct {
	tor     *cli.TorFlags
	profile lockedFlags
}

func newRun(tor *cli.TorFlags) *cobra.Command {
	o := runOptions{tor: tor}
	c := &cobra.Command{
		Use:   "run",
		Short: "Be there for contacts, and for other programs",
		Long: `run is a node without a face: it publishes the profile's onion service, receives and
delivers, and lets other programs of the same user do everything else, by JSON-RPC 2.0
on a unix socket in the profile's folder. docs/rpc.md says how; 'onionwire call' is one
of them. When the socket is there, it prints one line on standard output:

  ready SOCKET

Tor need not be connected by then. It runs until it is interrupted.`,
		Args: cli.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return o.run(c.Context(), stdioOf(c)) },
	}
	o.profile.register(c.Flags())
	return c
}

func (o *runOptions) run(ctx context.Context, stdio stdio) error {
	return withProfile(ctx, o.tor, &o.profile, stdio, func(ctx context.Context, e engine) error {
		return e.withTor(ctx, func(ctx context.Context, d *tor.Daemon) error {
			return e.withNode(ctx, d, func(ctx context.Context, n *node.Node) error { return serve(ctx, e, d, n) })
		})
	})
}

// serve lets other programs use the node until it ends, or ctx, or Tor.
func serve(ctx context.Context, e engine, d *tor.Daemon, n *node.Node) (err error) {
	server, err := n.Serve(ctx, cli.Version())
	if err != nil {
		return err
	}
	defer finish(&err, server)
	if _, err := fmt.Fprintf(e.stdio.out, "ready %s\n", e.profile.SocketPath()); err != nil {
		return err
	}
	if err := cli.WaitReady(ctx, d, e.stdio.err, ""); err != nil && ctx.Err() == nil {
		return err
	}
	defer watchService(ctx, n, e.stdio.err, e.stdio.err)()
	select {
	case <-ctx.Done():
		return nil
	case <-n.Done():
		return n.Err()
	}
}
