package console

import "strings"

// Similar returns the name of the command that a name was most likely meant as, or
// nothing: one that begins with it, or differs in two letters at most.
func Similar(name string) string {
	name = strings.ToLower(name)
	best, distance := "", 3
	for _, c := range commands {
		for _, n := range append([]string{c.Name}, c.Aliases...) {
			d := edits(name, n)
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

// edits is how many letters have to be added, left out, exchanged or swapped with the
// next one to make a of b.
func edits(a, b string) int {
	x, y := []rune(a), []rune(b)
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(y)]
}
