package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	red, grey, deep := style{fg: basic[1]}, style{fg: "#080808", bold: true}, style{bg: "#010203"}
	for _, tc := range []struct {
		name, in string
		want     [][]run
	}{
		{"plain", "ab\n\nc\n", [][]run{{{text: "ab", width: 2}}, nil, {{text: "c", width: 1}}}},
		{"colour", "a\x1b[31mb\x1b[0mc", [][]run{{{text: "a", width: 1}, {style: red, text: "b", at: 1, width: 1}, {text: "c", at: 2, width: 1}}}},
		{"style goes on", "\x1b[31ma\nb\x1b[m", [][]run{{{style: red, text: "a", width: 1}}, {{style: red, text: "b", width: 1}}}},
		{"256 colours", "\x1b[1;38;5;232ma", [][]run{{{style: grey, text: "a", width: 1}}}},
		{"direct colour", "\x1b[48:2::1:2:3ma", [][]run{{{style: deep, text: "a", width: 1}}}},
		{"wide", "日\x1b[31mb", [][]run{{{text: "日", width: 2}, {style: red, text: "b", at: 2, width: 1}}}},
		{"curly underline", "\x1b[4:3ma", [][]run{{{style: style{line: true}, text: "a", width: 1}}}},
		{"others", "\x1b(B\x1b[2Ka\x1b[", [][]run{{{text: "a", width: 1}}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := parse(tc.in); !reflect.DeepEqual(got, tc.want) {
				t.Errorf("%q is %+v, want %+v", tc.in, got, tc.want)
			}
		})
	}
}

// TestPicture: what is drawn is XML, and the text is where it belongs.
func TestPicture(t *testing.T) {
	var out bytes.Buffer
	if err := draw(strings.NewReader("a <b> \x1b[7m&\x1b[0m  far│\n█日本\n"), &out, "<title>"); err != nil {
		t.Fatal(err)
	}
	for d := xml.NewDecoder(bytes.NewReader(out.Bytes())); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{
		`&lt;title&gt;`,
		`<text x="16.0" y="47" textLength="8.4" lengthAdjust="spacingAndGlyphs" fill="#d6d8de">a</text>`,
		`<text x="32.8" y="47" textLength="25.2" lengthAdjust="spacingAndGlyphs" fill="#d6d8de">&lt;b&gt;</text>`,
		`<rect x="66.4" y="34" width="8.4" height="18" fill="#d6d8de" shape-rendering="crispEdges"/>`,
		`fill="#16181d">&amp;</text>`,
		`<text x="91.6" y="47" textLength="25.2"`,
		`<path d="M121.00 43.00V34.00M121.00 43.00V52.00" fill="none"`,
		`<path d="M16.00 52.00H24.40V70.00H16.00Z" fill="#d6d8de" shape-rendering="crispEdges"/>`,
		`<text x="24.4" y="65" textLength="33.6"`,
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("there is no %s in\n%s", want, out.String())
		}
	}
}

func TestPalette(t *testing.T) {
	for n, want := range map[int]string{-1: "", 0: basic[0], 15: basic[15], 16: "#000000", 21: "#0000ff", 231: "#ffffff", 232: "#080808", 255: "#eeeeee", 256: ""} {
		if got := palette(n); got != want {
			t.Errorf("colour %d is %q, want %q", n, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "\x1b", "\x1b[", "\x1b[38;5", "\x1b[38;2;1;2;3mx", "\x1b(", "a\x1b[999999999999mb", "\xff\x1b[\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(_ *testing.T, s string) { svg(parse(s), s) })
}
