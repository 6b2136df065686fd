package recovery_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/recovery"
)

func words(n int) (all []string) {
	for i := range n {
		all = append(all, fmt.Sprintf("word%c%c", 'a'+i, 'a'+i))
	}
	return all
}

func TestCheck(t *testing.T) {
	asked := make(map[int]bool)
	for range 200 {
		all := words(24)
		c := recovery.New(all)
		last := 0
		for n := 0; !c.Done(); n++ {
			place := c.Place()
			if n == recovery.Asked || place <= last || place > len(all) {
				t.Fatalf("word %d is asked for after word %d", place, last)
			}
			asked[place], last = true, place
			for _, wrong := range []string{"", "wor", "wordxyz", all[place%len(all)], all[place-1] + "s"} {
				if c.Answer(wrong) == "" {
					t.Fatalf("%q is taken for %q", wrong, all[place-1])
				}
			}
			if says := c.Answer(" " + strings.ToUpper(all[place-1]) + " "); says != "" {
				t.Fatal(says)
			}
		}
		if c.Place() != 0 || c.Answer("more") != "" {
			t.Fatal("it is done, and goes on")
		}
	}
	if len(asked) != 24 {
		t.Errorf("only %d words are ever asked for", len(asked))
	}
}

func TestCheckOfFewWords(t *testing.T) {
	for n := range 3 {
		c := recovery.New(words(n))
		for range n {
			if says := c.Answer(words(n)[c.Place()-1][:5]); says != "" {
				t.Error(says)
			}
		}
		if !c.Done() {
			t.Errorf("of %d words, more are asked for", n)
		}
	}
}

func TestColumns(t *testing.T) {
	for width, want := range map[int]string{
		100: "1 wordaa    7 wordgg   13 wordmm   19 wordss", 36: "1 wordaa    9 wordii   17 wordqq", 10: "1 wordaa", 1: "1 wordaa",
	} {
		lines := recovery.Columns(words(24), width)
		if got := strings.TrimSpace(lines[0]); got != want {
			t.Errorf("the first line of width %d is %q", width, got)
		}
		if n := len(strings.Fields(strings.Join(lines, " "))); n != 48 {
			t.Errorf("width %d has %d words and numbers", width, n)
		}
		if width > 10 && slices.ContainsFunc(lines, func(l string) bool { return len(l) > width }) {
			t.Errorf("a line is wider than %d", width)
		}
	}
}
