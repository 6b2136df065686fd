package e2ee_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
	"pgregory.net/rapid"
)

// flight is what one side has sealed: cells that have not been dropped.
type flight struct {
	cells, contents [][]byte
	opened          []bool
}

// Whatever arrives in whatever order, both implementations seal the same cells,
// open them to the same contents, refuse them for the same reasons, and are then
// in the same state, which each can take over from the other.
func TestConformanceOfConversations(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := newTwins(t, "conversation")
		sides, sent := [2]*twin{a, b}, [2]*flight{{}, {}}
		clock := now
		pick := func(t *rapid.T) (*twin, *twin, *flight) {
			i := rapid.IntRange(0, 1).Draw(t, "sender")
			return sides[i], sides[1-i], sent[i]
		}
		// cell returns one that was sealed, more likely a late one, or -1.
		cell := func(t *rapid.T, f *flight) int {
			if len(f.cells) == 0 {
				return -1
			}
			back := rapid.IntRange(0, min(len(f.cells)-1, 1<<rapid.IntRange(0, 10).Draw(t, "within"))).Draw(t, "back")
			return len(f.cells) - 1 - back
		}
		t.Repeat(map[string]func(*rapid.T){
			"seal": func(t *rapid.T) {
				from, _, f := pick(t)
				size := rapid.SampledFrom([]int{0, 1, 100, 1724, 1725, 5820, 5821, 66559, 66560}).Draw(t, "size")
				content := bytes.Repeat([]byte{byte(len(f.cells))}, size)
				f.cells = append(f.cells, from.seal(t, content))
				f.contents, f.opened = append(f.contents, content), append(f.opened, false)
			},
			"seal and lose": func(t *rapid.T) {
				from, _, _ := pick(t)
				for range rapid.SampledFrom([]int{1, 2, 10, 100}).Draw(t, "cells") {
					from.seal(t, nil)
				}
			},
			"open": func(t *rapid.T) {
				_, to, f := pick(t)
				i := cell(t, f)
				if i < 0 {
					return
				}
				content, err := to.open(t, f.cells[i], clock)
				if err != nil {
					return
				}
				if f.opened[i] {
					t.Error("a cell was opened twice")
				}
				if !bytes.Equal(content, f.contents[i]) {
					t.Error("a content has changed")
				}
				f.opened[i] = true
			},
			"open, changed": func(t *rapid.T) {
				_, to, f := pick(t)
				i := cell(t, f)
				if i < 0 {
					return
				}
				c := slices.Clone(f.cells[i])
				c[rapid.IntRange(0, len(c)-1).Draw(t, "at")] ^= rapid.ByteRange(1, 255).Draw(t, "change")
				if _, err := to.open(t, c, clock); err == nil {
					t.Error("a changed cell was opened")
				}
			},
			"open, returned": func(t *rapid.T) {
				from, _, f := pick(t)
				i := cell(t, f)
				if i < 0 {
					return
				}
				if _, err := from.open(t, f.cells[i], clock); !errors.Is(err, reference.ErrDecrypt) {
					t.Errorf("one's own cell: %v", err)
				}
			},
			"save and load": func(t *rapid.T) {
				w, _, _ := pick(t)
				w.reload(t)
			},
			"wait": func(t *rapid.T) {
				days := rapid.IntRange(-3, 20).Draw(t, "days")
				clock = clock.Add(time.Duration(days) * 24 * time.Hour)
			},
			"": func(t *rapid.T) {
				for _, w := range sides {
					w.same(t)
					if w.real.Lost() != w.ref.Lost || !slices.Equal(w.real.Missing(), missing(w.ref)) {
						t.Error("what is lost or missing differs")
					}
				}
			},
		})
	})
}

// missing returns the numbers of the cells whose keys are kept.
func missing(s *reference.Session) []uint64 {
	var numbers []uint64
	for _, c := range s.Skipped {
		for _, k := range c.Keys {
			numbers = append(numbers, c.Base+k.N)
		}
	}
	return numbers
}

// TestConformanceOfBounds skips cells until each bound holds something back, and
// the oldest keys go.
func TestConformanceOfBounds(t *testing.T) {
	for name, chains := range map[string][]struct{ before, after int }{
		"one chain":           {{700, 324}, {0, 0}},
		"one chain, too many": {{1024, 10}, {0, 0}},
		"one chain by one":    {{1024, 1}, {0, 0}},
		"in all by one":       {{1024, 0}, {1024, 0}, {1, 0}, {0, 0}},
		"end of a chain":      {{600, 600}, {300, 10}},
		"in all":              {{900, 0}, {900, 0}, {900, 100}, {0, 0}},
		"everything at once":  {{600, 0}, {1000, 300}, {524, 500}, {100, 924}, {0, 0}},
		"chains":              {{1, 1}, {2, 0}, {3, 1}, {4, 0}, {5, 1}, {6, 0}, {7, 1}, {8, 0}, {9, 1}, {10, 0}},
		"chains and keys":     {{1, 1}, {200, 0}, {3, 1}, {400, 0}, {5, 1}, {600, 0}, {7, 700}, {8, 0}, {500, 1}, {10, 0}},
		"empty chains":        {{0, 0}, {0, 1}, {1, 0}, {0, 0}, {0, 3}, {0, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := newTwins(t, "bounds")
			var kept [][]byte
			skip := func(n int) {
				for range n {
					kept = append(kept, a.seal(t, nil))
				}
			}
			open := func(w *twin, cell []byte) {
				t.Helper()
				if _, err := w.open(t, cell, now); err != nil {
					t.Fatal(err)
				}
				w.same(t)
			}
			for _, c := range chains {
				skip(c.before)
				open(b, a.seal(t, nil))
				skip(c.after)
				open(a, b.seal(t, nil))
			}
			if b.real.Lost() != b.ref.Lost {
				t.Errorf("%d cells are lost, in the reference %d", b.real.Lost(), b.ref.Lost)
			}
			for _, cell := range kept {
				_, _ = b.open(t, cell, now)
			}
			b.same(t)
		})
	}
}

// Clocks may stand anywhere.
func TestConformanceOfClocks(t *testing.T) {
	for _, at := range []time.Time{
		{}, time.Unix(-1, 0), time.Unix(0, 0), time.Unix(1, 0), time.Unix(1<<40, 0), now.AddDate(-30, 0, 0),
	} {
		a, b := newTwins(t, "clocks")
		late := a.seal(t, []byte("late"))
		if _, err := b.open(t, a.seal(t, nil), now); err != nil {
			t.Fatal(err)
		}
		_, _ = b.open(t, late, at)
		later := a.seal(t, []byte("later"))
		if _, err := b.open(t, a.seal(t, nil), at); err != nil {
			t.Fatal(err)
		}
		b.reload(t)
		_, _ = b.open(t, later, now)
		b.same(t)
	}
}

// TestConformanceAtTheEdgeOfJumps tries jumps about the bound, within a chain
// and across a step.
func TestConformanceAtTheEdgeOfJumps(t *testing.T) {
	for before := range 3 {
		for within := range 3 {
			a, b := newTwins(t, "jumps")
			if _, err := b.open(t, a.seal(t, nil), now); err != nil {
				t.Fatal(err)
			}
			for range 510 + before {
				a.seal(t, nil)
			}
			if _, err := a.open(t, b.seal(t, nil), now); err != nil {
				t.Fatal(err)
			}
			for range 512 + within {
				a.seal(t, nil)
			}
			_, err := b.open(t, a.seal(t, nil), now)
			if jump := 510 + before + 512 + within; (err == nil) != (jump <= e2ee.MaxJump) {
				t.Errorf("a jump of %d: %v", jump, err)
			}
			b.same(t)
		}
	}
	a, b := newTwins(t, "jumps")
	if _, err := b.open(t, a.seal(t, nil), now); err != nil {
		t.Fatal(err)
	}
	for range e2ee.MaxJump {
		a.seal(t, nil)
	}
	last, beyond := a.seal(t, nil), a.seal(t, nil)
	if _, err := b.open(t, beyond, now); !errors.Is(err, reference.ErrGap) {
		t.Errorf("one too many: %v", err)
	}
	if _, err := b.open(t, last, now); err != nil {
		t.Errorf("as many as allowed: %v", err)
	}
	b.same(t)
}
