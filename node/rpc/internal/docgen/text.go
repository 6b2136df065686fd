package main

import (
	"regexp"
	"strings"
	"unicode"
)

// constants are what those are that comments name.
var constants = map[string]string{
	"ledger.MaxUnread": "10,000", "ledger.MaxDraft": "1,179,648", "MaxInterfaceState": "65,536",
}

// words are no names, whatever has them.
var words = map[string]bool{"Tor": true, "QR": true, "ID": true}

var (
	// opening is what follows the name that a comment begins with.
	opening = regexp.MustCompile(`^(?:,? and [A-Z]\w*)*(?: means that| means| are| is| counts?|:)? `)
	// reference is what a comment may name.
	reference = regexp.MustCompile(`\[?\b((?:[a-z]+\.)?[A-Z]\w*|[a-z]+(?:_[a-z]+)+)\b\]?`)
	// paragraph is what follows the first one.
	paragraph = regexp.MustCompile(`(?s)\n\s*\n.*$`)
)

// fragment makes what is in a cell of a table of the comment on something in Go: without
// the name that it begins with, in one line, and with names as they are in the protocol.
func fragment(name, comment string, names map[string]string) string {
	text := paragraph.ReplaceAllString(strings.TrimSpace(comment), "")
	text = strings.Join(strings.Fields(text), " ")
	if rest, ok := strings.CutPrefix(text, name[strings.LastIndex(name, ".")+1:]); ok && opening.MatchString(rest) {
		text = opening.ReplaceAllString(rest, "")
	} else if len(text) > 1 && !unicode.IsUpper(rune(text[1])) {
		text = strings.ToLower(text[:1]) + text[1:]
	}
	text = strings.ReplaceAll(rename(text, names), "|", `\|`)
	if !strings.Contains(text, ". ") {
		text = strings.TrimSuffix(text, ".")
	}
	return text
}

// rename puts names of the protocol where those of Go are. At the beginning of a
// sentence, a word that is a name is taken for the word.
func rename(text string, names map[string]string) string {
	var out strings.Builder
	end := 0
	for _, at := range reference.FindAllStringSubmatchIndex(text, -1) {
		word := text[at[2]:at[3]]
		name, known := names[word]
		begins := at[0] == 0 || at[0] >= 2 && text[at[0]-2] == '.'
		switch {
		case constants[word] != "":
			out.WriteString(text[end:at[0]] + constants[word])
		case known && !words[word] && !(begins && isWord(word)):
			out.WriteString(text[end:at[0]] + "`" + name + "`")
		default:
			continue
		}
		end = at[1]
	}
	return out.String() + text[end:]
}

// isWord reports whether a name has one capital letter.
func isWord(name string) bool {
	return strings.IndexFunc(name[1:], unicode.IsUpper) < 0
}

// camel turns add_contact into AddContact.
func camel(name string) string {
	var out strings.Builder
	for word := range strings.SplitSeq(name, "_") {
		out.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return out.String()
}
