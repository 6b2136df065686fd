package tui_test

import (
	"os"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui"
)

// TestInput: a key with Alt that has come alone is read as one that nothing can follow.
// All else is read as it is.
func TestInput(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	input := tui.Input(r)
	for typed, want := range map[string]string{
		"\x1bu": "\x1b[117;3u", "\x1b1": "\x1b[49;3u", "\x1b\r": "\x1b[13;3u", "\x1b\x7f": "\x1b[127;3u",
		"\x1b": "\x1b", "u": "u", "\x1b[": "\x1b[", "\x1bO": "\x1bO", "\x1bU": "\x1bU", "\x1b\x1b": "\x1b\x1b",
		"\x1bux": "\x1bux", "\x1b[A": "\x1b[A", "xu": "xu", "é": "é",
	} {
		if _, err := w.WriteString(typed); err != nil {
			t.Fatal(err)
		}
		b := make([]byte, 256)
		n, err := input.Read(b)
		if got := string(b[:n]); err != nil || got != want {
			t.Errorf("%q is read as %q, %v, want %q", typed, got, err, want)
		}
	}
	if _, err := w.WriteString("\x1bu"); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 4) // too little for another form
	if n, err := input.Read(b); err != nil || string(b[:n]) != "\x1bu" {
		t.Errorf("%q is read, %v", b[:n], err)
	}
	if other := strings.NewReader("x"); tui.Input(other) != other {
		t.Error("what is no file is not read as it is")
	}
}
