package main

import (
	"context"
	"fmt"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/vault"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// person is somebody with a profile, and while they are online a tor and a node.
type person struct {
	bed     *bed
	name    string
	daemon  *tor.Daemon
	profile *profile.Profile
	node    *node.Node
	cursor  ledger.Cursor
}

// make makes the profile.
func (p *person) make(ctx context.Context) error {
	made, err := profile.Create(ctx, p.bed.folder("profiles"), p.name, vault.WithoutPassphrase())
	if err != nil {
		return err
	}
	return made.Close()
}

// startTor starts a tor that has run before, except for the first time.
func (p *person) startTor(ctx context.Context) (err error) {
	p.daemon, err = tor.Start(ctx, tor.Config{DataDir: p.bed.folder(p.name + "-tor"), Torrc: p.bed.net.Torrc()})
	if err != nil {
		return err
	}
	return p.daemon.WaitReady(ctx)
}

// come opens a node on the profile, and waits until it can be reached.
func (p *person) come(ctx context.Context) (err error) {
	if p.profile, err = profile.Open(ctx, p.bed.folder("profiles"), p.name, nil); err != nil {
		return err
	}
	if p.node, err = node.Open(ctx, node.Config{Profile: p.profile, Daemon: p.daemon}); err != nil {
		return err
	}
	status, err := p.node.Status(ctx)
	if err != nil {
		return err
	}
	p.cursor = status.Cursor
	return p.node.Ready(ctx)
}

// leave closes the node.
func (p *person) leave() {
	if p.node != nil {
		p.node.Close()
	}
	if p.profile != nil {
		p.profile.Close()
	}
	p.node, p.profile = nil, nil
}

// stopTor closes the tor.
func (p *person) stopTor() {
	if p.daemon != nil {
		p.daemon.Close()
	}
	p.daemon = nil
}

func (p *person) quit() {
	p.leave()
	p.stopTor()
}

// await waits for an event that fits, and returns it.
func (p *person) await(ctx context.Context, fits func(node.Event) bool) (node.Event, error) {
	for e, err := range p.node.Events(ctx, p.cursor) {
		if err != nil {
			return node.Event{}, fmt.Errorf("%s: %w", p.name, err)
		}
		p.cursor = e.Cursor
		if fits(e) {
			return e, nil
		}
	}
	return node.Event{}, ctx.Err()
}

// befriend makes contacts of two, and returns the conversation of the first.
func befriend(ctx context.Context, a, b *person) (ledger.ConversationID, error) {
	link, err := b.node.NewInvite(ctx, node.InviteOptions{})
	if err != nil {
		return 0, err
	}
	contact, err := a.node.AddContact(ctx, link, node.AddOptions{})
	if err != nil {
		return 0, err
	}
	for contact.State != "accepted" {
		if _, err := a.await(ctx, func(e node.Event) bool { return e.Kind == "contact_changed" }); err != nil {
			return 0, err
		}
		if contact, err = a.node.Contact(ctx, contact.ID); err != nil {
			return 0, err
		}
	}
	return contact.Conversation, nil
}

// delivered says something and waits until it is delivered.
func (p *person) delivered(ctx context.Context, in ledger.ConversationID, text string) error {
	m, err := p.node.Send(ctx, in, text, node.SendOptions{})
	if err != nil {
		return err
	}
	_, err = p.await(ctx, func(e node.Event) bool { return e.Message == m.Number && e.Delivery == "delivered" })
	return err
}
