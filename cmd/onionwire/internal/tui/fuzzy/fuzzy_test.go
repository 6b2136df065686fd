package fuzzy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/fuzzy"
)

func TestBestFirst(t *testing.T) {
	names := []string{"Zoë Zacharias", "Barbara", "Bob from work", "Robert Bobson", "bob", "Carol"}
	for _, test := range []struct {
		typed string
		want  []string
	}{
		{"bob", []string{"bob", "Bob from work", "Robert Bobson"}},
		{"bfw", []string{"Bob from work"}},
		{"rb", []string{"Robert Bobson", "Barbara"}},
		{"Bw", []string{"Bob from work"}},
		{"zë", []string{"Zoë Zacharias"}},
		{"b o b f", []string{"Bob from work"}},
		{"nobody", nil},
	} {
		var got []string
		for _, m := range fuzzy.Rank(test.typed, names, 10) {
			got = append(got, names[m.Index])
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%q finds %q, want %q", test.typed, got, test.want)
		}
	}
}

func TestNothingTypedKeepsTheOrder(t *testing.T) {
	got := fuzzy.Rank(" ", []string{"c", "a", "b"}, 2)
	if len(got) != 2 || got[0].Index != 0 || got[1].Index != 1 {
		t.Errorf("ranked %v", got)
	}
	if got := fuzzy.Rank("a", []string{"a"}, 0); len(got) != 0 {
		t.Errorf("%d results where none was asked for", len(got))
	}
}

func TestHighlight(t *testing.T) {
	name := "Bob from work"
	m := fuzzy.Rank("bfw", []string{name}, 1)[0]
	got := fuzzy.Highlight(name, m.Positions, func(s string) string { return "<" + s + ">" })
	if got != "<B>ob <f>rom <w>ork" {
		t.Errorf("marked %q", got)
	}
	if got := fuzzy.Highlight(name, nil, strings.ToUpper); got != name {
		t.Errorf("marked %q without positions", got)
	}
}

// FuzzRank: positions are in the name, rise, and are what was typed.
func FuzzRank(f *testing.F) {
	f.Add("bfw", "Bob from work")
	f.Add("İ", "İstanbul")
	f.Add("\xff", "a\xff")
	f.Fuzz(func(t *testing.T, typed, name string) {
		for _, m := range fuzzy.Rank(typed, []string{name, typed}, 2) {
			letters := []rune([]string{name, typed}[m.Index])
			last := -1
			for _, p := range m.Positions {
				if p <= last || p >= len(letters) {
					t.Fatalf("positions %v in %d letters", m.Positions, len(letters))
				}
				if !strings.ContainsRune(strings.Map(unicode.ToLower, typed), unicode.ToLower(letters[p])) {
					t.Fatalf("%q was not typed", letters[p])
				}
				last = p
			}
		}
	})
}

// BenchmarkRank has as many names as the largest profile.
func BenchmarkRank(b *testing.B) {
	names := make([]string, 10_000)
	for i := range names {
		names[i] = fmt.Sprintf("Contact %d of somebody", i)
	}
	for b.Loop() {
		fuzzy.Rank("c42s", names, 20)
	}
}
