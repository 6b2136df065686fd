package download_test

import (
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/onionwire/onionwire/node/download"
)

var names = []struct{ raw, want string }{
	{"report.pdf", "report.pdf"},
	{"Ünïcödé 文件 👋.tar.gz", "Ünïcödé 文件 👋.tar.gz"},
	{"a - b_c (1)'s.txt", "a - b_c (1)'s.txt"},

	{"../../x", "x"},
	{`..\..\x`, "x"},
	{"/etc/passwd", "passwd"},
	{`C:\Windows\System32\x.dll`, "x.dll"},
	{"folder/", "folder"},
	{"a/../..", "file"},
	{"stream.txt:evil", "stream.txt_evil"},
	{`<a>|"b"?*`, "_a___b___"},

	{".bashrc", "bashrc"},
	{"...", "file"},
	{"-rf", "rf"},
	{" . - .x", "x"},
	{"x. . ", "x"},
	{"x ./", "x"},
	{"", "file"},
	{" ", "file"},
	{"/", "file"},

	{"a\x00b\nc\x7f\u0085d", "abcd"},
	{"invoice\u202efdp.exe", "invoicefdp.exe"},
	{"a\u200b\u2060\ufeff\u2028\u2029\u061c\U000e0041b", "ab"},
	{"\u3164\u115f\uffa0\u034f\ufe0f", "file"},
	{"a\u00a0\u2003\u3000\u2800b", "a    b"},
	{"\ue000private", "private"},
	{"a\u0557\ufffe", "a__"},
	{"bad\xff\xfeutf", "bad_utf"},
	{"\u200b../\u200b..", "file"},
	{"\u200b.\u200b.x", "x"},

	{"con", "_con"},
	{"CON.txt", "_CON.txt"},
	{"nul .a.b", "_nul .a.b"},
	{"COM1", "_COM1"},
	{"lpt³.x", "_lpt³.x"},
	{"conout$", "_conout$"},
	{"console.txt", "console.txt"},
	{"COM10", "COM10"},

	{strings.Repeat("a", 300) + ".pdf", strings.Repeat("a", 251) + ".pdf"},
	{strings.Repeat("a", 300), strings.Repeat("a", 255)},
	{strings.Repeat("é", 300) + ".txt", strings.Repeat("é", 125) + ".txt"},
	{"x." + strings.Repeat("a", 300), "x." + strings.Repeat("a", 253)},
	{"a" + strings.Repeat(" ", 300) + ".txt", "a.txt"},
	{"AUX." + strings.Repeat("a", 251), "_AUX." + strings.Repeat("a", 250)},
}

func TestName(t *testing.T) {
	for _, test := range names {
		if got := download.Name(test.raw); got != test.want {
			t.Errorf("%q becomes %q, want %q", test.raw, got, test.want)
		}
	}
}

func FuzzName(f *testing.F) {
	for _, test := range names {
		f.Add(test.raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		name := download.Name(raw)
		wantHarmless(t, name)
		if again := download.Name(name); again != name {
			t.Errorf("%q becomes %q the second time", name, again)
		}
		wantHarmless(t, download.Suffixed(name, " (10000)"))
	})
}

func wantHarmless(t *testing.T, name string) {
	t.Helper()
	switch {
	case name == "", len(name) > 255:
		t.Errorf("%q has %d bytes", name, len(name))
	case !utf8.ValidString(name):
		t.Errorf("%q is not UTF-8", name)
	case strings.ContainsAny(name, "/\\:*?\"<>|\x00"):
		t.Errorf("%q has characters that mean something", name)
	case strings.ContainsFunc(name, func(r rune) bool { return r != ' ' && !unicode.IsGraphic(r) && unicode.In(r, unicode.C, unicode.Z) }):
		t.Errorf("%q has characters that cannot be seen", name)
	case strings.ContainsRune(" .-", rune(name[0])), strings.ContainsRune(" .", rune(name[len(name)-1])):
		t.Errorf("%q begins or ends badly", name)
	case !filepath.IsLocal(name), filepath.Base(name) != name:
		t.Errorf("%q is not the name of a file in a folder", name)
	}
	stem, _, _ := strings.Cut(name, ".")
	switch strings.ToUpper(strings.TrimRight(stem, " ")) {
	case "CON", "PRN", "AUX", "NUL", "COM1", "LPT9", "COM¹", "CONIN$":
		t.Errorf("%q is a device", name)
	}
}
