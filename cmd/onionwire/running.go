package main

import (
	"context"
	"errors"
	"log/slog"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// engine runs nodes on a profile that is open.
type engine struct {
	tor     *cli.TorFlags
	profile *profile.Profile
	stdio   stdio
	log     *slog.Logger
}

// withProfile opens a profile for as long as use takes.
func withProfile(ctx context.Context, t *cli.TorFlags, f *lockedFlags, stdio stdio, use func(context.Context, engine) error) (err error) {
	log, err := t.Logger(stdio.err)
	if err != nil {
		return err
	}
	p, err := f.open(ctx, stdio.secrets())
	if err != nil {
		return err
	}
	defer finish(&err, p)
	return use(ctx, engine{t, p, stdio, log})
}

// withTor starts the Tor that the flags ask for, for as long as use takes.
func (e engine) withTor(ctx context.Context, use func(context.Context, *tor.Daemon) error) (err error) {
	d, err := e.tor.StartTor(ctx, e.profile.TorDir(), e.log, e.stdio.err)
	if err != nil {
		return err
	}
	defer finish(&err, d)
	return use(ctx, d)
}

// withNode runs the node for as long as use takes, whose context ends with Tor.
func (e engine) withNode(ctx context.Context, d *tor.Daemon, use func(context.Context, *node.Node) error) (err error) {
	n, err := node.Open(ctx, node.Config{Profile: e.profile, Daemon: d, Log: e.log})
	if err != nil {
		return err
	}
	defer finish(&err, n)
	ctx, cancel := cli.WhileRunning(ctx, d, e.stdio.err)
	defer cancel()
	err = use(ctx, n)
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	return err
}
