package main

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node/wire"
)

func TestReadLines(t *testing.T) {
	longest := strings.Repeat("x", wire.MaxText)
	const refused = "(too long)"
	for _, tc := range []struct {
		name, in string
		want     []string
	}{
		{"nothing", "", nil},
		{"lines", "one\ntwo\n", []string{"one", "two"}},
		{"no newline at the end", "one\ntwo", []string{"one", "two"}},
		{"empty lines", "\n\none\n", []string{"", "", "one"}},
		{"lines of Windows", "one\r\ntwo\r\n", []string{"one", "two"}},
		{"longest", longest + "\n" + longest + "\r\n" + longest, []string{longest, longest, longest}},
		{"too long by one", longest + "y\none\n", []string{refused, "one"}},
		{"too long by two", longest + "yy\none\n", []string{refused, "one"}},
		{"much too long", strings.Repeat(longest, 3) + "\none\n", []string{refused, "one"}},
		{"too long and last", longest + longest, []string{refused}},
		{"too long by one and last", longest + "y", []string{refused}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			lines := make(chan inputLine)
			go readLines(t.Context(), strings.NewReader(tc.in), false, lines)
			var got []string
			for line := range lines {
				if errors.Is(line.err, wire.ErrTextTooLong) {
					line.text = refused
				} else if line.err != nil {
					t.Error(line.err)
				}
				got = append(got, line.text)
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("got %.40q, want %.40q", got, tc.want)
			}
		})
	}
}

// TestTypedLineMayBeCut refuses a line as long as the longest that a terminal
// gives, because more of it may have been dropped.
func TestTypedLineMayBeCut(t *testing.T) {
	lines := make(chan inputLine)
	whole := strings.Repeat("x", maxTyped)
	go readLines(t.Context(), strings.NewReader(whole+"\n"+whole+"y\n"), true, lines)
	if line := <-lines; line.err != nil || line.text != whole {
		t.Errorf("a line of %d bytes: %v", len(whole), line.err)
	}
	if line := <-lines; !errors.Is(line.err, errTyped) {
		t.Errorf("a line that may be cut: %v, want errTyped", line.err)
	}
	if _, more := <-lines; more {
		t.Error("a third line of two")
	}
}
