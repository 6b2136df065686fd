package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/store"
)

// found returns the ids, by their number, of what a search finds.
func found(t *testing.T, s *store.Store, text string, c ledger.ConversationID, before ledger.MessageNumber, limit int) (got []string) {
	t.Helper()
	messages, err := s.Search(t.Context(), text, c, before, limit)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range messages {
		got = append(got, m.Body)
	}
	return got
}

// Messages are found whether they are in the index or still wait for it.
func TestSearch(t *testing.T) {
	for name, indexed := range map[string]int{"none in the index": 0, "some in the index": 2, "all in the index": 5} {
		t.Run(name, func(t *testing.T) {
			s := populated(t)
			apply(t, s, ledger.PutConversation{Conversation: ledger.Conversation{ID: 2, Kind: ledger.Group, Members: []ledger.ContactID{1}}})
			numbers := map[string]ledger.MessageNumber{}
			for n, body := range []string{"Über den Wolken", "the quick fox", "a quick OR slow one", "\"quoted\" fox*", "привет, мир 世界和平"} {
				m := numbered(n)
				m.Body = body
				if n == 2 {
					m.Conversation = 2
				}
				numbers[body] = m.Number
				apply(t, s, added(m))
				if n+1 == indexed {
					update(t, s, func(tx *store.Update) error { return tx.Index() })
				}
			}
			searchAll(t, s, numbers)
		})
	}
}

func searchAll(t *testing.T, s *store.Store, numbers map[string]ledger.MessageNumber) {
	t.Helper()
	for text, want := range map[string][]string{
		"quick":                      {"a quick OR slow one", "the quick fox"},
		"QUICK":                      {"a quick OR slow one", "the quick fox"},
		"qui":                        {"a quick OR slow one", "the quick fox"},
		"qui fox":                    nil,
		"fox quick":                  {"the quick fox"},
		"fo":                         {"\"quoted\" fox*", "the quick fox"},
		"uber":                       {"Über den Wolken"},
		"über wolk":                  {"Über den Wolken"},
		"мир":                        {"привет, мир 世界和平"},
		"界":                          {"привет, мир 世界和平"},
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
		c      ledger.ConversationID
		before ledger.MessageNumber
		limit  int
		want   []string
	}{
		"one conversation": {1, 0, 10, []string{"the quick fox"}},
		"before":           {0, numbers["a quick OR slow one"], 10, []string{"the quick fox"}},
		"limit":            {0, 0, 1, []string{"a quick OR slow one"}},
	} {
		if got := found(t, s, "quick", tt.c, tt.before, tt.limit); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: it finds %q, want %q", name, got, tt.want)
		}
	}

	apply(t, s, ledger.EditMessage{Message: numbers["the quick fox"], Body: "the red fox"})
	if got := found(t, s, "red", 0, 0, 10); !reflect.DeepEqual(got, []string{"the red fox"}) {
		t.Errorf("after an edit it finds %q", got)
	}
	apply(t, s, ledger.DropConversation{Conversation: 2})
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
	s := populated(f)
	n := 0
	f.Fuzz(func(t *testing.T, body, text string) {
		m := numbered(n)
		m.Body = body
		n++
		apply(t, s, added(m))
		newest, err := s.Search(t.Context(), text, 0, 0, 5)
		if err != nil {
			t.Errorf("searching for %q: %v", text, err)
		}
		update(t, s, func(tx *store.Update) error { return tx.Index() })
		indexed, err := s.Search(t.Context(), text, 1, 0, 5)
		if err != nil || !reflect.DeepEqual(indexed, newest) {
			t.Errorf("searching for %q finds %+v in the index, %v, and %+v outside of it", text, indexed, err, newest)
		}
		apply(t, s, ledger.DropMessage{Message: m.Number})
	})
}

// Many messages are spread over many parts of the index, and there are gaps between
// their numbers.
func TestSearchAcrossSpans(t *testing.T) {
	s := populated(t)
	apply(t, s, ledger.PutConversation{Conversation: ledger.Conversation{ID: 2, Kind: ledger.Group, Members: []ledger.ContactID{1}}})
	var want, wantFirst []string
	for n := range 200 {
		m := numbered(n)
		m.Number = ledger.MessageNumber(1 + n*n*1000)
		m.Conversation = ledger.ConversationID(1 + n%2)
		apply(t, s, added(m))
		want = append([]string{m.Body}, want...)
		if m.Conversation == 1 {
			wantFirst = append([]string{m.Body}, wantFirst...)
		}
	}
	if got := found(t, s, "message num", 0, 0, 1000); !reflect.DeepEqual(got, want) {
		t.Errorf("it finds %q, want %q", got, want)
	}
	if got := found(t, s, "message", 1, 0, 70); !reflect.DeepEqual(got, wantFirst[:70]) {
		t.Errorf("in the first conversation it finds %q, want %q", got, wantFirst[:70])
	}
	if got := found(t, s, "message", 0, 1+150*150*1000, 3); !reflect.DeepEqual(got, want[50:53]) {
		t.Errorf("before the 150th it finds %q, want %q", got, want[50:53])
	}
	if got := found(t, s, "number7", 0, 0, 1000); len(got) != 11 {
		t.Errorf("a beginning finds %q, want 11", got)
	}
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

// Many messages that go at once leave the index one after another.
func TestTheWordsOfAConversationGo(t *testing.T) {
	folder := newFolder(t)
	s := create(t, folder)
	apply(t, s, population...)
	for n := range 300 {
		apply(t, s, added(numbered(n)))
	}
	apply(t, s, ledger.DropConversation{Conversation: 1})
	if got := found(t, s, "message", 0, 0, 10); got != nil {
		t.Errorf("it finds %q", got)
	}
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
	crash(t, s)
	s = reopen(t, folder)
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
	if err := s.Compact(t.Context()); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(decrypted(t, folder), []byte("number1")) {
		t.Error("their words are still there")
	}
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

// What other versions of this program take for words is made anew.
func TestAnIndexOfAnotherVersionIsMadeAnew(t *testing.T) {
	folder := newFolder(t)
	s := create(t, folder)
	apply(t, s, population...)
	for n := range 300 {
		apply(t, s, added(numbered(n)))
	}
	update(t, s, func(tx *store.Update) error {
		return errors.Join(
			tx.Exec("INSERT INTO search (search) VALUES ('delete-all')"),
			tx.Exec("UPDATE indexed SET words = 'of another version'"),
		)
	})
	closeStore(t, s)
	s = reopen(t, folder)
	for n := range 300 {
		if got := found(t, s, numbered(n).Body, 0, 0, 1); len(got) != 1 {
			t.Errorf("message %d is not found", n)
		}
	}
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

// A search of much text does not hold up what is written.
func TestASearchGivesUpItsTurn(t *testing.T) {
	store.SearchInShortTurns(t)
	s := populated(t)
	var numbers []ledger.MessageNumber
	for n := range 4 {
		m := numbered(n)
		m.Number, m.Body = ledger.MessageNumber(n+1)<<20, fmt.Sprint("fox", n)
		numbers = append(numbers, m.Number)
		apply(t, s, added(m))
	}
	update(t, s, func(tx *store.Update) error { return tx.Index() })
	var (
		all sync.WaitGroup
		got []string
	)
	wait := func(n int) {
		for s.Waiting() < n {
			time.Sleep(time.Millisecond)
		}
	}
	view(t, s, func(*store.View) error {
		all.Go(func() { got = found(t, s, "fox", 0, 0, 10) })
		wait(1)
		all.Go(func() {
			view(t, s, func(*store.View) error { // behind the first part of the search
				all.Go(func() { apply(t, s, ledger.DropMessage{Message: numbers[0]}) })
				wait(2)
				return nil
			})
		})
		wait(2)
		return nil
	})
	all.Wait()
	if want := []string{"fox3", "fox2", "fox1"}; !slices.Equal(got, want) {
		t.Errorf("it finds %q, want %q: what was deleted before it came there is not found", got, want)
	}
}
