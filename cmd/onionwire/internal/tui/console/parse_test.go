package console_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/console"
)

func TestParse(t *testing.T) {
	for _, test := range []struct {
		line, command string
		args          map[string]string
	}{
		{"/status", "status", nil},
		{"  status  ", "status", nil},
		{"/STATUS", "status", nil},
		{"/q", "quit", nil},
		{"/add onionwire:abc", "add", map[string]string{"link": "onionwire:abc"}},
		{`/add link "Bob from work" Hello, it's me`, "add", map[string]string{"link": "link", "name": "Bob from work", "introduction": "Hello, it's me"}},
		{"/rename Robert", "rename", map[string]string{"name": "Robert"}},
		{`/rename Bob ""`, "rename", map[string]string{"contact": "Bob", "name": ""}},
		{`/rename ''`, "rename", map[string]string{"name": ""}},
		{`/file "holiday photo.jpg"`, "file", map[string]string{"path": "holiday photo.jpg"}},
		{`/file holiday\ photo.jpg`, "file", map[string]string{"path": "holiday photo.jpg"}},
		{`/file C:\Users\bob\a.txt`, "file", map[string]string{"path": `C:\Users\bob\a.txt`}},
		{`/file ~"/a b"/c`, "file", map[string]string{"path": "~/a b/c"}},
		{`/search  "it's   here`, "search", map[string]string{"words": `"it's   here`}},
		{"/search", "search", nil},
		{"/timer 7d", "timer", map[string]string{"time": "7d"}},
		{"/mouse OFF", "mouse", map[string]string{"state": "off"}},
		{"/settings theme dark", "settings", map[string]string{"setting": "theme", "value": "dark"}},
		{"/verify Bob 12345 67890", "verify", map[string]string{"contact": "Bob", "number": "12345 67890"}},
	} {
		call, err := console.Parse(test.line)
		if err != nil {
			t.Errorf("%q: %v", test.line, err)
			continue
		}
		if call.Command.Name != test.command {
			t.Errorf("%q is %s", test.line, call.Command.Name)
		}
		for _, a := range call.Command.Args {
			want, given := test.args[a.Name]
			if call.Arg(a.Name) != want || call.Has(a.Name) != given {
				t.Errorf("%q: %s is %q, given %t, want %q, %t", test.line, a.Name, call.Arg(a.Name), call.Has(a.Name), want, given)
			}
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, test := range []struct{ line, message, hint string }{
		{"/stauts", `no command "/stauts"`, "did you mean /status?"},
		{"/unblok Bob", "no command", "did you mean /unblock?"},
		{"/vier", "no command", "did you mean"},
		{"/xyzzy", `"/xyzzy"`, "/help lists"},
		{"/" + strings.Repeat("x", 100), "xxx…", "/help"},
		{"/file", "something is missing", "/file PATH"},
		{"/file a b", "more than expected", "/file PATH"},
		{`/file "a b`, "quotation mark", "/file PATH"},
		{"/mouse maybe", "one of on, off", "/mouse on|off"},
		{"/timer soon", "a time is a number", "/timer TIME"},
		{"/status now", "more than expected", "/status"},
		{"/file \xff", "UTF-8", "again"},
		{"/search " + strings.Repeat("x", console.MaxLine), "too long", "8 KiB"},
	} {
		_, err := console.Parse(test.line)
		var e *console.Error
		if !errors.As(err, &e) {
			t.Errorf("%.40q: error %v", test.line, err)
			continue
		}
		if !strings.Contains(e.Message, test.message) || !strings.Contains(e.Hint, test.hint) {
			t.Errorf("%.40q: %q, %q", test.line, e.Message, e.Hint)
		}
	}
	for _, line := range []string{"", "  ", "/", " / "} {
		if _, err := console.Parse(line); !errors.Is(err, console.ErrEmpty) {
			t.Errorf("%q: %v", line, err)
		}
	}
}

// FuzzParse: a call has the arguments that its command needs, and quoting brings each
// word back.
func FuzzParse(f *testing.F) {
	f.Add(`/rename Bob "Bob from work"`)
	f.Add(`/file a\ b 'c"`)
	f.Add("/ \\")
	f.Add("/add link name intro words")
	f.Fuzz(func(t *testing.T, line string) {
		call, err := console.Parse(line)
		var e *console.Error
		if err != nil {
			if !errors.Is(err, console.ErrEmpty) && (!errors.As(err, &e) || e.Message == "" || e.Hint == "") {
				t.Fatalf("error %v", err)
			}
			return
		}
		for _, a := range call.Command.Args {
			if !a.Optional && !call.Has(a.Name) {
				t.Fatalf("%s is missing", a.Name)
			}
		}
		if utf8.ValidString(line) && len(line) < 1000 {
			again, err := console.Parse("file " + console.Quote(line))
			if err != nil || again.Arg("path") != line {
				t.Fatalf("%q became %q, %v", line, again.Arg("path"), err)
			}
		}
	})
}
