package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/output"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/wording"
	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// show tells what has happened.
func (t *talk) show(ctx context.Context, e rpc.Event) error {
	switch e.Kind {
	case rpc.Disconnected:
		fmt.Fprintln(t.notes, nodeEnded)
		t.online = false // as far as anybody knows
		return nil
	case rpc.Reconnected:
		return t.changed(ctx)
	}
	if e.Contact != t.contact.ID && e.Conversation != t.contact.Conversation {
		return t.showOther(ctx, e)
	}
	switch e.Kind {
	case rpc.PresenceChanged:
		return t.present(*e.Presence)
	case rpc.ContactChanged:
		return t.changed(ctx)
	case rpc.ContactDeleted:
		return errGone
	case rpc.MessageReceived:
		return t.received(ctx, e.Message)
	case rpc.DeliveryChanged:
		t.delivery(e)
	case rpc.MessageDeleted:
		delete(t.waiting, e.Message)
	case rpc.SetBack:
		fmt.Fprintln(t.notes, wording.SetBack("the other side"))
	case rpc.TimerChanged:
		fmt.Fprintf(t.notes, "messages %s\n", timer(*e.Timer))
	}
	return nil
}

// errGone means that somebody else has deleted the contact meanwhile.
var errGone = errors.New("the contact was deleted")

// present tells whether the contact is there, and if not, why. It fails if somebody
// else is: that is not for the node alone to know.
func (t *talk) present(p rpc.Presence) error {
	online := p.State == rpc.Online
	switch {
	case online != t.online && online:
		fmt.Fprintf(t.notes, "connected with %s\n", who(t.contact))
	case online != t.online:
		fmt.Fprintln(t.notes, "disconnected; what you type waits for the next connection")
	case p.Trouble == rpc.AnotherPeer:
		return node.ErrWrongPeer
	case p.Trouble == rpc.NotProven:
		return node.ErrNotProven
	case p.Trouble != "" && p.Trouble != t.trouble: // the same again is no news
		fmt.Fprintf(t.notes, "cannot connect: %s; trying again until it works\n", whyNot(p.Trouble))
	}
	t.online, t.trouble = online, p.Trouble
	return nil
}

// whyNot says what a trouble is.
func whyNot(trouble rpc.Trouble) string {
	switch trouble {
	case rpc.NotThere:
		return "the other side is not online, or only just"
	case rpc.TurnedAway:
		return "the other side is there and does not take the call"
	case rpc.AnotherVersion:
		return "the other side runs another version, or another program"
	case rpc.KeyNeeded:
		return "their address needs another key; ask them for a new link"
	case rpc.AnotherPeer:
		return "somebody else answers at their address; ask them for a new link over a way that you trust"
	case rpc.NotProven:
		return "they could not prove who they are; somebody may be between you"
	default:
		return "Tor could not build the connection"
	}
}

// changed finds out what is new about the contact.
func (t *talk) changed(ctx context.Context) error {
	c, err := t.api.Contact(ctx, t.contact.ID)
	if err != nil {
		return err
	}
	before := t.contact
	t.contact = c
	if c.State != before.State && c.State == rpc.AcceptedContact {
		fmt.Fprintf(t.notes, "%s is a contact now\n", who(c))
	}
	if c.Forgotten && !before.Forgotten {
		fmt.Fprintln(t.notes, "they do not know you any more; chat with their link asks them again")
	}
	p, err := t.api.Presence(ctx, c.ID)
	if err != nil {
		return err
	}
	return t.present(p)
}

// received shows a message, which counts as read then.
func (t *talk) received(ctx context.Context, number ledger.MessageNumber) error {
	if number <= t.shown {
		return nil
	}
	m, err := t.api.Message(ctx, number)
	if errors.Is(err, rpc.ErrNotFound) {
		return nil // it has disappeared
	}
	if err != nil {
		return err
	}
	t.theirs(m)
	return t.api.MarkRead(ctx, t.contact.Conversation, number)
}

func (t *talk) theirs(m rpc.Message) {
	t.shown = m.Number
	fmt.Fprintf(t.out, "them: %s\n", output.Text(m.Text))
}

// delivery tells what has become of a message of ours.
func (t *talk) delivery(e rpc.Event) {
	m, ok := t.waiting[e.Message]
	if !ok {
		return
	}
	switch e.Delivery {
	case rpc.QueuedMessage, rpc.SentMessage:
		return
	case rpc.DeliveredMessage, rpc.ReadMessage:
		took := time.Since(m.Stored.Time)
		precision := time.Millisecond
		if took > time.Minute {
			precision = time.Second
		}
		fmt.Fprintf(t.out, "you: %s  ✓ delivered in %s\n", output.Text(m.Text), max(took, 0).Round(precision))
	default:
		fmt.Fprintf(t.out, "you: %s  ✗ %s\n", output.Text(m.Text), e.Delivery)
	}
	delete(t.waiting, e.Message)
}

// showOther tells, once each, of others who want something.
func (t *talk) showOther(ctx context.Context, e rpc.Event) error {
	wants := ""
	switch e.Kind {
	case rpc.RequestReceived:
		wants = "asks to become a contact, too; the request waits"
	case rpc.MessageReceived:
		wants = "has written, too; it waits until you chat with them"
	}
	if wants == "" || t.others[e.Contact] {
		return nil
	}
	c, err := t.api.Contact(ctx, e.Contact)
	if errors.Is(err, rpc.ErrNotFound) {
		return nil // gone again
	}
	if err != nil {
		return err
	}
	t.others[e.Contact] = true
	fmt.Fprintf(t.notes, "%s %s\n", who(c), wants)
	return nil
}

func timer(after rpc.Duration) string {
	if after == 0 {
		return "do not disappear any more"
	}
	return fmt.Sprintf("disappear after %s from now on", after)
}

// who names somebody: as they call themselves, which proves nothing, and by their
// peer ID, which they have proven.
func who(c rpc.Contact) string {
	name := c.Alias
	if name == "" {
		name = c.Name
	}
	if name == "" {
		return c.Peer
	}
	return output.Line(name) + ", " + c.Peer
}
