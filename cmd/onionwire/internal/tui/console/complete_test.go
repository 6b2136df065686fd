package console_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui/console"
)

var people = []console.Option{{Value: "Alice"}, {Value: "Bob from work", Note: "online"}, {Value: "bob"}, {Value: "Robob"}}

func TestComplete(t *testing.T) {
	for _, test := range []struct {
		line string // the cursor is at |
		kind console.Kind
		want []string // the first ones
		then string   // the line with the first one, the cursor at |
	}{
		{"|", console.Name, []string{"accept", "add"}, "/accept |"},
		{"/sta|", console.Name, []string{"status"}, "/status |"},
		{"sta|", console.Name, []string{"status"}, "/status |"},
		{"/ock|", console.Name, []string{"block", "lock", "unblock"}, "/block |"},
		{"/mute |", console.Contact, []string{"Alice", "Bob from work", "bob", "Robob"}, "/mute Alice |"},
		{"/mute bo|", console.Contact, []string{"Bob from work", "bob", "Robob"}, `/mute "Bob from work" |`},
		{`/mute "Bob f|`, console.Contact, []string{"Bob from work"}, `/mute "Bob from work" |`},
		{"/rename al| Alina", console.Contact, []string{"Alice"}, "/rename Alice| Alina"},
		{"/mouse o|", console.Choice, []string{"on", "off"}, "/mouse on |"},
		{"/timer |", console.Duration, []string{"off", "5m"}, "/timer off |"},
		{"/expire n|", console.Duration, []string{"never"}, "/expire never |"},
		{"/help tim|", console.Name, []string{"timer"}, "/help timer |"},
		{"/search bo|", console.Rest, nil, ""},
	} {
		line, _, _ := strings.Cut(test.line, "|")
		cursor := len(line)
		line = strings.Replace(test.line, "|", "", 1)
		target, ok := console.At(line, cursor)
		if !ok || target.Kind != test.kind {
			t.Errorf("%q: kind %d, %t", test.line, target.Kind, ok)
			continue
		}
		var got []string
		options := target.Options(people)
		for _, o := range options {
			got = append(got, o.Value)
		}
		if got = got[:min(len(got), len(test.want))]; !slices.Equal(got, test.want) {
			t.Errorf("%q: options %q, want %q", test.line, got, test.want)
		}
		if len(options) == 0 {
			continue
		}
		line, cursor = target.Apply(line, options[0])
		if got := line[:cursor] + "|" + line[cursor:]; got != test.then {
			t.Errorf("%q becomes %q, want %q", test.line, got, test.then)
		}
	}
}

func TestNothingToComplete(t *testing.T) {
	for _, line := range []string{"/nothing ", "/status ", "/mute Bob now"} {
		if target, ok := console.At(line, len(line)); ok {
			t.Errorf("%q completes to something of kind %d", line, target.Kind)
		}
	}
}

// A folder is completed and goes on, within its quotation marks if it has some.
func TestCompletePath(t *testing.T) {
	for _, test := range []struct{ line, value, want string }{
		{"/file /ho", "/home/", "/file /home/"},
		{"/file /my", "/my files/", `/file "/my files/`},
	} {
		target, ok := console.At(test.line, len(test.line))
		if !ok || target.Kind != console.Path {
			t.Fatalf("kind %d, %t", target.Kind, ok)
		}
		got, cursor := target.Apply(test.line, console.Option{Value: test.value, Partial: true})
		if got != test.want || cursor != len(got) {
			t.Errorf("%q with the cursor at %d, want %q", got, cursor, test.want)
		}
		again, ok := console.At(got, cursor)
		if !ok || again.Prefix != test.value {
			t.Errorf("goes on with %q", again.Prefix)
		}
	}
}

func TestOptionsAreBounded(t *testing.T) {
	many := slices.Repeat(people, 1000)
	target, _ := console.At("/mute ", 6)
	if n := len(target.Options(many)); n != console.MaxOptions {
		t.Errorf("%d options", n)
	}
}

func TestCommon(t *testing.T) {
	for _, test := range []struct {
		of   []string
		want string
	}{
		{nil, ""},
		{[]string{"status"}, "status"},
		{[]string{"Report-1", "report-2"}, "Report-"},
		{[]string{"zoë", "zoé"}, "zo"},
		{[]string{"a", "b"}, ""},
	} {
		var options []console.Option
		for _, v := range test.of {
			options = append(options, console.Option{Value: v})
		}
		if got := console.Common(options); got != test.want {
			t.Errorf("%q have %q in common, want %q", test.of, got, test.want)
		}
	}
}

// FuzzComplete: what is completed stands where it was typed, for whatever line and
// cursor, and the line around it stays.
func FuzzComplete(f *testing.F) {
	f.Add("/mute bo", 8)
	f.Add("/mute \"bo", 100)
	f.Add("é", 1)
	f.Fuzz(func(t *testing.T, line string, cursor int) {
		target, ok := console.At(line, cursor)
		if !ok {
			return
		}
		if target.From < 0 || target.From > target.To || target.To > len(line) {
			t.Fatalf("from %d to %d of %d bytes", target.From, target.To, len(line))
		}
		for _, o := range target.Options(people) {
			got, at := target.Apply(line, o)
			if !strings.HasPrefix(got, line[:target.From]) || !strings.HasSuffix(got, line[target.To:]) || at > len(got) {
				t.Fatalf("%q became %q", line, got)
			}
		}
	})
}
