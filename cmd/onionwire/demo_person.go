package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/node/vault"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// person is somebody in the demo: a profile, and while they are online a daemon and
// a node.
type person struct {
	name    string
	profile *profile.Profile
	daemon  *tor.Daemon
	node    *node.Node
	contact node.Contact // the other one

	cursor ledger.Cursor // of the last event that was seen
	feed   <-chan happening
	stop   func()
	said   []string // by both, as it is to be in the conversation
}

// make makes the profile of somebody.
func (d *demo) make(ctx context.Context, p *person) error {
	made, err := profile.Create(ctx, d.dir, strings.ToLower(p.name), vault.WithoutPassphrase())
	p.profile = made
	return err
}

// come brings somebody online and waits until they can be reached.
func (d *demo) come(ctx context.Context, p *person) (err error) {
	if p.daemon, err = tor.Start(ctx, tor.Config{
		Binary: d.tor.Binary, DataDir: p.profile.TorDir(), Torrc: d.torrc, Log: d.log,
	}); err != nil {
		return err
	}
	if err := cli.WaitReady(ctx, p.daemon, d.progress, p.name); err != nil {
		return err
	}
	p.node, err = node.Open(ctx, node.Config{Profile: p.profile, Daemon: p.daemon, Log: d.log})
	if err != nil {
		return err
	}
	p.feed, p.stop = listen(context.WithoutCancel(ctx), p.node, p.cursor)
	return p.node.Ready(ctx)
}

// leave takes somebody offline.
func (p *person) leave() (err error) {
	if p.daemon != nil {
		defer finish(&err, p.daemon)
	}
	if p.node != nil {
		defer finish(&err, p.node)
	}
	if p.stop != nil {
		p.stop()
	}
	p.node, p.daemon, p.stop = nil, nil, nil
	return nil
}

// Close takes somebody offline for good.
func (p *person) Close() (err error) {
	if p.profile != nil {
		defer finish(&err, p.profile) // closing it twice is harmless
	}
	return p.leave()
}

// await waits for an event that fits. A message that is not waited for is a failure.
func (p *person) await(ctx context.Context, what string, fits func(rpc.Event) bool) (rpc.Event, error) {
	for {
		select {
		case h := <-p.feed:
			if h.err != nil {
				return h.event, fmt.Errorf("%s waited for %s: %w", p.name, what, h.err)
			}
			p.cursor = h.event.Cursor
			if fits(h.event) {
				return h.event, nil
			}
			if h.event.Kind == messageReceived {
				return h.event, fmt.Errorf("%s got a message instead of %s", p.name, what)
			}
		case <-ctx.Done():
			return rpc.Event{}, fmt.Errorf("%s waited for %s: %w", p.name, what, ctx.Err())
		}
	}
}

// awaitKind waits for the next event of a kind.
func (p *person) awaitKind(ctx context.Context, what string, kind rpc.EventKind) (rpc.Event, error) {
	return p.await(ctx, what, func(e rpc.Event) bool { return e.Kind == kind })
}

// awaitPresence waits until the other one is there, or gone.
func (p *person) awaitPresence(ctx context.Context, state rpc.PresenceState) error {
	_, err := p.await(ctx, string(state), func(e rpc.Event) bool {
		return e.Kind == rpc.PresenceChanged && e.Presence.State == state
	})
	return err
}
