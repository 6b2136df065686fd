package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/output"
	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// maxUndelivered is how many messages may wait before no more of the input is read.
const maxUndelivered = 1000

// talk is a conversation line by line, with one contact.
type talk struct {
	api     rpc.API
	contact rpc.Contact
	out     io.Writer // what is said
	notes   io.Writer // what happens besides
	// endsWithIn makes the end of the input the end of the conversation.
	endsWithIn bool
	// stays is whether the node goes on when the conversation ends.
	stays bool

	waiting map[ledger.MessageNumber]rpc.Message // ours, not delivered
	shown   ledger.MessageNumber                 // the last of theirs
	online  bool
	trouble rpc.Trouble // what was last told of
	refused int         // lines that could not be sent
	others  map[ledger.ContactID]bool
}

// run talks until the input has ended and all is delivered, or ctx ends. What is not
// delivered then is kept: the error is that of an interruption. It also fails if a
// line could not be sent, with the cause of ctx if that is more than an interruption,
// and with whatever the node ends with.
func (t *talk) run(ctx context.Context, feed <-chan happening, in io.Reader) error {
	t.waiting = make(map[ledger.MessageNumber]rpc.Message)
	t.others = make(map[ledger.ContactID]bool)
	err := t.catchUp(ctx)
	if err == nil {
		err = t.converse(ctx, feed, in)
	}
	cause := context.Cause(ctx)
	if cause != nil && !errors.Is(cause, context.Canceled) {
		err = cause
	}
	interrupted := err == nil || errors.Is(err, context.Canceled)
	switch n := len(t.waiting); {
	case n > 0 && interrupted:
		return fmt.Errorf("%w: %s", cli.ErrInterrupted, t.kept(n))
	case n > 0:
		fmt.Fprintln(t.notes, t.kept(n))
		return err
	case !interrupted:
		return err
	case t.refused > 0:
		return cli.Hint(fmt.Errorf("lines not sent: %d", t.refused), "what was wrong with each is said above")
	}
	return nil
}

// kept says what becomes of messages that are not delivered when the conversation ends.
func (t *talk) kept(n int) string {
	if t.stays {
		return fmt.Sprintf("not delivered yet: %d; the node that runs goes on with it", n)
	}
	return keptNote(n)
}

func keptNote(n int) string {
	if n == 1 {
		return "1 message waits; it goes out when you chat with them again"
	}
	return fmt.Sprintf("%d messages wait; they go out when you chat with them again", n)
}

func (t *talk) converse(ctx context.Context, feed <-chan happening, in io.Reader) error {
	lines := make(chan inputLine)
	reading, stop := context.WithCancel(ctx)
	defer stop()
	// It ends with the input, or with the program: a read cannot be called off.
	go readLines(reading, in, cli.IsTerminal(in), lines)
	var source <-chan inputLine = lines
	for ended := false; !ended || !t.endsWithIn || len(t.waiting) > 0; {
		input := source
		if len(t.waiting) >= maxUndelivered {
			input = nil // until a message is delivered
		}
		select {
		case line, more := <-input:
			if more {
				t.say(ctx, line)
				break
			}
			ended, source = true, nil
			if n := len(t.waiting); n > 0 && t.endsWithIn {
				fmt.Fprintf(t.notes, "waiting until all is delivered (%d left); Ctrl-C keeps it for the next time\n", n)
			}
		case h := <-feed:
			if h.err != nil {
				return h.err
			}
			if err := t.show(ctx, h.event); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (t *talk) say(ctx context.Context, line inputLine) {
	if line.err == nil && strings.TrimSpace(line.text) == "" {
		return
	}
	m, err := rpc.Message{}, line.err
	if err == nil {
		m, err = t.api.Send(ctx, t.contact.Conversation, line.text, rpc.SendOptions{})
	}
	if err != nil {
		t.refused++
		fmt.Fprintf(t.notes, "not sent: %s\n", oneLine(err))
		return
	}
	t.waiting[m.Number] = m
}

// show tells what has happened.
func (t *talk) show(ctx context.Context, e rpc.Event) error {
	switch e.Kind {
	case rpc.Disconnected:
		fmt.Fprintln(t.notes, "the node that runs on the profile has ended; waiting until it is started again")
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
	case contactChanged:
		return t.changed(ctx)
	case contactDeleted:
		return errGone
	case messageReceived:
		return t.received(ctx, e.Message)
	case deliveryChanged:
		t.delivery(e)
	case messageDeleted:
		delete(t.waiting, e.Message)
	case timerChanged:
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
	if c.State != before.State && c.State == accepted {
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
	case queued, sent:
		return
	case delivered, read:
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
	case requestReceived:
		wants = "asks to become a contact, too; the request waits"
	case messageReceived:
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

func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }
