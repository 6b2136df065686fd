package config

import (
	"slices"
	"strconv"
	"strings"
)

// maxShown is how much of an unknown name is repeated, in characters.
const maxShown = 40

// names returns the names of all keys.
func names() (all []string) {
	for _, k := range table {
		all = append(all, k.Name)
	}
	return all
}

// shown quotes a name that somebody has written, if it is not too long.
func shown(name string) string {
	if runes := []rune(name); len(runes) > maxShown {
		name = string(runes[:maxShown]) + "…"
	}
	return strconv.QuoteToGraphic(name)
}

// nearest returns the name that was meant, or nothing if none is near. A name with its
// table left out, or with another one, is near.
func nearest(given string, all []string) string {
	best, distance := "", 0
	given = strings.ToLower(given)
	if len(given) > 2*maxShown {
		return ""
	}
	for _, name := range all {
		d := edits(given, strings.ToLower(name))
		if _, last, ok := strings.Cut(name, "."); ok && last != "*" && strings.ReplaceAll(given, "-", "_") == last {
			d = 1
		}
		if d <= 1+len(given)/4 && (best == "" || d < distance) {
			best, distance = name, d
		}
	}
	return best
}

// edits returns how many characters are added, left out, replaced or swapped with their
// neighbour between two names.
func edits(a, b string) int {
	before, row := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := slices.Clone(row)
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before = last
	}
	return row[len(b)]
}
