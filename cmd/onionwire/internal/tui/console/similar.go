package console

import (
	"strings"

	"github.com/agnivade/levenshtein"
)

// Similar returns the name of the command that a name was most likely meant as, or
// nothing: one that begins with it, or differs in two letters at most.
func Similar(name string) string {
	name = strings.ToLower(name)
	best, distance := "", 3
	for _, c := range commands {
		for _, n := range append([]string{c.Name}, c.Aliases...) {
			d := levenshtein.ComputeDistance(name, n)
			if len(name) >= 2 && strings.HasPrefix(n, name) {
				d = 1
			}
			// A name of three letters has nothing left of it after two mistakes.
			if d < distance && d < len(n)-1 {
				best, distance = c.Name, d
			}
		}
	}
	return best
}
