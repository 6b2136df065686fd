package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/output"
	"github.com/onionwire/onionwire/node/rpc"
)

// awaitFirst returns the first one who comes: a contact who has written or connects,
// or somebody who asks to become one, and then is one. Who has come while nobody was
// there has come before all others.
func awaitFirst(ctx context.Context, api rpc.API, feed <-chan happening, notes io.Writer) (rpc.Contact, error) {
	c, err := cameBefore(ctx, api)
	for err == nil && c.ID == 0 {
		select {
		case h := <-feed:
			if err = h.err; err == nil {
				c, err = comes(ctx, api, h.event)
			}
		case <-ctx.Done():
			err = ctx.Err()
		}
	}
	if err != nil || c.State != rpc.AskingContact {
		return c, err
	}
	fmt.Fprintf(notes, "%s asks to become a contact, and is accepted\n", who(c))
	if c.Introduction != "" {
		fmt.Fprintf(notes, "they introduce themselves: %s\n", output.Text(c.Introduction))
	}
	if err := api.AcceptContact(ctx, c.ID); err != nil {
		return c, err
	}
	return api.Contact(ctx, c.ID)
}

// cameBefore returns who waits: a contact who has written what was not read, or is
// connected, or else the first who has asked. If nobody does, it is the zero Contact.
func cameBefore(ctx context.Context, api rpc.API) (first rpc.Contact, err error) {
	all, err := api.Contacts(ctx)
	if err != nil {
		return first, err
	}
	for _, c := range all {
		switch {
		case c.State == rpc.AcceptedContact:
			if here, err := isHere(ctx, api, c); err != nil || here {
				return c, err
			}
		case c.State == rpc.AskingContact && (first.ID == 0 || c.Changed.Before(first.Changed.Time)):
			first = c
		}
	}
	return first, nil
}

// isHere reports whether a contact has written what was not read, or is connected.
func isHere(ctx context.Context, api rpc.API, c rpc.Contact) (bool, error) {
	unread, err := api.Unread(ctx, c.Conversation)
	if err != nil || unread > 0 {
		return unread > 0, err
	}
	p, err := api.Presence(ctx, c.ID)
	return p.State == rpc.Online, err
}

// comes returns who comes by an event, or the zero Contact.
func comes(ctx context.Context, api rpc.API, e rpc.Event) (rpc.Contact, error) {
	switch {
	case e.Kind == rpc.RequestReceived, e.Kind == rpc.MessageReceived:
	case e.Kind == rpc.PresenceChanged && e.Presence.State == rpc.Online:
	default:
		return rpc.Contact{}, nil
	}
	c, err := api.Contact(ctx, e.Contact)
	if errors.Is(err, rpc.ErrNotFound) {
		err = nil // gone again
	}
	return c, err
}
