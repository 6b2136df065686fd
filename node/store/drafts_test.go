package store_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/store"
)

// draft returns the draft of the first conversation.
func draft(t *testing.T, s *store.Store) (text string) {
	t.Helper()
	view(t, s, func(tx *store.View) (err error) {
		text, err = tx.Draft(1)
		return err
	})
	return text
}

func TestDraftsAreKept(t *testing.T) {
	folder := newFolder(t)
	s := create(t, folder)
	apply(t, s, population...)
	if got := draft(t, s); got != "" {
		t.Errorf("draft is %q before there is one", got)
	}
	long := strings.Repeat("ü", ledger.MaxDraft/2)
	for _, text := range []string{"hello", long} {
		apply(t, s, ledger.PutDraft{Conversation: 1, Text: text})
		crash(t, s)
		s = reopen(t, folder)
		if got := draft(t, s); got != text {
			t.Errorf("draft has %d bytes, want %d", len(got), len(text))
		}
	}
	err := s.Update(t.Context(), func(tx *store.Update) error {
		return tx.Apply(ledger.PutDraft{Conversation: 1, Text: long + "."})
	})
	if !errors.Is(err, store.ErrInvalid) {
		t.Errorf("one that is too long is taken: %v", err)
	}
	apply(t, s, ledger.PutDraft{Conversation: 99, Text: "for nobody"})
	view(t, s, func(tx *store.View) error {
		if _, err := tx.Draft(99); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("error is %v, want ErrNotFound", err)
		}
		return nil
	})
	apply(t, s, ledger.PutDraft{Conversation: 1})
	if got := draft(t, s); got != "" {
		t.Errorf("draft is %q after it was taken back", got)
	}
}

// The longest draft goes with an export, although each of its bytes is escaped there.
func TestLongestDraftIsExported(t *testing.T) {
	s := populated(t)
	long := strings.Repeat("\x01", ledger.MaxDraft)
	apply(t, s, ledger.PutDraft{Conversation: 1, Text: long})
	other, _ := imported(t, export(t, s, store.Export{History: true, Secret: []byte("twenty-four words")}))
	if got := draft(t, other); got != long {
		t.Errorf("a draft of %d bytes came back", len(got))
	}
}

// A draft goes with its conversation, and is nowhere in the database then, nor after it
// was taken back.
func TestDraftsGo(t *testing.T) {
	for name, change := range map[string]ledger.Change{
		"taken back":          ledger.PutDraft{Conversation: 1},
		"conversation erased": ledger.DropConversation{Conversation: 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := populated(t)
			apply(t, s, ledger.PutDraft{Conversation: 1, Text: "what nobody shall see"})
			apply(t, s, change)
			for more := true; more; {
				var err error
				if more, err = s.CompactStep(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			rows := 0
			update(t, s, func(tx *store.Update) error {
				n, err := tx.Number("SELECT count(*) FROM drafts")
				rows = int(n)
				return err
			})
			if rows != 0 {
				t.Errorf("%d drafts are left", rows)
			}
		})
	}
}
