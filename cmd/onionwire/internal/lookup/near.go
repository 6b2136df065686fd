package lookup

import (
	"cmp"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

const (
	// maxNear is how many names are proposed.
	maxNear = 3
	// maxCompared is the longest name that is compared letter by letter, in runes: the
	// work grows with the square, and people type less.
	maxCompared = 64
)

// Near returns the names that somebody may have meant by what was given, the nearest
// first: those that begin so, and those that a letter or two make the same.
func Near(names []string, given string) []string {
	type candidate struct {
		name     string
		distance int
	}
	want := []rune(strings.ToLower(strings.TrimSpace(given)))
	if len(want) == 0 || len(want) > maxCompared {
		return nil
	}
	var near []candidate
	for _, name := range names {
		has := []rune(strings.ToLower(name))
		if len(has) > maxCompared {
			has = has[:maxCompared]
		}
		d := levenshtein.ComputeDistance(string(want), string(has))
		if strings.HasPrefix(string(has), string(want)) {
			d = min(d, 1)
		}
		// Of a short name two letters are most of it.
		if d <= min(2, (len(want)+1)/2) && d < max(len(want), len(has)) {
			near = append(near, candidate{name, d})
		}
	}
	slices.SortStableFunc(near, func(a, b candidate) int { return cmp.Compare(a.distance, b.distance) })
	var found []string
	for _, c := range near[:min(maxNear, len(near))] {
		found = append(found, c.name)
	}
	return found
}
