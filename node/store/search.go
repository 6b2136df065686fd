package store

import (
	"strings"
	"unicode"
)

// Bounds on a search: what people type is shorter, and each term costs.
const (
	maxSearchText  = 1024 // bytes
	maxSearchTerms = 16
)

// Search returns up to limit messages that have all words of a text, in any order,
// in upper or lower case, with or without accents; the last word can be the
// beginning of one. It looks in one conversation, or in all if it is 0, before a
// number, or everywhere if that is 0. The newest comes first. A text without a word
// finds nothing.
func (v *View) Search(text string, c ConversationID, before MessageNumber, limit int) ([]Message, error) {
	query := searchQuery(text)
	if query == "" {
		return nil, nil
	}
	return v.messages(messageColumns+`JOIN search ON search.rowid = m.number
		WHERE search MATCH ?1 AND (?2 = 0 OR m.conversation = ?2) AND search.rowid < ?3
		ORDER BY search.rowid DESC LIMIT ?4`,
		query, int64(c), before.orEnd(), max(limit, 0))
}

// searchQuery writes words in the language of FTS5, each as a string, so that
// nothing in them is taken for a command.
func searchQuery(text string) string {
	if len(text) > maxSearchText {
		text = text[:maxSearchText]
	}
	words := strings.FieldsFunc(strings.ToValidUTF8(text, " "), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r)
	})
	if len(words) == 0 {
		return ""
	}
	words = words[:min(len(words), maxSearchTerms)]
	return `"` + strings.Join(words, `" "`) + `"*`
}
