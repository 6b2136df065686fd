package lookup

import (
	"cmp"
	"slices"
	"strings"
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
		d := distance(want, has)
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

// distance is how many letters have to be put in, left out, exchanged or swapped with
// their neighbours to make b of a (optimal string alignment).
func distance(a, b []rune) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			exchange := 1
			if a[i-1] == b[j-1] {
				exchange = 0
			}
			d := min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+exchange)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, rows[i-2][j-2]+1)
			}
			rows[i][j] = d
		}
	}
	return rows[len(a)][len(b)]
}
