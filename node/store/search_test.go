package store_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node/store"
)

// found returns the ids, by their number, of what a search finds.
func found(t *testing.T, s *store.Store, text string, c store.ConversationID, before store.MessageNumber, limit int) (got []string) {
	t.Helper()
	view(t, s, func(tx *store.View) error {
		messages, err := tx.Search(text, c, before, limit)
		for _, m := range messages {
			got = append(got, m.Body)
		}
		return err
	})
	return got
}

func TestSearch(t *testing.T) {
	s := create(t, newFolder(t))
	bob, c := populate(t, s)
	var other store.ConversationID
	numbers := map[string]store.MessageNumber{}
	update(t, s, func(tx *store.Update) (err error) {
		if other, err = tx.AddConversation(store.Conversation{Kind: store.Group, Members: []store.ContactID{bob}}); err != nil {
			return err
		}
		for n, body := range []string{"Über den Wolken", "the quick fox", "a quick OR slow one", "\"quoted\" fox*", "привет, мир"} {
			m := numbered(c, n)
			if n == 2 {
				m.Conversation = other
			}
			m.Body = body
			if numbers[body], err = tx.AddMessage(m); err != nil {
				return err
			}
		}
		return nil
	})
	for text, want := range map[string][]string{
		"quick":                      {"a quick OR slow one", "the quick fox"},
		"QUICK":                      {"a quick OR slow one", "the quick fox"},
		"qui":                        {"a quick OR slow one", "the quick fox"},
		"qui fox":                    nil,
		"fox quick":                  {"the quick fox"},
		"fo":                         {"\"quoted\" fox*", "the quick fox"},
		"uber":                       {"Über den Wolken"},
		"über wolk":                  {"Über den Wolken"},
		"мир":                        {"привет, мир"},
		"or":                         {"a quick OR slow one"},
		"quick OR fox":               nil,
		`"quoted"`:                   {"\"quoted\" fox*"},
		"fox* NEAR(":                 nil,
		"body:fox":                   nil,
		"":                           nil,
		" \t!?\"*":                   nil,
		"-quick":                     {"a quick OR slow one", "the quick fox"},
		strings.Repeat("quick ", 99): {"a quick OR slow one", "the quick fox"},
	} {
		if got := found(t, s, text, 0, 0, 10); !reflect.DeepEqual(got, want) {
			t.Errorf("%.20q finds %q, want %q", text, got, want)
		}
	}
	for name, tt := range map[string]struct {
		c      store.ConversationID
		before store.MessageNumber
		limit  int
		want   []string
	}{
		"one conversation": {c, 0, 10, []string{"the quick fox"}},
		"before":           {0, numbers["a quick OR slow one"], 10, []string{"the quick fox"}},
		"limit":            {0, 0, 1, []string{"a quick OR slow one"}},
	} {
		if got := found(t, s, "quick", tt.c, tt.before, tt.limit); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: it finds %q, want %q", name, got, tt.want)
		}
	}

	update(t, s, func(tx *store.Update) error { return tx.EditMessage(numbers["the quick fox"], "the red fox") })
	if got := found(t, s, "red", 0, 0, 10); !reflect.DeepEqual(got, []string{"the red fox"}) {
		t.Errorf("after an edit it finds %q", got)
	}
	update(t, s, func(tx *store.Update) error { return tx.DeleteConversation(other) })
	if got := found(t, s, "quick", 0, 0, 10); got != nil {
		t.Errorf("after the deletion it finds %q", got)
	}
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

// FuzzSearch searches for anything, which must not be an error.
func FuzzSearch(f *testing.F) {
	for _, text := range []string{"", "fox", `"`, "a\x00b", "NEAR(a b, 2)", "a*b", "\xff\xfe", "^a", "a\u0301", strings.Repeat("a ", 600)} {
		f.Add(text, text)
	}
	s := create(f, newFolder(f))
	_, c := populate(f, s)
	n := 0
	f.Fuzz(func(t *testing.T, body, text string) {
		m := numbered(c, n)
		m.Body = body
		n++
		update(t, s, func(tx *store.Update) error {
			number, err := tx.AddMessage(m)
			if err != nil {
				return err
			}
			if _, err := tx.Search(text, 0, 0, 5); err != nil {
				t.Errorf("searching for %q: %v", text, err)
			}
			return tx.DeleteMessage(number)
		})
	})
}
