package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"
	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/onionhost"
)

type dialOptions struct {
	tor      *cli.TorFlags
	count    int
	interval time.Duration
	timeout  time.Duration
	connect  time.Duration // bounds connecting
	json     bool
}

func newDial(tor *cli.TorFlags) *cobra.Command {
	o := dialOptions{tor: tor}
	c := &cobra.Command{
		Use:   "dial MULTIADDR",
		Short: "Connect to a host and measure round trips",
		Long: `dial connects to the host at MULTIADDR, /onion3/ADDRESS:PORT/p2p/PEERID, and
pings it. Every round trip is a line on standard output, and a summary the last
one. It ends with status 0 if every ping was answered.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("give the address of one host")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			// Finding a service takes Tor longer than an answer on a circuit that
			// there is, unless somebody cannot wait for either.
			o.connect = tortransport.DialTimeout
			if c.Flags().Changed("timeout") {
				o.connect = o.timeout
			}
			err := o.run(c.Context(), c.OutOrStdout(), c.ErrOrStderr(), args[0])
			if o.json && err != nil && !errors.Is(err, errLost) && !errors.Is(err, cli.ErrInterrupted) {
				out := output{w: c.OutOrStdout()}
				out.line(errorJSON{err.Error()})
			}
			return err
		},
	}
	c.Flags().IntVarP(&o.count, "count", "n", 5, "how many pings to send")
	c.Flags().DurationVar(&o.interval, "interval", time.Second, "time between two pings")
	c.Flags().DurationVar(&o.timeout, "timeout", 30*time.Second, "how long to wait for an answer; if given, for the connection too")
	c.Flags().BoolVar(&o.json, "json", false, "print one JSON object a line")
	return c
}

var errLost = errors.New("not every ping was answered")

func (o *dialOptions) run(ctx context.Context, stdout, stderr io.Writer, target string) error {
	log, err := o.tor.Logger(stderr)
	if err != nil {
		return err
	}
	if o.count < 1 || o.interval < 0 || o.timeout <= 0 {
		return cli.Hint(cli.Usage(errors.New("--count and --timeout must be positive, --interval not negative")), "the defaults are good: leave them out")
	}
	to, err := parseTarget(target)
	if err != nil {
		return err
	}
	identity, _, err := crypto.GenerateEd25519Key(rand.Reader)
	if err != nil {
		return err
	}
	daemon, err := o.tor.StartTor(ctx, "", log, stderr)
	if err != nil {
		return err
	}
	defer daemon.Close()
	if err := cli.WaitReady(ctx, daemon, stderr, ""); err != nil {
		return err
	}
	h, err := onionhost.New(onionhost.Config{
		Key:       identity,
		Transport: []tortransport.Option{tortransport.WithDaemon(daemon), tortransport.WithLogger(log)},
	})
	if err != nil {
		return err
	}
	defer h.Close()
	ctx, cancel := cli.WhileRunning(ctx, daemon, stderr)
	defer cancel()
	fmt.Fprintln(stderr, "connecting")
	began := time.Now()
	if err := o.connectTo(ctx, h, to); err != nil {
		return err
	}
	fmt.Fprintf(stderr, "connected in %s\n", time.Since(began).Round(time.Millisecond))

	p := pinger{host: h, to: to, timeout: o.timeout}
	defer p.close()
	out := output{w: stdout, json: o.json}
	for i := range o.count {
		if i > 0 && !sleep(ctx, o.interval) {
			break
		}
		rtt, err := p.ping(ctx)
		if ctx.Err() != nil {
			break // not lost: nobody waited for it
		}
		out.result(i+1, rtt, err)
	}
	out.summary()
	switch {
	case out.received < out.sent:
		return cli.Hint(errLost, "try again, with a longer --timeout; Tor is slow at times")
	case out.sent < o.count:
		return cli.ErrInterrupted
	}
	return nil
}

func (o *dialOptions) connectTo(ctx context.Context, h host.Host, to peer.AddrInfo) error {
	ctx, cancel := context.WithTimeout(ctx, o.connect)
	defer cancel()
	return onionhost.Connect(ctx, h, to)
}

// parseTarget reads the address of any libp2p host, whatever its kind of key.
// Its errors do not repeat what was given, as those of libp2p would.
func parseTarget(s string) (peer.AddrInfo, error) {
	if strings.HasPrefix(strings.ToLower(strings.TrimSpace(s)), "onionwire:") { // whole or not
		return peer.AddrInfo{}, cli.Hint(cli.Usage(errors.New("this is a contact link, not a multiaddr")),
			"give the multiaddr, /onion3/ADDRESS:PORT/p2p/PEERID: the second line that 'onionwire id' prints")
	}
	malformed := cli.Hint(cli.Usage(errors.New("malformed address")), "it has the form /onion3/ADDRESS:PORT/p2p/PEERID")
	m, err := ma.NewMultiaddr(s)
	if err != nil {
		return peer.AddrInfo{}, malformed
	}
	if _, _, err := onion.FromMultiaddr(m); err != nil {
		return peer.AddrInfo{}, cli.Usage(err)
	}
	info, err := peer.AddrInfoFromP2pAddr(m)
	if err != nil {
		return peer.AddrInfo{}, malformed
	}
	return *info, nil
}

// sleep waits, and reports false if ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
