package store_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/ledger/memory"
	"github.com/onionwire/onionwire/node/store"
)

// carol is contact 2, and in a group with Bob. Both have something of everything.
var carol = []ledger.Change{
	ledger.PutContact{Contact: ledger.Contact{ID: 2, Peer: []byte("carol"), State: ledger.Accepted}},
	ledger.PutConversation{Conversation: ledger.Conversation{ID: 2, Kind: ledger.Group, Members: []ledger.ContactID{1, 2}}},
	added(ledger.Message{Number: 1, Conversation: 1, ID: ledger.MessageID{1}, Body: "a fox", Timer: time.Second}),
	added(ledger.Message{Number: 2, Conversation: 1, ID: ledger.MessageID{2}, Sender: 1, Timer: time.Second}),
	added(ledger.Message{Number: 3, Conversation: 2, ID: ledger.MessageID{3}, Body: "foxes"}),
	ledger.PutDelivery{Delivery: ledger.Delivery{Message: 1, Contact: 1, State: ledger.Sent}},
	ledger.PutDelivery{Delivery: ledger.Delivery{Message: 3, Contact: 2, State: ledger.Delivered}},
	ledger.PutItem{Item: ledger.Item{ID: 1, Contact: 1, Message: 1, Kind: ledger.Ordinary}},
	ledger.PutItem{Item: ledger.Item{ID: 2, Contact: 2, Message: 3, Kind: ledger.Asks, Content: []byte("content")}},
	ledger.PutFile{File: ledger.File{Number: 1, Conversation: 1, Contact: 1, State: ledger.Offered, Key: key(1)}},
	ledger.PutFile{File: ledger.File{Number: 2, Conversation: 2, Contact: 1, State: ledger.Moving, Key: key(2)}},
}

// Whatever is done, refused, and interrupted: what was acknowledged is there, and
// nothing else, as in memory.
func TestAStoreIsWhatWasAcknowledged(t *testing.T) {
	t.Parallel()
	content := template(t)
	rapid.Check(t, func(r *rapid.T) {
		folder := fromTemplate(t, content)
		s := reopen(t, folder)
		defer func() { _ = s.Close() }()
		want := memory.New()
		if err := want.Apply(append(population, carol...)...); err != nil {
			r.Fatal(err)
		}
		apply(t, s, carol...)
		for range rapid.IntRange(10, 30).Draw(r, "transactions") {
			want = applyBoth(t, r, s, want)
			switch rapid.IntRange(0, 8).Draw(r, "afterwards") {
			case 0:
				crash(t, s)
				s = reopen(t, folder)
			case 1:
				closeStore(t, s)
				s = reopen(t, folder)
			case 2:
				if err := s.Compact(t.Context()); err != nil {
					r.Fatal(err)
				}
			case 3:
				update(t, s, func(tx *store.Update) error { return tx.Index() })
			case 4:
				keep := rapid.IntRange(0, most).Draw(r, "keep")
				update(t, s, func(tx *store.Update) error { return tx.DropEvents(keep) })
				_ = want.DropEvents(keep)
			}
		}
		compare(t, r, s, want)
		if err := s.Check(t.Context()); err != nil {
			r.Fatal(err)
		}
	})
}

// applyBoth applies drawn changes to the store and in memory, and returns the ledger
// that the store should be now.
func applyBoth(t *testing.T, r *rapid.T, s *store.Store, want *memory.Ledger) *memory.Ledger {
	t.Helper()
	var changes []ledger.Change
	for range rapid.SampledFrom([]int{1, 1, 1, 2, 3}).Draw(r, "changes") {
		changes = append(changes, draw{r}.change())
	}
	fails := rapid.IntRange(0, 5).Draw(r, "fails") == 0
	next := want.Clone()
	wantErr := next.Apply(changes...)
	if wantErr == nil && fails {
		wantErr = errMine
	}
	err := s.Update(t.Context(), func(tx *store.Update) error {
		err := tx.Apply(changes...)
		if err == nil && fails {
			return errMine
		}
		return nil // that of Apply is remembered
	})
	for _, kind := range []error{store.ErrNotFound, store.ErrExists, store.ErrInvalid, errMine} {
		if errors.Is(err, kind) != errors.Is(wantErr, kind) || (err == nil) != (wantErr == nil) {
			r.Fatalf("%+v: error is %v, want %v", changes, err, wantErr)
		}
	}
	if wantErr != nil {
		return want
	}
	return next
}

func compare(t *testing.T, r *rapid.T, s *store.Store, want *memory.Ledger) {
	t.Helper()
	view(t, s, func(tx *store.View) error {
		if d := difference(everything(tx), everything(want)); d != "" {
			r.Fatal(d)
		}
		return nil
	})
	for c := range ledger.ConversationID(most + 1) {
		var foxes []ledger.MessageNumber
		for n := ledger.MessageNumber(most); n > 0; n-- {
			if m, err := want.Message(n); err == nil && (c == 0 || m.Conversation == c) && strings.Contains(m.Body, "fox") {
				foxes = append(foxes, n)
			}
		}
		found, err := s.Search(t.Context(), "Fóx", c, 0, most)
		if err != nil || !slices.EqualFunc(found, foxes, func(m ledger.Message, n ledger.MessageNumber) bool { return m.Number == n }) {
			r.Fatalf("in conversation %d the search finds %+v, %v, want %d", c, found, err, foxes)
		}
	}
}
