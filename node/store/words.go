package store

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ncruces/go-sqlite3"
	"golang.org/x/text/unicode/norm"

	"github.com/onionwire/onionwire/node/ledger"
)

// wordsVersion names what appendWords makes of a text. If it is another one than
// that of the index, the index is made anew.
const wordsVersion = "1 " + unicode.Version + " " + norm.Version

// maxWord bounds a word, in bytes; what is longer is cut, in a search as well.
const maxWord = 64

// wordsOf returns the words of a text: letters and digits without case and accents.
// Where words are written without spaces, each sign is one.
func wordsOf(text string) (words []string) {
	var word []byte
	end := func() {
		if len(word) > 0 {
			words = append(words, string(word))
			word = word[:0]
		}
	}
	for _, r := range norm.NFKD.String(text) {
		switch {
		case unicode.Is(unicode.Mn, r): // an accent
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana):
			end()
			word = utf8.AppendRune(word, r)
			end()
		case unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r):
			if r = unicode.ToLower(r); len(word)+utf8.RuneLen(r) <= maxWord {
				word = utf8.AppendRune(word, r)
			}
		default:
			end()
		}
	}
	end()
	return words
}

// span is how many numbers of messages the index keeps apart. The beginning of a word
// is looked for among all words of a span at once, the newest span first, so that a
// search costs the same however many messages there are.
const span = 1 << 13

// term is a word as the index has it, together with the span that its message is in.
// A word has no underscore.
func term(number ledger.MessageNumber, word string) string {
	return strconv.FormatInt(int64(number)/span, 16) + "_" + word
}

// conversationTerm is a term of all messages of a conversation.
func conversationTerm(number ledger.MessageNumber, c ledger.ConversationID) string {
	return term(number, "_"+strconv.FormatInt(int64(c), 16))
}

// registerWords makes known to SQL what the terms of a message are.
func registerWords(conn *sqlite3.Conn) error {
	return conn.CreateFunction("words", 3, sqlite3.DETERMINISTIC|sqlite3.INNOCUOUS,
		func(ctx sqlite3.Context, args ...sqlite3.Value) {
			number := ledger.MessageNumber(args[0].Int64())
			terms := []string{conversationTerm(number, ledger.ConversationID(args[1].Int64()))}
			for _, word := range wordsOf(args[2].Text()) {
				terms = append(terms, term(number, word))
			}
			ctx.ResultText(strings.Join(terms, " "))
		})
}
