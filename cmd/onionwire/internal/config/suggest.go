package config

import (
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"
)

// maxShown is how much of an unknown name is repeated, in characters.
const maxShown = 40

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
		d := levenshtein.ComputeDistance(given, strings.ToLower(name))
		if _, last, ok := strings.Cut(name, "."); ok && strings.ReplaceAll(given, "-", "_") == last {
			d = 1
		}
		if d <= 1+len(given)/4 && (best == "" || d < distance) {
			best, distance = name, d
		}
	}
	return best
}
