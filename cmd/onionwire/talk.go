package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/onionwire/onionwire/cmd/internal/cli"
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

func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }
