package theme_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/theme"
)

func TestChoose(t *testing.T) {
	for _, c := range []struct {
		name, want string
		dark       bool
		env        map[string]string
	}{
		{"", "dark", true, map[string]string{"COLORTERM": "truecolor"}},
		{"", "light", false, map[string]string{"TERM": "xterm-256color"}},
		{"", "16", true, map[string]string{"TERM": "linux"}},
		{"light", "light", true, nil},
		{"16", "16", true, map[string]string{"COLORTERM": "truecolor"}},
		{"unknown", "dark", true, map[string]string{"COLORTERM": "24bit"}},
		{"dark", "plain", true, map[string]string{"NO_COLOR": "1"}},
	} {
		if got := theme.Choose(c.name, func(k string) string { return c.env[k] }, c.dark).Name; got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

// Plain has no colour, the sixteen are the terminal's own.
func TestColours(t *testing.T) {
	for _, name := range theme.Names() {
		th, ok := theme.Named(name)
		if !ok || th.Name != name {
			t.Fatalf("%s is %s", name, th.Name)
		}
		v := reflect.ValueOf(th)
		for i := range v.NumField() {
			style, isStyle := v.Field(i).Interface().(theme.Style)
			if !isStyle {
				continue
			}
			painted := style.Paint("x")
			field := v.Type().Field(i).Name
			switch {
			case name == "plain" && (strings.Contains(painted, "3") || strings.Contains(painted, "9")):
				t.Errorf("%s of plain has a colour: %q", field, painted)
			case name == "16" && strings.Contains(painted, "8;2;"):
				t.Errorf("%s of 16 has a colour of its own: %q", field, painted)
			case painted != "x" && !strings.HasSuffix(painted, "x\x1b[m"):
				t.Errorf("%s of %s does not end: %q", field, name, painted)
			}
		}
	}
	if theme.Dark().Bad.Paint("") != "" {
		t.Error("nothing is painted")
	}
}
