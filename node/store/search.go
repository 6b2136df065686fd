package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/ncruces/go-sqlite3"

	"github.com/onionwire/onionwire/node/ledger"
)

// Bounds on a search: what people type is shorter, and each word costs.
const (
	maxSearchText  = 1024 // bytes
	maxSearchWords = 16
)

// searchTurn is about how long a part of a search may hold others up. A variable for
// tests.
var searchTurn = 10 * time.Millisecond

// Search returns up to limit messages that have all words of a text, in any order,
// in upper or lower case, with or without accents; the last word can be the
// beginning of one. It looks in one conversation, or in all if it is 0, before a
// number, or everywhere if that is 0. The newest comes first. A text without a word
// finds nothing.
//
// A search takes as many turns as it needs, so what is changed meanwhile is found or
// not.
func (s *Store) Search(
	ctx context.Context, text string, c ledger.ConversationID, before ledger.MessageNumber, limit int,
) ([]ledger.Message, error) {
	words := wordsOf(strings.ToValidUTF8(text[:min(len(text), maxSearchText)], " "))
	words = words[:min(len(words), maxSearchWords)]
	if len(words) == 0 || limit <= 0 {
		return nil, nil
	}
	sc := search{words: words, conversation: c, before: orEnd(before), limit: limit}
	for !sc.over {
		err := s.View(ctx, func(tx *View) error {
			for begin := time.Now(); ; {
				if err := tx.searchOn(&sc); err != nil || sc.over || time.Since(begin) >= searchTurn {
					return err
				}
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return sc.found, nil
}

// search is how far a search has come.
type search struct {
	words        []string
	conversation ledger.ConversationID
	before       int64 // what is left to be looked through
	limit        int
	begun, over  bool
	found        []ledger.Message
}

// searchOn looks through one span of the index, and first through what is not in it.
func (v *View) searchOn(s *search) (err error) {
	if !s.begun {
		s.begun = true
		if s.found, err = v.searchNewest(s.words, s.conversation, s.before, s.limit); err != nil {
			return err
		}
	}
	next, err := v.newestIndexed(s.conversation, s.before)
	if err != nil {
		return err
	}
	if next == 0 || len(s.found) >= s.limit {
		s.over = true
		return nil
	}
	some, err := v.messages(messageColumns+`JOIN search ON search.rowid = m.number
		WHERE search MATCH ? AND search.rowid < ? ORDER BY search.rowid DESC LIMIT ?`,
		searchQuery(s.words, s.conversation, next), s.before, s.limit-len(s.found))
	s.found = append(s.found, some...)
	s.before = int64(next / span * span)
	return err
}

// newestIndexed returns the last message before a number that is in the index, 0 if
// there is none.
func (v *View) newestIndexed(c ledger.ConversationID, before int64) (number ledger.MessageNumber, err error) {
	sql, args := "SELECT ifnull(max(number), 0) FROM messages WHERE number < min(?, 1 + (SELECT upto FROM indexed))", []any{before}
	if c != 0 {
		sql, args = sql+" AND conversation = ?", append(args, int64(c))
	}
	err = v.one(sql, func(stmt *sqlite3.Stmt) error {
		number = ledger.MessageNumber(stmt.ColumnInt64(0))
		return nil
	}, args...)
	return number, err
}

// searchNewest searches the messages that are not in the index.
func (v *View) searchNewest(words []string, c ledger.ConversationID, before int64, limit int) (found []ledger.Message, err error) {
	err = v.run(messageColumns+"WHERE m.number > (SELECT upto FROM indexed) AND m.number < ? ORDER BY m.number DESC",
		func(stmt *sqlite3.Stmt) error {
			m := scanMessage(stmt)
			if len(found) < limit && (c == 0 || m.Conversation == c) && hasWords(wordsOf(m.Body), words) {
				found = append(found, m)
			}
			return nil
		}, before)
	return found, err
}

// hasWords reports whether a text has all words, of the last of them at least one
// that begins with it.
func hasWords(text, words []string) bool {
	last := len(words) - 1
	for _, word := range words[:last] {
		if !slices.Contains(text, word) {
			return false
		}
	}
	return slices.ContainsFunc(text, func(word string) bool { return strings.HasPrefix(word, words[last]) })
}

// searchQuery writes words in the language of FTS5, as terms of the span of a message,
// each as a string, so that nothing in them is taken for a command.
func searchQuery(words []string, c ledger.ConversationID, number ledger.MessageNumber) string {
	var terms []string
	if c != 0 {
		terms = append(terms, conversationTerm(number, c))
	}
	for _, word := range words {
		terms = append(terms, term(number, word))
	}
	return `"` + strings.Join(terms, `" "`) + `"*`
}
