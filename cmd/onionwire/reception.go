package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/output"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/wording"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// reception prints what was not read and what comes.
type reception struct {
	*session
	options *receiveOptions
	from    ledger.ContactID // or 0
	names   map[ledger.ContactID]string
	last    map[ledger.ConversationID]ledger.MessageNumber // that were printed
	count   int
}

func newReception(s *session, o *receiveOptions) *reception {
	return &reception{
		session: s, options: o, names: make(map[ledger.ContactID]string), last: make(map[ledger.ConversationID]ledger.MessageNumber),
	}
}

func (r *reception) run(ctx context.Context) error {
	if r.options.from != "" {
		c, err := r.contact(ctx, r.options.from)
		if err != nil {
			return err
		}
		r.from = c.ID
	}
	for {
		status, err := r.Status(ctx)
		if err != nil {
			return err
		}
		if err := r.catchUp(ctx); err != nil {
			return err
		}
		if err := r.connect(ctx); err != nil {
			return err
		}
		// Who has slept so long that events are not kept any more begins anew.
		if err := r.follow(ctx, status.Cursor); !errors.Is(err, rpc.ErrCursor) {
			return err
		}
	}
}

// settles is how long settle waits at most.
const settles = 10 * time.Second

// settle waits until those have heard that their messages are here who were just connected:
// what comes back for a sign of life was asked for behind the confirmations. A node that
// ends with its command could otherwise end before those have left.
func (r *reception) settle(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, settles)
	defer cancel()
	for id := range r.names {
		if p, err := r.Presence(ctx, id); err == nil && p.State == rpc.Online {
			_, _ = r.Ping(ctx, id) // otherwise they hear it when they are connected again
		}
	}
}

// follow prints what comes after a cursor.
func (r *reception) follow(ctx context.Context, after ledger.Cursor) error {
	for e, err := range r.Events(ctx, after) {
		if err != nil {
			return err
		}
		if e.Kind == rpc.Disconnected {
			fmt.Fprintln(r.stdio.notes(), nodeEnded)
		}
		if e.Kind == rpc.SetBack && (r.from == 0 || e.Contact == r.from) {
			if err := r.warn(ctx, e); err != nil {
				return err
			}
		}
		if e.Kind != rpc.MessageReceived || r.from != 0 && e.Contact != r.from || e.Message <= r.last[e.Conversation] {
			continue
		}
		var m rpc.Message
		err := r.patiently(ctx, func() (err error) {
			m, err = r.Message(ctx, e.Message)
			return err
		})
		if errors.Is(err, rpc.ErrNotFound) {
			continue // it has disappeared
		}
		if err == nil {
			err = r.take(ctx, m)
		}
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// catchUp prints what was not read.
func (r *reception) catchUp(ctx context.Context) error {
	var unread []rpc.Conversation
	err := eachConversation(ctx, r.API, func(c rpc.Conversation) error {
		if c.Unread > 0 {
			unread = append(unread, c)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, c := range unread {
		if err := r.catchUpWith(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

func (r *reception) catchUpWith(ctx context.Context, c rpc.Conversation) error {
	for after := max(c.Read, r.last[c.ID]); ; {
		page, err := r.MessagesAfter(ctx, c.ID, after, rpc.MaxMessages)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, m := range page {
			after = m.Number
			if m.Sender == 0 || r.from != 0 && m.Sender != r.from {
				continue
			}
			if err := r.take(ctx, m); err != nil {
				return err
			}
		}
	}
}

// take prints a message. It counts as read then, not before.
func (r *reception) take(ctx context.Context, m rpc.Message) error {
	name, err := r.name(ctx, m.Sender)
	if err != nil {
		return err
	}
	if err := r.out.Show(namedMessage{m, name}, "%s: %s", output.Line(name), output.Text(m.Text)); err != nil {
		return err
	}
	r.last[m.Conversation] = m.Number
	if !r.options.keep {
		err = r.patiently(ctx, func() error { return r.MarkRead(ctx, m.Conversation, m.Number) })
		if errors.Is(err, rpc.ErrNotFound) { // it has disappeared
			err = nil
		}
	}
	if r.count++; err == nil && r.count == r.options.count {
		err = errEnough
	}
	return err
}

// nodeEnded is said when the node that another process runs does not answer any more.
const nodeEnded = "the node that runs on the profile has ended; waiting until it is started again"

// retryPause is how often a node that has ended is asked again.
const retryPause = 200 * time.Millisecond

// patiently asks the node that another process runs, as often as it takes if that ends
// meanwhile: what was asked for can be done twice.
func (r *reception) patiently(ctx context.Context, ask func() error) error {
	for {
		err := ask()
		away := errors.Is(err, rpc.ErrLost) || errors.Is(err, rpc.ErrNotRunning) || errors.Is(err, rpc.ErrClosed)
		if !away || !r.Remote() {
			return err
		}
		select {
		case <-time.After(retryPause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// warn tells of a contact who knows more of a conversation than is kept here.
func (r *reception) warn(ctx context.Context, e rpc.Event) error {
	name, err := r.name(ctx, e.Contact)
	if err != nil {
		return err
	}
	text := wording.SetBack(output.Line(name))
	if r.out.JSON {
		return r.out.Object(explainedEvent{e, name, text})
	}
	_, err = fmt.Fprintln(r.stdio.notes(), text) // among messages somebody else could have written it
	return err
}

// explainedEvent is an event for programs, with what people are told of it.
type explainedEvent struct {
	rpc.Event
	Name        string `json:"name"`
	Explanation string `json:"explanation"`
}

// name returns what a contact is called.
func (r *reception) name(ctx context.Context, id ledger.ContactID) (string, error) {
	if name, ok := r.names[id]; ok {
		return name, nil
	}
	var c rpc.Contact
	err := r.patiently(ctx, func() (err error) {
		c, err = r.Contact(ctx, id)
		return err
	})
	switch {
	case errors.Is(err, rpc.ErrNotFound):
		return "", nil // deleted, with what was said kept
	case err != nil:
		return "", err
	}
	r.names[id] = r.called(c)
	return r.names[id], nil
}

// namedMessage is a message with what its sender is called.
type namedMessage struct {
	rpc.Message
	Name string `json:"name"`
}
