package console_test

import (
	"fmt"
	"testing"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/console"
)

func wantShown(t *testing.T, got string, ok bool, want string, wantOK bool) {
	t.Helper()
	if got != want || ok != wantOK {
		t.Errorf("shows %q, %t, want %q, %t", got, ok, want, wantOK)
	}
}

func TestHistory(t *testing.T) {
	var h console.History
	for _, line := range []string{"/status", "/search a", "/search a", " ", "/search b"} {
		h.Add(line)
	}
	got, ok := h.Before("/st")
	wantShown(t, got, ok, "/status", true)
	got, ok = h.Before(got)
	wantShown(t, got, ok, "/status", false)
	got, ok = h.After(got)
	wantShown(t, got, ok, "/st", true)
	got, ok = h.After(got)
	wantShown(t, got, ok, "/st", false)

	h.Reset()
	got, _ = h.Before("")
	wantShown(t, got, true, "/search b", true)
	got, _ = h.Before(got)
	wantShown(t, got, true, "/search a", true)
	got, _ = h.Before(got)
	wantShown(t, got, true, "/status", true)
	got, _ = h.After(got)
	wantShown(t, got, true, "/search a", true)

	h.Clear()
	got, ok = h.Before("x")
	wantShown(t, got, ok, "x", false)
}

// Who looks over a shoulder at the history finds no link.
func TestHistoryKeepsNoLink(t *testing.T) {
	var h console.History
	h.Add("/add onionwire:aebaebaeb Bob")
	h.Add("/ad onionwire:aebaebaeb Bob")
	h.Add("/search onionwire:AEB")
	h.Add("/bridge obfs4 192.0.2.1:443 cert=x")
	h.Add("/add /onion3/x:1/p2p/y")
	if got, ok := h.Before(""); ok {
		t.Errorf("kept %q", got)
	}
	h.Add("/add")
	if _, ok := h.Before(""); !ok {
		t.Error("a command without arguments is not kept")
	}
}

func TestHistoryIsBounded(t *testing.T) {
	var h console.History
	for i := range 10_000 {
		h.Add(fmt.Sprint("/search ", i))
	}
	n := 0
	for line, ok := h.Before(""); ok; line, ok = h.Before(line) {
		n++
	}
	if n == 0 || n > 200 {
		t.Errorf("%d lines", n)
	}
}
