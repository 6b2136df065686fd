// Package redacttest checks that a value tells nothing, however it is printed.
package redacttest

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node/internal/redact"
)

// verbs are those of fmt that show a value, with some flags, and one that does
// not exist. %T and, for pointers, %p show none.
var verbs = []string{
	"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "% x", "%#x", "%d", "%o", "%O", "%b", "%t", "%c", "%U",
	"%e", "%E", "%f", "%F", "%g", "%G", "%100v", "%z",
}

// Check prints value, which is a struct or a pointer to one, in every way that
// Go programs print things, and reports what is not redact.Text.
func Check(tb testing.TB, value any) {
	tb.Helper()
	for _, verb := range verbs {
		wantText(tb, verb, fmt.Sprintf(verb, value), redact.Text)
	}
	wantText(tb, "Sprint", fmt.Sprint(value), redact.Text)
	wantText(tb, "within a struct", fmt.Sprintf("%v", struct{ Inner any }{value}), "{"+redact.Text+"}")
	wantText(tb, "within a slice", fmt.Sprintf("%v", []any{value}), "["+redact.Text+"]")
	wantText(tb, "within an error", fmt.Errorf("failed: %v", value).Error(), "failed: "+redact.Text)

	text, err := json.Marshal(value)
	if err != nil {
		tb.Errorf("JSON: %v", err)
	}
	wantText(tb, "JSON", string(text), `"`+redact.Text+`"`)
	text, err = xml.Marshal(value)
	if err != nil || !strings.Contains(string(text), ">"+redact.Text+"<") {
		tb.Errorf("XML gives %s, %v", text, err)
	}

	for name, handler := range map[string]func(*bytes.Buffer) slog.Handler{
		"text": func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
		"JSON": func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
	} {
		var out bytes.Buffer
		slog.New(handler(&out)).Info("m", "value", value, slog.Group("g", "inner", value))
		// The rest of the line is a time, a level and keys.
		if line := out.String(); strings.Count(line, redact.Text) != 2 || len(line) > 150 {
			tb.Errorf("slog %s writes %s", name, line)
		}
	}
}

func wantText(tb testing.TB, how, got, want string) {
	tb.Helper()
	if got != want {
		tb.Errorf("%s gives %q", how, got)
	}
}
