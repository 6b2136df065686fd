package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/wire"
	"github.com/onionwire/onionwire/tortransport"
)

// talk is a conversation line by line.
type talk struct {
	conversation *node.Conversation
	out          io.Writer // what is said
	notes        io.Writer // what happens besides
	// endsWithIn makes the end of the input the end of the conversation.
	endsWithIn bool

	sent    map[wire.MessageID]sentLine
	refused int    // lines that could not be sent
	reason  string // why connecting failed last
}

type sentLine struct {
	text string
	at   time.Time
}

// run talks until the input has ended and all is delivered, or ctx ends. It
// fails if something was not delivered, with the cause of ctx if that is more
// than an interruption, or with why there is no use in connecting again.
func (t *talk) run(ctx context.Context, in io.Reader) error {
	t.sent = make(map[wire.MessageID]sentLine)
	talking, stop := context.WithCancel(ctx)
	defer stop()
	lines := make(chan inputLine)
	// It ends with the input, or with the program: a read cannot be called off.
	go readLines(talking, in, cli.IsTerminal(in), lines)
	events := make(chan node.Event)
	go t.readEvents(talking, events)
	err := t.converse(ctx, lines, events)
	stop()
	// What the other side was told has arrived is shown, before all else.
	for e := range events {
		_ = t.show(e) // nothing is to be done about it any more
	}
	if err != nil {
		return err
	}
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	if n := t.conversation.Undelivered() + t.refused; n > 0 {
		return cli.Hint(fmt.Errorf("messages not delivered: %d", n), "they are lost; send them again")
	}
	return nil
}

func (t *talk) converse(ctx context.Context, lines <-chan inputLine, events <-chan node.Event) error {
	ended := false
	for !ended || !t.endsWithIn || len(t.sent) > 0 {
		input := lines
		if t.conversation.Undelivered() >= engine.MaxOutbox {
			input = nil // until a message is delivered
		}
		select {
		case line, ok := <-input:
			if ok {
				t.say(line)
			} else {
				ended, lines = true, nil
				if n := t.conversation.Undelivered(); n > 0 && t.endsWithIn {
					fmt.Fprintf(t.notes, "waiting until all is delivered (%d left); Ctrl-C gives up\n", n)
				}
			}
		case e, ok := <-events:
			if !ok {
				return nil
			}
			if err := t.show(e); err != nil {
				return err
			}
		case <-ctx.Done():
			return nil
		}
	}
	return nil
}

// readEvents hands on what happens until ctx ends, and then what has happened
// until then.
func (t *talk) readEvents(ctx context.Context, events chan<- node.Event) {
	defer close(events)
	for {
		e, err := t.conversation.Next(ctx)
		if err != nil {
			return
		}
		events <- e // run reads until it is closed
	}
}

func (t *talk) say(line inputLine) {
	if line.err == nil && strings.TrimSpace(line.text) == "" {
		return
	}
	id, err := wire.MessageID{}, line.err
	if err == nil {
		id, err = t.conversation.Send(line.text)
	}
	if err != nil {
		t.refused++
		fmt.Fprintf(t.notes, "not sent: %v\n", err)
		return
	}
	t.sent[id] = sentLine{line.text, time.Now()}
}

func (t *talk) show(e node.Event) error {
	switch e := e.(type) {
	case node.Connected:
		known := ""
		if e.KnowsUs {
			known = ", who says that they know you"
		}
		fmt.Fprintf(t.notes, "connected with %s%s\n", t.conversation.Peer(), known)
	case node.Disconnected:
		t.reason = ""
		fmt.Fprintf(t.notes, "disconnected: %s; what you type waits for the next connection\n", oneLine(e.Err))
	case node.Unreachable:
		if e.Retry == 0 {
			return e.Err // which no other try will mend
		}
		// The same reason again is no news.
		if reason := whyUnreachable(e.Err); reason != t.reason {
			t.reason = reason
			fmt.Fprintf(t.notes, "cannot connect: %s; trying again until it works\n", reason)
		}
	case node.Received:
		fmt.Fprintf(t.out, "them: %s\n", visible(e.Text))
	case node.Delivered:
		if s, ok := t.sent[e.ID]; ok {
			delete(t.sent, e.ID)
			fmt.Fprintf(t.out, "you: %s  ✓ delivered in %s\n", visible(s.text), time.Since(s.at).Round(time.Millisecond))
		}
	}
	return nil
}

// whyUnreachable says it shorter where the reason is an ordinary one.
func whyUnreachable(err error) string {
	switch {
	case errors.Is(err, tortransport.ErrNotFound), errors.Is(err, tortransport.ErrIntroduction):
		return "the other side is not online, or only just"
	case errors.Is(err, node.ErrTurnedAway):
		return "the other side is there and does not take the call; it may be talking to somebody else"
	default:
		return oneLine(err)
	}
}

func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }
