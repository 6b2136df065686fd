// Package recovery asks for some of the words that a profile can be made again from, to see
// whether they were written down.
package recovery

import (
	"crypto/rand"
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// Asked is how many words somebody has to give back.
const Asked = 3

// enough is how many letters of a word say which one it is: no two words of the list
// begin with the same.
const enough = 4

// Check is what is still to be asked for. The zero Check is done.
type Check struct {
	words  []string
	wanted []int
}

// New chooses the words to ask for, in the order in which they were shown.
func New(words []string) *Check {
	c := &Check{words: words}
	for len(c.wanted) < min(Asked, len(words)) {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(words))))
		if err != nil {
			return c // it never fails, and then fewer are asked for
		}
		if i := int(n.Int64()); !slices.Contains(c.wanted, i) {
			c.wanted = append(c.wanted, i)
		}
	}
	slices.Sort(c.wanted)
	return c
}

// Done reports whether all were given back.
func (c *Check) Done() bool { return len(c.wanted) == 0 }

// Place is the number of the word that is asked for now, from 1 on, or 0.
func (c *Check) Place() int {
	if c.Done() {
		return 0
	}
	return c.wanted[0] + 1
}

// Answer goes on to the next word if this is the one that is asked for. Otherwise it says
// what is wrong.
func (c *Check) Answer(text string) (wrong string) {
	if c.Done() {
		return ""
	}
	word, given := c.words[c.wanted[0]], strings.ToLower(strings.TrimSpace(text))
	if given != word && (len(given) < enough || !strings.HasPrefix(word, given)) {
		return fmt.Sprintf("Word %d is another one. Look at what you have written down.", c.Place())
	}
	c.wanted = c.wanted[1:]
	return ""
}

// Columns puts words in columns that are read from the top to the bottom, each with its
// number, in lines of up to width columns.
func Columns(words []string, width int) (lines []string) {
	const cell = 12 // a number, a space, a word of eight letters, and a space
	columns := max(min((width+1)/cell, 4), 1)
	rows := (len(words) + columns - 1) / columns
	for row := range rows {
		var line strings.Builder
		for i := row; i < len(words); i += rows {
			fmt.Fprintf(&line, "%2d %-*s", i+1, cell-3, words[i])
		}
		lines = append(lines, strings.TrimRight(line.String(), " "))
	}
	return lines
}
