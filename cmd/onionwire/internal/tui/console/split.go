package console

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// word is a part of a line: what it means, and where it stands.
type word struct {
	value    string
	from, to int  // in bytes, quotes included
	open     bool // a quote does not end
}

// split cuts a line into words. Spaces within "…" or '…' do not separate. A backslash
// takes a space, a quote or a backslash as it is, and is itself otherwise, as in paths
// of Windows. A slash in front of the first word is left out.
func split(line string) []word {
	var words []word
	i := len(line) - len(strings.TrimLeftFunc(line, unicode.IsSpace))
	if strings.HasPrefix(line[i:], "/") {
		i++
	}
	for i < len(line) {
		r, size := utf8.DecodeRuneInString(line[i:])
		if unicode.IsSpace(r) {
			i += size
			continue
		}
		w := next(line, i)
		words, i = append(words, w), w.to
	}
	return words
}

// next reads the word that begins at i.
func next(line string, i int) word {
	var value strings.Builder
	w := word{from: i}
	var quote rune
	for i < len(line) {
		r, size := utf8.DecodeRuneInString(line[i:])
		switch {
		case r == '\\' && i+1 < len(line) && strings.ContainsRune(` "'\`, rune(line[i+1])):
			value.WriteByte(line[i+1])
			size = 2
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '"' || r == '\''):
			quote = r
		case quote == 0 && unicode.IsSpace(r):
			w.value, w.to = value.String(), i
			return w
		default:
			value.WriteString(line[i : i+size])
		}
		i += size
	}
	w.value, w.to, w.open = value.String(), len(line), quote != 0
	return w
}

// Quote writes a word so that a line has it as one.
func Quote(s string) string {
	if s != "" && !strings.ContainsAny(s, `"'\`) && !strings.ContainsFunc(s, unicode.IsSpace) {
		return s
	}
	return `"` + strings.NewReplacer(`"`, `\"`, `\`, `\\`).Replace(s) + `"`
}
