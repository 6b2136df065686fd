package store_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/onionwire/onionwire/node/store"
)

// model is what a store should have.
type model struct {
	messages map[store.MessageNumber]string
	cells    map[store.OutboxID]store.MessageNumber
}

func (m model) clone() model { return model{maps.Clone(m.messages), maps.Clone(m.cells)} }

// step does something at random, in the transaction and in the model.
func (m model) step(t *rapid.T, tx *store.Update, contact store.ContactID, c store.ConversationID) error {
	switch rapid.IntRange(0, 4).Draw(t, "step") {
	case 0, 1:
		n := rapid.IntRange(0, 1<<40).Draw(t, "n")
		number, err := tx.AddMessage(numbered(c, n))
		if errors.Is(err, store.ErrExists) {
			return nil // the same number was drawn twice
		}
		if err != nil {
			return err
		}
		m.messages[number] = fmt.Sprintf("message number%d", n)
		id, err := tx.Enqueue(store.Cell{Contact: contact, Message: number, Cell: []byte("cell")})
		m.cells[id] = number
		return err
	case 2:
		for number := range m.messages {
			m.messages[number] = "edited"
			return tx.EditMessage(number, "edited")
		}
	case 3:
		for id := range m.cells {
			delete(m.cells, id)
			return tx.Dequeue(id)
		}
	case 4:
		for number := range m.messages {
			delete(m.messages, number)
			maps.DeleteFunc(m.cells, func(_ store.OutboxID, of store.MessageNumber) bool { return of == number })
			return tx.DeleteMessage(number)
		}
	}
	return nil
}

// Whatever is done, refused, and interrupted: what was acknowledged is there, and
// nothing else.
func TestAStoreIsWhatWasAcknowledged(t *testing.T) {
	content := template(t)
	rapid.Check(t, func(r *rapid.T) {
		folder := fromTemplate(t, content)
		s := reopen(t, folder)
		defer func() { _ = s.Close() }()
		want := model{map[store.MessageNumber]string{}, map[store.OutboxID]store.MessageNumber{}}
		for range rapid.IntRange(1, 15).Draw(r, "transactions") {
			next := want.clone()
			fails := rapid.IntRange(0, 3).Draw(r, "fails") == 0
			err := s.Update(t.Context(), func(tx *store.Update) error {
				for range rapid.IntRange(1, 4).Draw(r, "steps") {
					if err := next.step(r, tx, 1, 1); err != nil {
						return err
					}
				}
				if fails {
					return errMine
				}
				return nil
			})
			if fails != errors.Is(err, errMine) || !fails && err != nil {
				r.Fatalf("error is %v", err)
			}
			if !fails {
				want = next
			}
			switch rapid.IntRange(0, 5).Draw(r, "afterwards") {
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
			}
			compare(t, r, s, want)
		}
		if err := s.Check(t.Context()); err != nil {
			r.Fatal(err)
		}
	})
}

func compare(t *testing.T, r *rapid.T, s *store.Store, want model) {
	t.Helper()
	view(t, s, func(tx *store.View) error {
		messages, err1 := tx.Messages(1, 0, 1<<20)
		cells, err2 := tx.Outbox(1, 0, 1<<20)
		edited, err3 := tx.Search("edited", 0, 0, 1<<20)
		got := model{map[store.MessageNumber]string{}, map[store.OutboxID]store.MessageNumber{}}
		for _, m := range messages {
			got.messages[m.Number] = m.Body
		}
		for _, cell := range cells {
			got.cells[cell.ID] = cell.Message
		}
		if !maps.Equal(got.messages, want.messages) || !maps.Equal(got.cells, want.cells) {
			r.Errorf("the store has %v, want %v", got, want)
		}
		count := 0
		for body := range maps.Values(want.messages) {
			if body == "edited" {
				count++
			}
		}
		if len(edited) != count {
			r.Errorf("the search finds %d, want %d", len(edited), count)
		}
		if !slices.IsSortedFunc(cells, func(a, b store.Cell) int { return int(a.ID - b.ID) }) {
			r.Error("the outbox is out of order")
		}
		return errors.Join(err1, err2, err3)
	})
}
