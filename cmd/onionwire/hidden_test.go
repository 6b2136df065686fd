package main

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/cmd/internal/cli"
)

func TestReadHidden(t *testing.T) {
	for _, tc := range []struct{ name, typed, want, rest string }{
		{"Enter", "secret\rmore", "secret", "more"},
		{"a pasted line", "secret\nmore", "secret", "more"},
		{"nothing", "\r", "", ""},
		{"spaces", " a b \r", " a b ", ""},
		{"mended", "secrat\x7f\x7fet\r", "secret", ""},
		{"letters of several bytes", "zażółć\x08\x08e\r", "zażóe", ""},
		{"more backspaces than letters", "a\x7f\x7f\x7fb\r", "b", ""},
		{"begun anew", "wrong\x15right\r", "right", ""},
		{"the end in the middle", "sec\x04ret\r", "secret", ""},
		{"a tab", "a\tb\r", "ab", ""},
		{"the longest", strings.Repeat("x", maxHidden) + "\r", strings.Repeat("x", maxHidden), ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			in := strings.NewReader(tc.typed)
			got, err := readHidden(in, justOne)
			if err != nil || string(got) != tc.want {
				t.Errorf("got %.40q, %v, want %.40q", got, err, tc.want)
			}
			if rest, _ := io.ReadAll(in); string(rest) != tc.rest {
				t.Errorf("%q is left, want %q", rest, tc.rest)
			}
		})
	}
	for name, typed := range map[string]string{
		"Ctrl-C": "sec\x03ret\r", "Ctrl-D": "\x04", "a terminal that goes": "sec",
	} {
		if _, err := readHidden(strings.NewReader(typed), justOne); !errors.Is(err, cli.ErrInterrupted) {
			t.Errorf("%s: %v, want ErrInterrupted", name, err)
		}
	}
	if _, err := readHidden(strings.NewReader(strings.Repeat("x", maxHidden+1)), justOne); err == nil {
		t.Error("a line of any length is taken")
	}
}

func justOne([]byte) bool { return false }

// TestReadHiddenLines: what belongs together is read together, however it is cut into lines,
// and nothing behind it.
func TestReadHiddenLines(t *testing.T) {
	four := func(line []byte) bool { return len(strings.Fields(string(line))) < 4 }
	for _, tc := range []struct{ name, typed, want, rest string }{
		{"one line", "a b c d\rls\r", "a b c d", "ls\r"},
		{"lines", "a b\nc\nd\nls\n", "a b c d", "ls\n"},
		{"spaces at the end", "a b \n c d\n", "a b   c d", ""},
		{"too many", "a\rb c d e\r", "a b c d e", ""},
		{"given up", "a b\r\rls\r", "a b ", "ls\r"},
		{"begun anew", "a b\rx\x15c x\x7fd\r", "a b c d", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			in := strings.NewReader(tc.typed)
			got, err := readHidden(in, four)
			if err != nil || string(got) != tc.want {
				t.Errorf("got %q, %v, want %q", got, err, tc.want)
			}
			if rest, _ := io.ReadAll(in); string(rest) != tc.rest {
				t.Errorf("%q is left, want %q", rest, tc.rest)
			}
		})
	}
}

func TestReadSecret(t *testing.T) {
	longest := strings.Repeat("x", 1024)
	for _, tc := range []struct{ name, in, want, rest string }{
		{"a line", "secret\nhello\n", "secret", "hello\n"},
		{"a line of Windows", "secret\r\nhello\n", "secret", "hello\n"},
		{"no newline", "secret", "secret", ""},
		{"an empty line", "\nhello", "", "hello"},
		{"the longest", longest + "\r\nhello", longest, "hello"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			in := strings.NewReader(tc.in)
			got, err := readSecret(in)
			if err != nil || string(got) != tc.want {
				t.Errorf("got %.40q, %v, want %.40q", got, err, tc.want)
			}
			if rest, _ := io.ReadAll(in); string(rest) != tc.rest {
				t.Errorf("%q is left, want %q", rest, tc.rest)
			}
		})
	}
	for name, in := range map[string]string{"nothing": "", "too long": longest + "xx\n"} {
		if got, err := readSecret(strings.NewReader(in)); err == nil {
			t.Errorf("%s: got %.40q", name, got)
		}
	}
}
