package store_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/store"
)

func TestMessagesThatWait(t *testing.T) {
	s := populated(t)
	apply(t, s, added(numbered(0)), added(numbered(1)))
	for i, message := range []ledger.MessageNumber{1, 0, 2} {
		apply(t, s, ledger.PutItem{Item: ledger.Item{ID: ledger.ItemID(i + 1), Contact: 1, Message: message, Kind: ledger.Ordinary}})
	}
	view(t, s, func(tx *store.View) error {
		if n, err := tx.WaitingMessages(); err != nil || n != 2 {
			t.Errorf("%d wait, %v", n, err)
		}
		return nil
	})
}

// What is asked for by its number is what is in the list of all.
func TestOneOfMany(t *testing.T) {
	s := exportable(t)
	view(t, s, func(tx *store.View) error {
		contacts, _ := tx.Contacts()
		for _, want := range contacts {
			if got, err := tx.Contact(want.ID); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("contact %d is %+v, %v", want.ID, got, err)
			}
		}
		conversations, _ := tx.Conversations()
		for _, want := range conversations {
			if got, err := tx.Conversation(want.ID); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("conversation %d is %+v, %v", want.ID, got, err)
			}
		}
		if len(contacts) != 2 || len(conversations) != 2 {
			t.Errorf("there are %d contacts in %d conversations", len(contacts), len(conversations))
		}
		id, err := tx.DirectConversation(1)
		if all, err2 := tx.DirectConversations(); id != 1 || !reflect.DeepEqual(all, map[ledger.ContactID]ledger.ConversationID{1: 1}) {
			t.Errorf("conversations of two are %v and %d, %v, %v", all, id, err, err2)
		}
		for what, f := range map[string]func() error{
			"contact":                 func() error { _, err := tx.Contact(99); return err },
			"conversation":            func() error { _, err := tx.Conversation(99); return err },
			"conversation of the two": func() error { _, err := tx.DirectConversation(7); return err },
			"page after what is gone": func() error { _, err := tx.LatestConversations(99, 1); return err },
		} {
			if err := f(); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s: %v", what, err)
			}
		}
		return nil
	})
}

func TestTheLatestConversations(t *testing.T) {
	s := create(t, newFolder(t))
	for id := ledger.ContactID(1); id <= 5; id++ {
		apply(t, s,
			ledger.PutContact{Contact: ledger.Contact{ID: id, Peer: fmt.Append(nil, id), State: ledger.Accepted}},
			ledger.PutConversation{Conversation: ledger.Conversation{
				ID: ledger.ConversationID(id), Kind: ledger.Direct, Members: []ledger.ContactID{id}, Muted: id == 1, Read: 2,
			}})
	}
	for n, c := range []ledger.ConversationID{4, 1, 1, 5, 4} {
		m := numbered(n)
		m.Conversation, m.Sender = c, ledger.ContactID(c)
		apply(t, s, added(m))
	}
	view(t, s, func(tx *store.View) error {
		want := []ledger.ConversationID{4, 5, 1, 3, 2} // without a message by number
		for limit := 1; limit < 7; limit++ {
			var got []ledger.ConversationID
			for after := ledger.ConversationID(0); ; after = got[len(got)-1] {
				page, err := tx.LatestConversations(after, limit)
				if err != nil || len(page) > limit {
					t.Fatalf("page %d, %v", page, err)
				}
				if len(page) == 0 {
					break
				}
				got = append(got, page...)
			}
			if !slices.Equal(got, want) {
				t.Errorf("in pages of %d they are %d, want %d", limit, got, want)
			}
		}
		for c, want := range map[ledger.ConversationID]ledger.MessageNumber{4: 5, 5: 4, 1: 3, 2: 0} {
			if got, err := tx.LastMessage(c); err != nil || got != want {
				t.Errorf("the last message of %d is %d, %v", c, got, err)
			}
		}
		if n, err := tx.UnreadTotal(); err != nil || n != 2 { // one of the three is muted
			t.Errorf("%d are unread, %v", n, err)
		}
		return nil
	})
}

func TestMessagesAfterANumber(t *testing.T) {
	s := exportable(t)
	view(t, s, func(tx *store.View) error {
		all, err := tx.Messages(5, 0, 1000)
		if err != nil {
			return err
		}
		slices.Reverse(all)
		got, err := tx.MessagesAfter(5, all[9].Number, 7)
		if err != nil || !reflect.DeepEqual(got, all[10:17]) {
			t.Errorf("those after the tenth are %+v, %v", got, err)
		}
		got, err = tx.MessagesAfter(5, all[len(all)-1].Number, 7)
		if err != nil || len(got) != 0 {
			t.Errorf("after the last there are %+v, %v", got, err)
		}
		return nil
	})
}

func TestPagesOfFiles(t *testing.T) {
	s := populated(t)
	for n := ledger.FileNumber(1); n <= 5; n++ {
		apply(t, s, ledger.PutFile{File: ledger.File{
			Number: n, ID: ledger.FileID{byte(n)}, Conversation: 1, Contact: 1, Incoming: n > 2, Draft: []string{"", "x"}[n%2],
			State: ledger.Paused + ledger.FileState(n)%4, // 4, 5, 6, 3, 4
		}})
	}
	numbers := func(files []ledger.File, err error) (all []ledger.FileNumber) {
		if err != nil {
			t.Error(err)
		}
		for _, f := range files {
			all = append(all, f.Number)
		}
		return all
	}
	view(t, s, func(tx *store.View) error {
		if got := numbers(tx.FilesBefore(0, 0, 2)); !slices.Equal(got, []ledger.FileNumber{5, 4}) {
			t.Errorf("the last two are %d", got)
		}
		if got := numbers(tx.FilesBefore(1, 4, 10)); !slices.Equal(got, []ledger.FileNumber{3, 2, 1}) {
			t.Errorf("those before 4 are %d", got)
		}
		if got := numbers(tx.FilesBefore(9, 0, 10)); got != nil {
			t.Errorf("those of another conversation are %d", got)
		}
		if got := numbers(tx.LeftFiles()); !slices.Equal(got, []ledger.FileNumber{3}) {
			t.Errorf("drafts may be left of %d", got)
		}
		return nil
	})
}
