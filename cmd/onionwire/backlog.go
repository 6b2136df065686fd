package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/output"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

const (
	// backlogPage is how many messages are read at once.
	backlogPage = 100
	// maxBacklog is how many messages are shown that came while nobody was there, and
	// how far is looked for those that wait.
	maxBacklog = 1000
)

// catchUp shows what was not read yet, and what waits to be delivered.
func (t *talk) catchUp(ctx context.Context) error {
	p, err := t.api.Presence(ctx, t.contact.ID)
	if err != nil {
		return err
	}
	if err := t.present(p); err != nil {
		return err
	}
	c, err := t.api.Conversation(ctx, t.contact.Conversation)
	if err != nil {
		return err
	}
	backlog, err := t.backlog(ctx, c.Read)
	if err != nil {
		return err
	}
	unread := c.Unread
	for _, m := range backlog {
		if m.Sender == 0 {
			t.waiting[m.Number] = m
			fmt.Fprintf(t.out, "you: %s  (waiting)\n", output.Text(m.Text))
			continue
		}
		t.theirs(m)
		unread--
	}
	if unread > 0 {
		fmt.Fprintf(t.notes, "%d earlier messages were not read, and are not shown\n", unread)
	}
	if t.shown == 0 {
		return nil
	}
	err = t.api.MarkRead(ctx, t.contact.Conversation, t.shown)
	if errors.Is(err, rpc.ErrNotFound) { // it has disappeared
		err = nil
	}
	return err
}

// backlog returns the messages that came after the last one that was read, as many as
// are shown, and those of ours that wait, in their order.
func (t *talk) backlog(ctx context.Context, read ledger.MessageNumber) ([]rpc.Message, error) {
	var found []rpc.Message
	var before ledger.MessageNumber
	for seen, settled := 0, false; seen < maxBacklog && !settled; seen += backlogPage {
		page, err := t.api.Messages(ctx, t.contact.Conversation, before, backlogPage)
		if err != nil {
			return nil, err
		}
		for _, m := range page {
			switch {
			case m.Sender != 0 && m.Number > read, m.Sender == 0 && undelivered(m):
				found = append(found, m)
			case m.Sender == 0:
				settled = m.Number < read // what was said before it has arrived before it
			}
		}
		if len(page) < backlogPage {
			break
		}
		before = page[len(page)-1].Number
	}
	slices.Reverse(found)
	return found, nil
}

// undelivered reports whether a message of ours still waits.
func undelivered(m rpc.Message) bool {
	return slices.ContainsFunc(m.Deliveries, func(d rpc.Delivery) bool {
		return d.State == rpc.QueuedMessage || d.State == rpc.SentMessage
	})
}
