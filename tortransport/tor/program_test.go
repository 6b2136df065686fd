package tor_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/tortransport/tor"
)

// TestProgramOfTransport: a program may be in a folder with a name in any language;
// what tor would read as something else is refused.
func TestProgramOfTransport(t *testing.T) {
	for name, tc := range map[string]struct {
		folder string
		args   []string
		bad    bool
	}{
		"letters":             {folder: "Jürgen-日本"},
		"signs":               {folder: "a'b$c(d)&e,f", args: []string{"-log=/tmp/é", `C:\x`}},
		"comment":             {folder: "a#b", bad: true},
		"quote":               {folder: `a"b`, bad: true},
		"space":               {folder: "a b", bad: true},
		"another space":       {folder: "a\u00a0b", bad: true},
		"control character":   {folder: "a\x7fb", bad: true},
		"line that goes on":   {folder: "a", args: []string{`C:\`}, bad: true},
		"line that ends":      {folder: "a", args: []string{"a\nLog debug"}, bad: true},
		"argument of nothing": {folder: "a", args: []string{""}, bad: true},
	} {
		t.Run(name, func(t *testing.T) {
			folder := filepath.Join(t.TempDir(), tc.folder)
			if err := os.Mkdir(folder, 0o700); err != nil {
				t.Fatal(err)
			}
			program := filepath.Join(folder, "program")
			if err := os.WriteFile(program, []byte("#!/bin/sh\nexit 1\n"), 0o700); err != nil {
				t.Fatal(err)
			}
			d, err := tor.Start(testContext(t), tor.Config{Torrc: isolated, PluggableTransports: []tor.PluggableTransport{
				{Names: []string{"obfs4"}, Path: program, Args: tc.args},
			}})
			if tc.bad {
				wantErr(t, err, tor.ErrNoTransport)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			want := strings.Join(append([]string{"obfs4 exec", program}, tc.args...), " ")
			_, got, err := tor.Keywords(ask(t, d, "GETCONF ClientTransportPlugin")[0])
			if err != nil || got["ClientTransportPlugin"] != want {
				t.Errorf("tor has %q, %v, want %q", got, err, want)
			}
		})
	}
}
