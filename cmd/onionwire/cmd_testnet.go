package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
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

or with --json {"ready":"DIR/network.torrc"}.

Other commands join it with --tor-network DIR/network.torrc. It runs until it is
interrupted, and then removes everything that it put into DIR.

It is for tests only: nobody is anonymous in a network on one machine.`,
		Args: cli.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return o.run(c.Context(), stdioOf(c))
		},
	}
	c.Flags().StringVar(&o.dir, "dir", "", "folder of the network, made if it is missing")
	c.Flags().IntVar(&o.relays, "relays", 4, "how many relays besides the authority, 3 to 50")
	c.Flags().DurationVar(&o.delay, "link-delay", 0, "latency of every link, one way, such as 20ms")
	return c
}

func (o *testnetOptions) run(ctx context.Context, stdio stdio) error {
	log, err := o.tor.Logger(stdio.err)
	if err != nil {
		return err
	}
	if err := o.check(); err != nil {
		return err
	}
	network, err := tortest.Start(ctx, tortest.Config{
		Relays:    o.relays,
		LinkDelay: o.delay,
		Dir:       o.dir,
		TorBinary: o.tor.Binary,
		Log:       log,
		Progress:  func(s string) { fmt.Fprintln(stdio.notes(), s) },
	})
	if err != nil {
		return err
	}
	if err := stdio.ready(network.TorrcFile()); err != nil {
		return errors.Join(err, network.Stop())
	}
	fmt.Fprintln(stdio.notes(), "the network runs; Ctrl-C ends it")
	select {
	case <-ctx.Done():
		return network.Stop()
	case <-network.Done():
		_ = network.Stop() // why it has ended says more
		return network.Err()
	}
}

func (o *testnetOptions) check() error {
	if o.dir == "" {
		return cli.Hint(cli.Usage(errors.New("--dir is missing")), "name the folder of the network; it is made if it is missing")
	}
	if o.relays < 3 || o.relays > 50 {
		return cli.Hint(cli.Usage(fmt.Errorf("--relays %d is out of range", o.relays)), "it is from 3 to 50; the default is a good one")
	}
	if o.delay < 0 {
		return cli.Hint(cli.Usage(fmt.Errorf("--link-delay %s is negative", o.delay)), "it is a time such as 20ms")
	}
	if err := o.tor.BinaryOnly(); err != nil {
		return err
	}
	if _, err := os.Lstat(filepath.Join(o.dir, "network.torrc")); err == nil {
		return cli.Hint(fmt.Errorf("%s has a network.torrc of another network", o.dir),
			"if that does not run any more, delete the file; else name another folder")
	}
	return nil
}
