package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/wire"
)

// talk is a conversation line by line.
type talk struct {
	conversation *node.Conversation
	out          io.Writer // what is said
	notes        io.Writer // what happens besides
	// endsWithIn makes the end of the input the end of the conversation.
	endsWithIn bool

	sent map[wire.MessageID]sentLine
	eof  bool
}

type sentLine struct {
	text string
	at   time.Time
}

// run talks until the input has ended and all is delivered, or ctx ends. It
// fails if something was not delivered, with the cause of ctx if that is more
// than an interruption, or with node.ErrWrongPeer.
func (t *talk) run(ctx context.Context, in io.Reader) error {
	t.sent = make(map[wire.MessageID]sentLine)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	lines := make(chan string)
	go readLines(ctx, in, lines, t.notes) // ends with the input, or the program
	events := make(chan node.Event)
	go t.readEvents(ctx, events)
	for {
		select {
		case line, ok := <-lines:
			if ok {
				t.say(line)
				continue
			}
			t.eof, lines = true, nil
		case e, ok := <-events:
			if !ok {
				return t.unfinished(ctx)
			}
			if err := t.show(e); err != nil {
				return err
			}
		case <-ctx.Done():
			return t.unfinished(ctx)
		}
		if t.eof && t.endsWithIn && t.conversation.Undelivered() == 0 {
			return nil
		}
	}
}

func (t *talk) readEvents(ctx context.Context, events chan<- node.Event) {
	defer close(events)
	for {
		e, err := t.conversation.Next(ctx)
		if err != nil {
			return
		}
		select {
		case events <- e:
		case <-ctx.Done():
			return
		}
	}
}

// unfinished is the error of a conversation that is ended from outside.
func (t *talk) unfinished(ctx context.Context) error {
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	if n := t.conversation.Undelivered(); n > 0 {
		return fmt.Errorf("messages not delivered: %d", n)
	}
	return nil
}

func (t *talk) say(line string) {
	if strings.TrimSpace(line) == "" {
		return
	}
	id, err := t.conversation.Send(line)
	if err != nil {
		fmt.Fprintf(t.notes, "not sent: %v\n", err)
		return
	}
	t.sent[id] = sentLine{line, time.Now()}
}

func (t *talk) show(e node.Event) error {
	switch e := e.(type) {
	case node.Connected:
		fmt.Fprintf(t.notes, "connected with %s\n", t.conversation.Peer())
	case node.Disconnected:
		fmt.Fprintf(t.notes, "connection lost: %v\n", e.Err)
	case node.Unreachable:
		if errors.Is(e.Err, node.ErrWrongPeer) {
			return e.Err // which no other try will mend
		}
		fmt.Fprintf(t.notes, "cannot connect: %s; next try in %s\n",
			strings.Join(strings.Fields(e.Err.Error()), " "), e.Retry.Round(time.Second))
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

// readLines reads lines and drops those that are too long to be sent.
func readLines(ctx context.Context, in io.Reader, lines chan<- string, notes io.Writer) {
	defer close(lines)
	r := bufio.NewReaderSize(in, wire.MaxText+1)
	for {
		line, more, err := r.ReadLine()
		if err != nil {
			return
		}
		if more {
			fmt.Fprintf(notes, "not sent: %v\n", wire.ErrTextTooLong)
			for more && err == nil {
				_, more, err = r.ReadLine()
			}
			continue
		}
		select {
		case lines <- string(line):
		case <-ctx.Done():
			return
		}
	}
}
