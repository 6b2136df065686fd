package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

func newDemo(tor *cli.TorFlags) *cobra.Command {
	var interfaces bool
	c := &cobra.Command{
		Use:   "demo",
		Short: "See two people chat on a private Tor network, offline",
		Long: `demo starts a private Tor network on this machine, with real tor processes and
nothing from outside, and two programs that talk over it, Alice's and Bob's: one asks
the other to become a contact, they exchange messages, one of them goes and comes
back, a file is sent, one program is killed in the middle of that and goes on, and
they compare their safety number. It says what happens and how long it takes, and
ends with status 0 only if every step was verified.

With --tui it opens the interfaces of both side by side instead, in tmux, for you to
play with. Alice has asked Bob to become a contact; the rest is up to you.

Everything is in a temporary folder that is removed at the end.`,
		Args: cli.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			d := demo{tor: tor, out: c.OutOrStdout(), progress: c.ErrOrStderr(), in: c.InOrStdin()}
			if interfaces {
				return d.open(c.Context())
			}
			return d.tell(c.Context())
		},
	}
	c.Flags().BoolVar(&interfaces, "tui", false, "open two interfaces side by side, in tmux")
	c.AddCommand(newDemoSide(tor))
	return c
}

// stepTimeout bounds one step of the demo, most of which take a second.
const stepTimeout = 2 * time.Minute

// demo is a private Tor network and two people on it, in a folder of their own.
type demo struct {
	tor           *cli.TorFlags
	in            io.Reader
	out, progress io.Writer

	dir        string
	torrc      string // the path of the network's lines
	alice, bob *person
}

// tell tells a story in steps, each of which is verified.
func (d *demo) tell(ctx context.Context) error {
	began := time.Now()
	err := d.onNetwork(ctx, func(ctx context.Context) (err error) {
		defer func() { err = errors.Join(err, d.leave()) }()
		for _, step := range []func(context.Context) error{
			d.begin, d.ask, d.exchange, d.restart, d.goOn, d.file, d.number, d.compare,
		} {
			ctx, cancel := context.WithTimeout(ctx, stepTimeout)
			err := step(ctx)
			cancel()
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		d.took("Every step was verified, and everything is removed again", began)
	}
	return err
}

// onNetwork starts a network for as long as use takes, and clears up.
func (d *demo) onNetwork(ctx context.Context, use func(context.Context) error) (err error) {
	if err := d.tor.BinaryOnly(); err != nil {
		return err
	}
	log, err := d.tor.Logger(d.progress)
	if err != nil {
		return err
	}
	// Before anything is told: without tor there is nothing to tell.
	if _, err := tor.LookupBinary(ctx, d.tor.Binary); err != nil {
		return err
	}
	if d.dir, err = os.MkdirTemp("", "onionwire-demo-*"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(d.dir)) }()
	began := time.Now()
	d.say("Starting a private Tor network: an authority and four relays, all on this machine.")
	network, err := tortest.Start(ctx, tortest.Config{
		Dir:       filepath.Join(d.dir, "network"),
		TorBinary: d.tor.Binary,
		Log:       log,
		Progress:  func(s string) { fmt.Fprintln(d.progress, s) },
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, network.Stop()) }()
	d.took("The network is up", began)
	d.torrc = network.TorrcFile()
	d.alice, d.bob = &person{name: "Alice"}, &person{name: "Bob"}
	return use(ctx)
}

// leave takes both offline at once.
func (d *demo) leave() error {
	alice := make(chan error)
	go func() { alice <- d.alice.leave() }()
	err := d.bob.leave()
	return errors.Join(<-alice, err)
}

func (d *demo) say(format string, args ...any) { fmt.Fprintf(d.out, format+"\n", args...) }

// took says how long something took.
func (d *demo) took(what string, since time.Time) {
	precision := time.Millisecond
	if time.Since(since) > 10*time.Second {
		precision = 100 * time.Millisecond
	}
	d.say("  %s (%s).", what, time.Since(since).Round(precision))
}
