package main

import (
	"context"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"github.com/libp2p/go-libp2p/core/crypto"
	ma "github.com/multiformats/go-multiaddr"
	"github.com/spf13/cobra"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/onionhost"
)

type listenOptions struct {
	tor  *cli.TorFlags
	port uint16
	key  string
}

func newListen(tor *cli.TorFlags) *cobra.Command {
	o := listenOptions{tor: tor}
	c := &cobra.Command{
		Use:   "listen",
		Short: "Publish an onion service and answer pings",
		Long: `listen publishes an onion service. Once it can be reached, its address is
printed as the one line on standard output, and pings are answered until the
program is interrupted.

The address is a new one each time, unless --key names a file to keep it in. The
file is made if it does not exist, and beside it FILE.tor, a folder with the state
of tor, which keeps its choice of guards.`,
		Args: cli.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return o.run(c.Context(), c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	c.Flags().Uint16Var(&o.port, "port", 4001, "virtual port of the onion service")
	c.Flags().StringVar(&o.key, "key", "", "file with the key of the onion service")
	return c
}

func (o *listenOptions) run(ctx context.Context, stdout, stderr io.Writer) error {
	log, err := o.tor.Logger(stderr)
	if err != nil {
		return err
	}
	if o.port == 0 {
		return cli.Hint(cli.Usage(errors.New("--port 0 cannot be reached")), "it is a number from 1 to 65535")
	}
	key, err := o.loadKey()
	if err != nil {
		return err
	}
	identity, err := identityOf(key)
	if err != nil {
		return err
	}
	addr, err := key.Address().Multiaddr(o.port)
	if err != nil {
		return err
	}
	daemon, err := o.tor.StartTor(ctx, o.torDir(), log, stderr)
	if err != nil {
		return err
	}
	defer daemon.Close()
	if err := cli.WaitReady(ctx, daemon, stderr, ""); err != nil {
		return err
	}
	h, err := onionhost.New(onionhost.Config{
		Key:         identity,
		ListenAddrs: []ma.Multiaddr{addr},
		Ping:        true,
		Transport: []tortransport.Option{
			tortransport.WithDaemon(daemon), tortransport.WithOnionKey(key), tortransport.WithLogger(log),
		},
	})
	if err != nil {
		return err
	}
	defer h.Close()
	err = cli.Published(ctx, stderr, func(ctx context.Context) error { return tortransport.Ready(ctx, h.Network()) })
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%s/p2p/%s\n", addr, h.ID())
	fmt.Fprintln(stderr, "answering pings; Ctrl-C ends it")
	running, cancel := cli.WhileRunning(ctx, daemon, stderr)
	defer cancel()
	t, ok := tortransport.From(h.Network())
	if !ok {
		return errors.New("the host has lost its transport")
	}
	status, err := t.Status(running, addr)
	if err != nil {
		return err
	}
	err = cli.FollowService(running, stderr, status)
	switch {
	case ctx.Err() != nil:
		return nil
	case running.Err() != nil:
		return context.Cause(running)
	}
	return err
}

// torDir is where tor keeps its state. An address that stays should keep its
// guards: with new ones at every start, somebody who watches for long enough
// finds out where the service is.
func (o *listenOptions) torDir() string {
	if o.key == "" {
		return ""
	}
	return o.key + ".tor"
}

func (o *listenOptions) loadKey() (onion.Key, error) {
	if o.key == "" {
		return onion.GenerateKey()
	}
	return onion.LoadOrCreateKey(o.key)
}

// identityOf derives the libp2p identity from the onion key, so that one file
// keeps both. Tor never gets the seed and cannot derive it from what it gets.
func identityOf(key onion.Key) (crypto.PrivKey, error) {
	seed, err := hkdf.Key(sha256.New, key.Seed(), nil, "onionping libp2p identity v1", ed25519.SeedSize)
	if err != nil {
		return nil, err
	}
	return crypto.UnmarshalEd25519PrivateKey(ed25519.NewKeyFromSeed(seed))
}
