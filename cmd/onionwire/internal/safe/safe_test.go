package safe_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/safe"
)

func TestText(t *testing.T) {
	for _, c := range []struct{ what, in, want string }{
		{"plain", "hello, world", "hello, world"},
		{"lines", "a\r\nb\nc\rd", "a\nb\nc␍d"},
		{"tab", "a\tb", "a    b"},
		{"clear screen", "\x1b[2J\x1b[H", "␛[2J␛[H"},
		{"window title", "\x1b]0;owned\a", "␛]0;owned␇"},
		{"C1 as a character", "a\u009b31mb", "a‹U+009B›31mb"},
		{"C1 as a byte", "a\x9b31mb", "a‹9B›31mb"},
		{"delete", "a\x7fb", "a␡b"},
		{"null", "a\x00b", "a␀b"},
		{"override", "abc\u202etxt.exe", "abc‹U+202E›txt.exe"},
		{"isolates", "\u2066a\u2069", "‹U+2066›a‹U+2069›"},
		{"zero width", "pay\u200bpal", "pay‹U+200B›pal"},
		{"soft hyphen", "a\u00adb", "a‹U+00AD›b"},
		{"byte order mark", "\ufeffa", "‹U+FEFF›a"},
		{"joiner between letters", "a\u200db", "a‹U+200D›b"},
		{"joined emoji", "\U0001F469\u200d\U0001F467", "\U0001F469\u200d\U0001F467"},
		{"joined emoji with selector", "\u2764\ufe0f\u200d\U0001F525", "\u2764\ufe0f\u200d\U0001F525"},
		{"skin", "\U0001F44D\U0001F3FD", "\U0001F44D\U0001F3FD"},
		{"flag", "\U0001F1E9\U0001F1EA", "\U0001F1E9\U0001F1EA"},
		{"keycap", "1\ufe0f\u20e3", "1\ufe0f\u20e3"},
		{"selectors that carry data", "a\ufe01\U000e0101", "a‹U+FE01›‹U+E0101›"},
		{"selector on a letter", "a\ufe0f", "a‹U+FE0F›"},
		{"tags", "\U000e0041", "‹U+E0041›"},
		{"Persian", "می\u200cخواهم", "می\u200cخواهم"},
		{"Hindi", "क\u094d\u200dष", "क\u094d\u200dष"},
		{"Chinese", "漢字", "漢字"},
		{"accents", "e\u0301a\u0308", "e\u0301a\u0308"},
		{"pile of accents", "a" + strings.Repeat("\u0301", 10), "a" + strings.Repeat("\u0301", 4) + "‹+6 marks›"},
		{"accent on nothing", "\u0301a", "‹+1 marks›a"},
		{"accent on a line feed", "a\n\u0301", "a\n‹+1 marks›"},
		{"invisible letters", "a\u3164b\u115fc\u2800", "a‹U+3164›b‹U+115F›c‹U+2800›"},
		{"line separator", "a\u2028b", "a‹U+2028›b"},
		{"private use", "\ue000", "‹U+E000›"},
		{"not assigned", "\u0378", "‹U+0378›"},
		{"broken UTF-8", "a\xff\xc3(", "a‹FF›‹C3›("},
		{"surrogate", "\xed\xa0\x80", "‹ED›‹A0›‹80›"},
	} {
		t.Run(c.what, func(t *testing.T) {
			if got := safe.Text(c.in); got != c.want {
				t.Errorf("%q, not %q", got, c.want)
			}
		})
	}
}

func TestLine(t *testing.T) {
	if got := safe.Line("a\nb\r\nc"); got != "a␊b␊c" {
		t.Errorf("%q", got)
	}
}

// check fails unless text is harmless.
func check(t *testing.T, text string, lines bool) {
	t.Helper()
	for _, r := range text {
		switch {
		case r == '\n' && lines, r == '\u200d', r == '\u200c':
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r):
			t.Fatalf("%U is in %q", r, text)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{
		"", "hello", "\x1b[31m", "a\u202eb", "\U0001F469\u200d\U0001F467", "漢字", "a\xffb", "a\u0301\u0301\u0301\u0301\u0301\u0301",
		"\U0001F469\u200d\xf0", "\x810\u0301\xa3\xa3", "\xf0\x9f \x80\x8d0000",
	} {
		f.Add(s, uint8(10))
	}
	f.Fuzz(func(t *testing.T, s string, width uint8) {
		text := safe.Text(s)
		check(t, text, true)
		check(t, safe.Line(s), false)
		if again := safe.Text(text); again != text {
			t.Errorf("%q becomes %q", text, again)
		}
		for _, m := range []safe.Method{safe.ByCharacter, safe.ByGrapheme} {
			w := int(width%40) + 1
			whole(t, m, text, w, false)
			whole(t, m, s, w, true)
			if got := safe.Width(m, safe.Fit(m, safe.Line(s), w)); got != w {
				t.Errorf("fitted to %d cells, not %d", got, w)
			}
		}
	})
}

// whole fails unless rows are no wider than they may be, in order, and miss nothing but
// spaces and line feeds.
func whole(t *testing.T, m safe.Method, s string, width int, raw bool) {
	t.Helper()
	at := 0
	for _, row := range safe.Wrap(m, s, width, raw) {
		check(t, row.Text, false)
		if w := safe.Width(m, row.Text); w > width {
			t.Errorf("%q has %d cells, not %d", row.Text, w, width)
		}
		if row.Start < at || row.End < row.Start || row.End > len(s) {
			t.Fatalf("row from %d to %d after %d of %q", row.Start, row.End, at, s)
		}
		if left := strings.Trim(s[at:row.Start], " \n"); left != "" {
			t.Errorf("%q is in no row", left)
		}
		at = row.End
	}
	if left := strings.Trim(s[at:], " \n"); left != "" {
		t.Errorf("%q is in no row", left)
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		in    string
		width int
		want  string // rows with | between them
	}{
		{"", 5, ""},
		{"hello", 5, "hello"},
		{"hello world", 5, "hello|world"},
		{"hello world", 6, "hello|world"},
		{"hello world", 11, "hello world"},
		{"abcdefgh", 3, "abc|def|gh"},
		{"a abcdefgh", 4, "a|abcd|efgh"},
		{"  indented text", 10, "  indented|text"},
		{"a\n\nb", 5, "a||b"},
		{"漢字漢字", 4, "漢字|漢字"},
		{"漢字漢字", 5, "漢字|漢字"},
		{"漢字", 1, "…|…"},
		{"ab 漢字 cd", 5, "ab|漢字|cd"},
		{"é é é", 3, "é é|é"},
	} {
		var got []string
		for _, row := range safe.Wrap(safe.ByCharacter, c.in, c.width, false) {
			got = append(got, row.Text)
		}
		if strings.Join(got, "|") != c.want {
			t.Errorf("%q at %d: %q, not %q", c.in, c.width, got, c.want)
		}
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		in    string
		width int
		want  string
	}{{"hello", 5, "hello"}, {"hello", 4, "hel…"}, {"hello", 1, "…"}, {"hello", 0, ""}, {"漢字漢", 4, "漢…"}, {"", 3, ""}} {
		if got := safe.Cut(safe.ByCharacter, c.in, c.width); got != c.want {
			t.Errorf("%q at %d: %q", c.in, c.width, got)
		}
	}
	if got := safe.Fit(safe.ByCharacter, "漢字漢", 4); safe.Width(safe.ByCharacter, got) != 4 {
		t.Errorf("%q", got)
	}
}

// The methods differ where terminals do.
func TestMethods(t *testing.T) {
	family := "\U0001F469\u200d\U0001F469\u200d\U0001F467"
	if a, b := safe.Width(safe.ByCharacter, family), safe.Width(safe.ByGrapheme, family); a != 6 || b != 2 {
		t.Errorf("%d and %d cells", a, b)
	}
}

func BenchmarkWrap(b *testing.B) {
	for name, text := range map[string]string{
		"plain": strings.Repeat("some words that are wrapped ", 2300),
		"wide":  strings.Repeat("漢字 und Wörter ", 3000),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				safe.Wrap(safe.ByCharacter, safe.Text(text), 80, false)
			}
		})
	}
}
