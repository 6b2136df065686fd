package cli_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/cmd/internal/cli"
)

func TestReportJSON(t *testing.T) {
	own := errors.New("own")
	for _, tc := range []struct {
		name   string
		err    error
		status int
		want   string
	}{
		{"success", nil, 0, ""},
		{"failure", cli.Hint(errors.New("bad\nluck"), "<try>"), 1, `{"error":{"code":"failed","message":"bad luck","hint":"<try>"}}` + "\n"},
		{"mistake", cli.Hint(cli.Usage(errors.New("no such flag")), "see --help"), 2, `{"error":{"code":"usage","message":"no such flag","hint":"see --help"}}` + "\n"},
		{"a status of its own", fmt.Errorf("doing: %w", own), 7, `{"error":{"code":"special","message":"doing: own","hint":"do this"}}` + "\n"},
		{"interruption", fmt.Errorf("%w: 1 waits", cli.ErrInterrupted), 130, `{"error":{"code":"interrupted","message":"interrupted: 1 waits"}}` + "\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var w strings.Builder
			got := cli.ReportJSON(&w, tc.err, map[int]string{7: "special"}, cli.Known{Err: own, Hint: "do this", Status: 7})
			if got != tc.status || w.String() != tc.want {
				t.Errorf("status %d, told as\n%s\nwant %d\n%s", got, w.String(), tc.status, tc.want)
			}
		})
	}
}

func TestWantsJSON(t *testing.T) {
	for args, want := range map[string]bool{
		"": false, "--json": true, "send --json x": true, "send -- --json": false, "--json=true x": true, "--json=false": false,
		"--jsonx": false, "--json=": false, "--json --json=0": false, "--json=maybe": false,
	} {
		if got := cli.WantsJSON(strings.Fields(args)); got != want {
			t.Errorf("%q: %t, want %t", args, got, want)
		}
	}
}
