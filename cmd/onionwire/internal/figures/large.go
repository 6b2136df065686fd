package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/store"
	"github.com/onionwire/onionwire/node/vault"
)

const (
	// talks and texts are how many conversations and messages a large profile has.
	talks = 10_000
	texts = 1_000_000
	// batch is how many are written at a time.
	batch = 5000
	// kept is how many events are left, as a node leaves them.
	kept = 100_000
	// unread is how many of the last messages nobody has read.
	unread = 5000
)

// writeLarge makes a profile in a folder, in which a lot of people have written.
func writeLarge(ctx context.Context, root, name string) error {
	p, err := profile.Create(ctx, root, name, vault.WithoutPassphrase())
	if err != nil {
		return err
	}
	defer p.Close() //nolint:contextcheck // it takes none
	s := p.Store()
	now := time.Now()
	err = inBatches(ctx, s, talks, func(tx *store.Update, i int) error {
		id := ledger.ContactID(i + 1)
		return tx.Apply(
			ledger.PutContact{Contact: ledger.Contact{
				ID: id, Peer: fmt.Appendf(nil, "person %d", i), Name: fmt.Sprintf("Person %d", i), State: ledger.Accepted, Added: now,
			}},
			ledger.PutConversation{Conversation: ledger.Conversation{
				ID: ledger.ConversationID(id), Kind: ledger.Direct, Added: now, Members: []ledger.ContactID{id}, Read: texts - unread,
			}})
	})
	if err != nil {
		return err
	}
	err = inBatches(ctx, s, texts, func(tx *store.Update, i int) error {
		m := ledger.Message{
			Number: ledger.MessageNumber(i + 1), Conversation: ledger.ConversationID(i%talks + 1), Sender: ledger.ContactID(i%talks + 1),
			Body:    fmt.Sprintf("Message %d, which says so much about the weather, the garden and the neighbours that it takes two lines.", i),
			Written: now, Stored: now,
		}
		copy(m.ID[:], strconv.Itoa(i))
		return tx.Apply(ledger.AddMessage{Message: m, Event: ledger.Event{
			Cursor: ledger.Cursor(i + 1), Happened: now, Kind: ledger.MessageReceived,
			Contact: m.Sender, Conversation: m.Conversation, Message: m.Number,
		}})
	})
	if err != nil {
		return err
	}
	return s.Update(ctx, func(tx *store.Update) error { return tx.DropEvents(kept) })
}

// inBatches does something so many times, in few transactions.
func inBatches(ctx context.Context, s *store.Store, times int, do func(tx *store.Update, i int) error) error {
	for n := 0; n < times; n += batch {
		err := s.Update(ctx, func(tx *store.Update) error {
			for i := n; i < min(n+batch, times); i++ {
				if err := do(tx, i); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
