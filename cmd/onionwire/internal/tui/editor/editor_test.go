package editor_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/safe"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/editor"
)

const m = safe.ByCharacter

func TestEdit(t *testing.T) {
	for _, c := range []struct {
		what string
		do   func(e *editor.Editor)
		want string // with | where the cursor is
	}{
		{"insert", func(e *editor.Editor) { e.Left(); e.Insert("X") }, "one two\nthreX|e"},
		{"backspace", func(e *editor.Editor) { e.Backspace() }, "one two\nthre|"},
		{"delete", func(e *editor.Editor) { e.LineStart(); e.Delete() }, "one two\n|hree"},
		{"join lines", func(e *editor.Editor) { e.LineStart(); e.Backspace() }, "one two|three"},
		{"word", func(e *editor.Editor) { e.LineStart(); e.Left(); e.DeleteWord() }, "one |\nthree"},
		{"words", func(e *editor.Editor) { e.WordLeft(); e.WordLeft(); e.WordLeft() }, "|one two\nthree"},
		{"word right", func(e *editor.Editor) { e.WordLeft(); e.WordLeft(); e.WordRight() }, "one two|\nthree"},
		{"to start", func(e *editor.Editor) { e.DeleteToStart() }, "one two\n|"},
		{"to start twice", func(e *editor.Editor) { e.DeleteToStart(); e.DeleteToStart() }, "one two|"},
		{"line end", func(e *editor.Editor) { e.WordLeft(); e.WordLeft(); e.LineEnd() }, "one two|\nthree"},
		{"up", func(e *editor.Editor) { e.Up(m, 80) }, "one t|wo\nthree"},
		{"up and down", func(e *editor.Editor) { e.Up(m, 80); e.Down(m, 80) }, "one two\nthree|"},
		{"up at the top", func(e *editor.Editor) { e.Up(m, 80); e.Up(m, 80) }, "one t|wo\nthree"},
		{"nothing to the right", func(e *editor.Editor) { e.Right(); e.Delete() }, "one two\nthree|"},
	} {
		t.Run(c.what, func(t *testing.T) {
			var e editor.Editor
			e.Set("one two\nthree")
			c.do(&e)
			if got := e.Text()[:e.Cursor()] + "|" + e.Text()[e.Cursor():]; got != c.want {
				t.Errorf("%q, not %q", got, c.want)
			}
		})
	}
}

// Left, right and backspace take what people see as one character.
func TestClusters(t *testing.T) {
	var e editor.Editor
	family := "\U0001F469\u200d\U0001F469\u200d\U0001F467"
	e.Set("a" + family + "e\u0301")
	e.Backspace()
	if e.Text() != "a"+family {
		t.Errorf("%q", e.Text())
	}
	e.Left()
	if e.Cursor() != 1 {
		t.Errorf("at %d", e.Cursor())
	}
	e.Delete()
	if e.Text() != "a" {
		t.Errorf("%q", e.Text())
	}
}

func TestLimit(t *testing.T) {
	e := editor.Editor{Limit: 4}
	if !e.Insert("abcd") || e.Insert("e") || e.Text() != "abcd" {
		t.Errorf("%q", e.Text())
	}
}

func TestClean(t *testing.T) {
	var e editor.Editor
	e.Insert("a\r\nb\rc\x1b[31m\x00\td\xff\u0085")
	if want := "a\nb\nc[31m\td\uFFFD"; e.Text() != want {
		t.Errorf("%q, not %q", e.Text(), want)
	}
	one := editor.Editor{OneLine: true}
	one.Insert("a\nb\tc")
	if one.Text() != "a b c" {
		t.Errorf("%q", one.Text())
	}
}

// What is clean is left as it is, and what is not is made so, of which there is one form.
func FuzzClean(f *testing.F) {
	for _, text := range []string{"plain\ttext\n", "a\r\nb", "\x1b[31m", "\u0085", "\u00a0é漢", "\xff", "\x7f", "\xc2"} {
		f.Add(text, true)
		f.Add(text, false)
	}
	f.Fuzz(func(t *testing.T, text string, oneLine bool) {
		once, twice := editor.Editor{OneLine: oneLine}, editor.Editor{OneLine: oneLine}
		once.Set(text)
		twice.Set(once.Text())
		if once.Text() != twice.Text() {
			t.Errorf("%q, then %q", once.Text(), twice.Text())
		}
		for _, r := range once.Text() {
			if r < ' ' && r != '\t' && r != '\n' || r >= 0x7f && r < 0xa0 || oneLine && (r == '\n' || r == '\t') {
				t.Errorf("%q is in %q", r, once.Text())
			}
		}
		if !utf8.ValidString(once.Text()) {
			t.Errorf("%q is no UTF-8", once.Text())
		}
	})
}

func TestView(t *testing.T) {
	var e editor.Editor
	e.Set("one two three four five six")
	lines, x, y := e.View(m, 10, 2)
	if got := strings.Join(lines, "|"); got != "four five|six" || x != 3 || y != 1 {
		t.Errorf("%q, cursor at %d, %d", got, x, y)
	}
	for range 40 {
		e.Left()
	}
	lines, x, y = e.View(m, 10, 2)
	if got := strings.Join(lines, "|"); got != "one two|three" || x != 0 || y != 0 {
		t.Errorf("%q, cursor at %d, %d", got, x, y)
	}
	e.Click(2, 1)
	if e.Cursor() != len("one two th") {
		t.Errorf("clicked to %d", e.Cursor())
	}
	if h := e.Height(m, 10); h != 4 {
		t.Errorf("%d rows", h)
	}
}

func FuzzEditor(f *testing.F) {
	f.Add("hello\nworld", []byte("abcdefghij"))
	f.Add("漢字\u0301\U0001F469\u200d\U0001F467", []byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})
	f.Fuzz(func(t *testing.T, text string, moves []byte) {
		var e editor.Editor
		e.Insert(text)
		for i, b := range moves[:min(len(moves), 100)] {
			w := int(b)/16 + 2
			switch b % 13 {
			case 0:
				e.Left()
			case 1:
				e.Right()
			case 2:
				e.WordLeft()
			case 3:
				e.WordRight()
			case 4:
				e.LineStart()
			case 5:
				e.LineEnd()
			case 6:
				e.Backspace()
			case 7:
				e.Delete()
			case 8:
				e.DeleteWord()
			case 9:
				e.Up(m, w)
			case 10:
				e.Down(m, w)
			case 11:
				e.Click(i, i%5)
			case 12:
				e.Insert(text[:min(len(text), i)])
			}
			lines, x, y := e.View(m, w, 3)
			if len(lines) == 0 || len(lines) > 3 || x < 0 || x >= w || y < 0 || y >= len(lines) {
				t.Fatalf("%d lines, cursor at %d, %d", len(lines), x, y)
			}
			if !utf8.ValidString(e.Text()) || e.Cursor() < 0 || e.Cursor() > len(e.Text()) {
				t.Fatalf("cursor at %d of %q", e.Cursor(), e.Text())
			}
		}
	})
}
