// Package fuzzy ranks names by how well they fit what somebody has typed of them, for
// lists that shrink while one types.
package fuzzy

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// Match is a name that fits.
type Match struct {
	// Index is which of the names it is.
	Index int
	// Score is higher the better it fits.
	Score int
	// Positions are the letters that were typed, counted in runes of the name.
	Positions []int
}

// How letters that fit count: together, at the beginning, and at the beginning of a
// word, because that is how people shorten names.
const (
	perLetter    = 16
	together     = 24
	atWord       = 20
	atStart      = 40
	perGap       = 2
	longestName  = 256 // runes that are looked at
	longestTyped = 64
)

// Rank returns the names that have all letters of typed in that order, whatever their
// case, the best first, and at most limit of them. Equally good ones keep their order. If
// nothing was typed, the first names are as good as any.
func Rank(typed string, names []string, limit int) []Match {
	wanted := fold(typed)
	wanted = wanted[:min(len(wanted), longestTyped)]
	var found []Match
	for i, name := range names {
		if len(wanted) == 0 && len(found) == limit {
			break
		}
		if m, ok := match(wanted, name); ok {
			m.Index = i
			found = append(found, m)
		}
	}
	slices.SortStableFunc(found, func(a, b Match) int { return cmp.Compare(b.Score, a.Score) })
	return found[:min(len(found), max(limit, 0))]
}

// fold returns the letters to compare, without spaces, in lower case.
func fold(typed string) []rune {
	var letters []rune
	for _, r := range typed {
		if !unicode.IsSpace(r) {
			letters = append(letters, unicode.ToLower(r))
		}
	}
	return letters
}

// match tries each place at which the first letter fits, and keeps the best.
func match(wanted []rune, name string) (best Match, ok bool) {
	if len(wanted) == 0 {
		return Match{}, true
	}
	if !maybe(wanted, name) {
		return Match{}, false
	}
	letters := []rune(name)
	letters = letters[:min(len(letters), longestName)]
	for start, r := range letters {
		if unicode.ToLower(r) != wanted[0] {
			continue
		}
		m, fits := from(wanted, letters, start)
		if !fits {
			break // what is missing behind here is missing behind all later places
		}
		if !ok || m.Score > best.Score {
			best, ok = m, true
		}
	}
	return best, ok
}

// maybe sorts out most names without making anything of them.
func maybe(wanted []rune, name string) bool {
	n := 0
	for _, r := range name {
		if unicode.ToLower(r) == wanted[n] {
			if n++; n == len(wanted) {
				return true
			}
		}
	}
	return false
}

// from takes the next letter that fits each time, the first one at start.
func from(wanted, letters []rune, start int) (Match, bool) {
	m := Match{Positions: make([]int, 0, len(wanted))}
	last := -1
	for i, at := 0, start; i < len(wanted); i++ {
		if at = next(wanted[i], letters, at); at < 0 {
			return Match{}, false
		}
		m.Score += perLetter
		switch {
		case at == 0:
			m.Score += atStart
		case wordBegins(letters, at):
			m.Score += atWord
		}
		if last >= 0 {
			if at == last+1 {
				m.Score += together
			} else {
				m.Score -= perGap * min(at-last, 10)
			}
		}
		m.Positions = append(m.Positions, at)
		last, at = at, at+1
	}
	// Of names that fit alike the shorter one is meant.
	m.Score -= min(len(letters)-len(wanted), 30)
	return m, true
}

// next returns where a letter comes next, or -1.
func next(r rune, letters []rune, at int) int {
	for i := at; i < len(letters); i++ {
		if unicode.ToLower(letters[i]) == r {
			return i
		}
	}
	return -1
}

func wordBegins(letters []rune, at int) bool {
	before := letters[at-1]
	return !unicode.IsLetter(before) && !unicode.IsDigit(before) || unicode.IsLower(before) && unicode.IsUpper(letters[at])
}

// Highlight writes a name with the letters that were typed marked.
func Highlight(name string, positions []int, mark func(string) string) string {
	if len(positions) == 0 {
		return name
	}
	var b strings.Builder
	for i, r := range []rune(name) {
		if _, typed := slices.BinarySearch(positions, i); typed {
			b.WriteString(mark(string(r)))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
