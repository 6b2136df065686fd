package main

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/vault"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// quiet is a node whose tor never gets into a network: what it takes is its own.
type quiet struct {
	*node.Node

	profile *profile.Profile
	daemon  *tor.Daemon
}

// openQuiet opens a node on a new profile in the folder root, after prepare has put into
// the profile what is to be there.
func openQuiet(ctx context.Context, root string, prepare func(*profile.Profile) error) (q *quiet, err error) {
	q = new(quiet)
	defer func() {
		if err != nil {
			err = errors.Join(err, q.Close())
		}
	}()
	if q.profile, err = profile.Create(ctx, root, "someone", vault.WithoutPassphrase()); err != nil {
		return q, err
	}
	if err := prepare(q.profile); err != nil {
		return q, err
	}
	config := tor.Config{DataDir: filepath.Join(root, "tor"), Torrc: "DisableNetwork 1\n"}
	if q.daemon, err = tor.Start(ctx, config); err != nil {
		return q, err
	}
	q.Node, err = node.Open(ctx, node.Config{Profile: q.profile, Daemon: q.daemon})
	return q, err
}

// Close closes what is open of it.
func (q *quiet) Close() (err error) {
	if q.Node != nil {
		err = q.Node.Close()
	}
	if q.daemon != nil {
		err = errors.Join(err, q.daemon.Close())
	}
	if q.profile != nil {
		err = errors.Join(err, q.profile.Close())
	}
	return err
}
