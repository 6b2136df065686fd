package main

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/cmd/internal/cli"
)

func TestReadHidden(t *testing.T) {
	// What belongs together is read together, however it is cut into lines.
	four := func(line []byte) bool { return len(strings.Fields(string(line))) < 4 }
	for _, tc := range []struct {
		name, typed, want, rest string
		more                    func([]byte) bool
	}{
		{"one line of four words", "a b c d\rls\r", "a b c d", "ls\r", four},
		{"lines", "a b\nc\nd\nls\n", "a b c d", "ls\n", four},
		{"lines with spaces at the end", "a b \n c d\n", "a b   c d", "", four},
		{"too many words", "a\rb c d e\r", "a b c d e", "", four},
		{"lines given up", "a b\r\rls\r", "a b ", "ls\r", four},
		{"a line begun anew", "a b\rx\x15c x\x7fd\r", "a b c d", "", four},
		{"Enter", "secret\rmore", "secret", "more", justOne},
		{"a pasted line", "secret\nmore", "secret", "more", justOne},
		{"nothing", "\r", "", "", justOne},
		{"spaces", " a b \r", " a b ", "", justOne},
		{"mended", "secrat\x7f\x7fet\r", "secret", "", justOne},
		{"letters of several bytes", "zażółć\x08\x08e\r", "zażóe", "", justOne},
		{"more backspaces than letters", "a\x7f\x7f\x7fb\r", "b", "", justOne},
		{"begun anew", "wrong\x15right\r", "right", "", justOne},
		{"the end in the middle", "sec\x04ret\r", "secret", "", justOne},
		{"a tab", "a\tb\r", "ab", "", justOne},
		{"the longest", strings.Repeat("x", maxHidden) + "\r", strings.Repeat("x", maxHidden), "", justOne},
	} {
		t.Run(tc.name, func(t *testing.T) {
			in := strings.NewReader(tc.typed)
			got, err := readHidden(in, tc.more)
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
