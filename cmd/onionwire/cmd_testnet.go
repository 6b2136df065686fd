package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

type testnetOptions struct {
	tor    *cli.TorFlags
	dir    string
	relays int
	delay  time.Duration
}

func newTestnet(tor *cli.TorFlags) *cobra.Command {
	o := testnetOptions{tor: tor}
	c := &cobra.Command{
		Use:   "testnet",
		Short: "Run a private Tor network on this machine",
		Long: `testnet runs a private Tor network of real tor processes on loopback, to try
things out without the public one. When it can be used, it prints one line on
standard output:

  ready DIR/network.torrc

Other commands join it with --tor-network DIR/network.torrc. It runs until it is
interrupted, and then removes everything that it put into DIR.

It is for tests only: nobody is anonymous in a network on one machine.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return o.run(c.Context(), c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	c.Flags().StringVar(&o.dir, "dir", "", "folder of the network, made if it is missing")
	c.Flags().IntVar(&o.relays, "relays", 4, "how many relays besides the authority, 3 to 50")
	c.Flags().DurationVar(&o.delay, "link-delay", 0, "latency of every link, one way, such as 20ms")
	_ = c.MarkFlagRequired("dir") // it exists
	return c
}

func (o *testnetOptions) run(ctx context.Context, stdout, stderr io.Writer) error {
	log, err := o.tor.Logger(stderr)
	if err != nil {
		return err
	}
	if o.relays < 3 || o.relays > 50 || o.delay < 0 {
		return cli.Usage(fmt.Errorf("--relays is from 3 to 50, and --link-delay not negative"), "")
	}
	network, err := tortest.Start(ctx, tortest.Config{
		Relays:    o.relays,
		LinkDelay: o.delay,
		Dir:       o.dir,
		TorBinary: o.tor.Binary,
		Log:       log,
		Progress:  func(s string) { fmt.Fprintln(stderr, s) },
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "ready %s\n", network.TorrcFile())
	fmt.Fprintln(stderr, "the network runs; Ctrl-C ends it")
	select {
	case <-ctx.Done():
		return network.Stop()
	case <-network.Done():
		_ = network.Stop() // why it has ended says more
		return network.Err()
	}
}
