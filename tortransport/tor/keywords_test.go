package tor_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport/tor"
)

func TestKeywords(t *testing.T) {
	for _, c := range []struct {
		in    string
		words []string
		pairs map[string]string
		bad   bool
	}{
		{in: ""},
		{in: "  "},
		{in: "a  b ", words: []string{"a", "b"}},
		{in: "a B=c d", words: []string{"a", "d"}, pairs: map[string]string{"B": "c"}},
		{in: "A= B=", pairs: map[string]string{"A": "", "B": ""}},
		{in: "A=1 A=2", pairs: map[string]string{"A": "1"}},
		{in: `A="b c" D=e`, pairs: map[string]string{"A": "b c", "D": "e"}},
		{in: `A="" b`, words: []string{"b"}, pairs: map[string]string{"A": ""}},
		{in: `"127.0.0.1:9050" "unix:/a b"`, words: []string{"127.0.0.1:9050", "unix:/a b"}},
		{in: `A="\"\\\n\t\r\101\0\377\z"`, pairs: map[string]string{"A": "\"\\\n\t\rA\x00\xffz"}},
		{in: `A="x=y"`, pairs: map[string]string{"A": "x=y"}},
		{in: `A=x=y`, pairs: map[string]string{"A": "x=y"}},
		{in: `A="open`, bad: true},
		{in: `A="open\`, bad: true},
		{in: `"`, bad: true},
		{in: `a"b"`, bad: true},
		{in: `"\400"`, bad: true},
	} {
		words, pairs, err := tor.Keywords(c.in)
		if c.bad {
			if err == nil {
				t.Errorf("%q: %q, %q, want an error", c.in, words, pairs)
			}
			continue
		}
		if err != nil || !slices.Equal(words, c.words) || !maps.Equal(pairs, c.pairs) {
			t.Errorf("%q: %q, %q, %v, want %q, %q", c.in, words, pairs, err, c.words, c.pairs)
		}
	}
}

// As much as one answer can hold is split in linear time.
func TestKeywordsOfALongAnswer(t *testing.T) {
	for _, piece := range []string{"a=b ", "a ", `"a" `, `A="\101" `, "   x"} {
		begin := time.Now() // in quadratic time it would be minutes
		if _, _, err := tor.Keywords(strings.Repeat(piece, tor.MaxReply/len(piece))); err != nil {
			t.Error(err)
		}
		if took := time.Since(begin); took > testTimeout/2 {
			t.Errorf("%q repeated took %s", piece, took)
		}
	}
}

func TestFirstListener(t *testing.T) {
	none, remote := tor.Addr{}, tor.Addr{Network: "tcp", Address: "10.0.0.1:9051"}
	socket := tor.Addr{Network: "unix", Address: "/run/tor/control"}
	for _, c := range []struct {
		in      string
		control tor.Addr
		want    string // empty for an error
	}{
		{`"127.0.0.1:9050"`, none, "127.0.0.1:9050"},
		{`"unix:/run/tor/socks" "127.0.0.1:9050"`, none, "unix:/run/tor/socks"},
		{`"unix:/run/a b"`, none, "unix:/run/a b"},
		{`"[::1]:9050"`, none, "[::1]:9050"},
		{`"0.0.0.0:9050"`, socket, "127.0.0.1:9050"},
		{`"[::]:9050"`, socket, "[::1]:9050"},
		{`"0.0.0.0:9050"`, remote, "10.0.0.1:9050"},
		{`"what is this" "127.0.0.1:9050"`, none, "127.0.0.1:9050"},
		{``, none, ""},
		{`"what is this"`, none, ""},
		{`"open`, none, ""},
	} {
		addr, err := tor.FirstListener([]string{"net/listeners/socks=" + c.in, "OK"}, c.control)
		if (err != nil) != (c.want == "") || err == nil && addr != parseAddr(t, c.want) {
			t.Errorf("%q: %v, %v, want %q", c.in, addr, err, c.want)
		}
	}
}

func TestQuote(t *testing.T) {
	for in, want := range map[string]string{
		"/plain":    `"/plain"`,
		`/a "b" \c`: `"/a \"b\" \\c"`,
		"/a\nb\rc#": `"/a\nb\rc#"`,
		"/schlüß":   `"/schlüß"`,
	} {
		if got := tor.Quote(in); got != want {
			t.Errorf("Quote(%q) = %s, want %s", in, got, want)
		}
	}
}

func TestParseAddr(t *testing.T) {
	for in, want := range map[string]tor.Addr{
		"127.0.0.1:9051":    {Network: "tcp", Address: "127.0.0.1:9051"},
		"[::1]:1":           {Network: "tcp", Address: "[::1]:1"},
		"tor.local:65535":   {Network: "tcp", Address: "tor.local:65535"},
		"unix:/run/control": {Network: "unix", Address: "/run/control"},
		`unix:"/run/a b"`:   {Network: "unix", Address: "/run/a b"},
		"unix:/run//../x":   {Network: "unix", Address: "/x"},
		"":                  {},
		"9051":              {},
		":9051":             {},
		"host":              {},
		"host:":             {},
		"host:0":            {},
		"host:65536":        {},
		"host:x":            {},
		"::1:9051":          {},
		"unix:":             {},
		"unix:relative":     {},
		`unix:"`:            {},
	} {
		got, err := tor.ParseAddr(in)
		if got != want || (err != nil) != want.IsZero() {
			t.Errorf("ParseAddr(%q) = %+v, %v, want %+v", in, got, err, want)
		}
	}
}
