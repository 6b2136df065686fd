package main

import (
	"context"
	"errors"
	"io"
	"log/slog"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/access"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// backend is where the interface has its node from: the one that runs on the profile, or
// one of its own, which other commands can use meanwhile.
type backend struct {
	options *tuiOptions
	stdio   stdio
	log     *slog.Logger
	session *access.Session
	trouble error // why the node is without Tor
}

// Protected reports whether a passphrase has to be typed.
func (b *backend) Protected(ctx context.Context) (bool, error) {
	f := &b.options.profile
	switch s, err := access.Running(ctx, f.root, f.name); {
	case err == nil:
		return false, s.Close()
	case !errors.Is(err, rpc.ErrNotRunning):
		return false, plain(f.explain(err))
	case f.passphrase.given():
		return false, nil
	}
	return b.Lockable(ctx)
}

// Lockable reports whether the profile has a passphrase.
func (b *backend) Lockable(context.Context) (bool, error) {
	f := &b.options.profile
	protected, err := profile.Protected(f.root, f.name)
	return protected, f.explain(err)
}

// Trouble is why the node is without Tor, and what to do about it, or nothing.
func (b *backend) Trouble() string {
	if b.trouble == nil {
		return ""
	}
	says := "Tor could not be started: " + b.trouble.Error() + "."
	if hint := newProgram().HintFor(b.trouble); hint != "" {
		says += " To mend that: " + hint + "."
	}
	return says + " Then start onionwire again."
}

// Open returns the node. A passphrase is checked even if it is not needed, and an empty one,
// too; nil stands for the one that the flags name, if they do. If Tor cannot be started the
// node is without it: one can read, and queue.
func (b *backend) Open(ctx context.Context, passphrase []byte) (rpc.API, error) {
	f := &b.options.profile
	b.trouble = nil
	s, err := access.Open(ctx, b.access(passphrase, true))
	if err != nil && b.trouble != nil && ctx.Err() == nil {
		s, err = access.Open(ctx, b.access(passphrase, false))
	}
	if err == nil && s.Remote() && passphrase != nil { // otherwise it has opened the profile
		if _, err = profile.Read(f.root, f.name, passphrase); err != nil {
			err = errors.Join(err, s.Close())
		}
	}
	if err != nil {
		return nil, b.explain(err)
	}
	b.session = s
	return s, nil
}

// access says how the node is opened. What keeps Tor from starting is its trouble.
func (b *backend) access(passphrase []byte, withTor bool) access.Config {
	f := &b.options.profile
	c := access.Config{
		Root: f.root, Name: f.name, Version: cli.Version(), Log: b.log,
		Unlock: func(ctx context.Context, use func([]byte) error) error {
			if passphrase != nil {
				return use(passphrase)
			}
			return f.unlock(ctx, b.stdio.secrets(), use)
		},
	}
	if withTor {
		c.StartTor = func(ctx context.Context, dataDir string) (daemon *tor.Daemon, err error) {
			daemon, err = b.options.tor.StartTor(ctx, dataDir, b.log, io.Discard)
			b.trouble = err
			return daemon, err
		}
	}
	return c
}

// explain says what is wrong with the passphrase as a node does.
func (b *backend) explain(err error) error {
	if errors.Is(err, profile.ErrPassphrase) {
		return rpc.ErrPassphrase
	}
	return plain(b.options.profile.explain(err))
}

// Close leaves the node.
func (b *backend) Close() error {
	if b.session == nil {
		return nil
	}
	s := b.session
	b.session = nil
	return s.Close()
}
