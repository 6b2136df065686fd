package cli_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/keyfile"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/onionhost"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// told are the errors of the packages below that a program can end with, and a
// word of what is to be done about each.
var told = map[error]string{
	tor.ErrNoBinary:              "install tor",
	tor.ErrOldVersion:            "newer tor",
	tor.ErrAuth:                  "--tor-password-file",
	tor.ErrInUse:                 "other program",
	tor.ErrCollision:             "end it first",
	tor.ErrExited:                "last words",
	tor.ErrNotReady:              "network connection",
	tor.ErrRefused:               "filter",
	tor.ErrControl:               "still running",
	onion.ErrChecksum:            "copy all",
	onion.ErrVersion:             "version 3",
	onion.ErrMalformed:           "copy all",
	onion.ErrNotOnion:            "/onion3/",
	onionhost.ErrWrongPeer:       "do not go on",
	onionhost.ErrWrongAddress:    "do not go on",
	keyfile.ErrPermissions:       "nobody else",
	keyfile.ErrMalformed:         "backup",
	tortransport.ErrNotFound:     "online",
	tortransport.ErrIntroduction: "gone offline",
	tortransport.ErrRendezvous:   "try again",
	tortransport.ErrUnreachable:  "online",
	tortransport.ErrTimeout:      "try again",
	tortransport.ErrRefused:      "port",
	tortransport.ErrAuthMissing:  "key",
	tortransport.ErrAuthBad:      "key",
	context.DeadlineExceeded:     "try again",
	fs.ErrPermission:             "owns",
	fs.ErrNotExist:               "path",
}

func TestHints(t *testing.T) {
	for err, want := range told {
		hint := cli.HintFor(fmt.Errorf("doing something: %w", err))
		if !strings.Contains(hint, want) {
			t.Errorf("the hint for %q is %q, want one with %q", err, hint, want)
		}
		if strings.HasSuffix(hint, ".") || strings.Contains(hint, "\n") {
			t.Errorf("the hint for %q is not in one line without a full stop: %q", err, hint)
		}
	}
}

// TestHintOrder: of several causes the one that says most is explained.
func TestHintOrder(t *testing.T) {
	both := func(outer, inner error) error { return fmt.Errorf("%w: %w", outer, inner) }
	for _, tc := range []struct{ err, like error }{
		{both(tor.ErrNoBinary, fs.ErrNotExist), tor.ErrNoBinary},
		{both(tor.ErrNoBinary, fs.ErrPermission), tor.ErrNoBinary},
		{both(tor.ErrAuth, fs.ErrPermission), tor.ErrAuth},
		{both(tor.ErrAuth, tor.ErrRefused), tor.ErrAuth},
		{both(tor.ErrNotReady, context.DeadlineExceeded), tor.ErrNotReady},
		{both(tortransport.ErrNotFound, context.DeadlineExceeded), tortransport.ErrNotFound},
	} {
		if got, want := cli.HintFor(tc.err), cli.HintFor(tc.like); got != want {
			t.Errorf("the hint for %q is %q, want %q", tc.err, got, want)
		}
	}
}

func TestOwnHint(t *testing.T) {
	if got := cli.HintFor(errors.New("something")); got != cli.LastHint {
		t.Errorf("the hint for an unknown error is %q", got)
	}
	err := cli.Hint(fmt.Errorf("something: %w", tor.ErrAuth), "do this")
	if got := cli.HintFor(fmt.Errorf("more: %w", err)); got != "do this" {
		t.Errorf("the hint that was given is told as %q", got)
	}
	if !errors.Is(err, tor.ErrAuth) || err.Error() != "something: "+tor.ErrAuth.Error() {
		t.Errorf("a hint changes the error to %q", err)
	}
}

func TestReport(t *testing.T) {
	for _, tc := range []struct {
		name   string
		err    error
		status int
		want   string
	}{
		{"success", nil, 0, ""},
		{
			"failure", fmt.Errorf("working: %w", tortransport.ErrTimeout), 1,
			"prog: working: onion service did not answer in time\n      try again; Tor is slow at times\n",
		},
		{"unknown failure", errors.New("bad luck"), 1, "prog: bad luck\n      " + cli.LastHint + "\n"},
		{"several lines", errors.New("all dials failed\n  * one\n\t* two\n"), 1, "prog: all dials failed * one * two\n      " + cli.LastHint + "\n"},
		{"mistake", cli.Hint(cli.Usage(errors.New("no such flag")), "see --help"), 2, "prog: no such flag\n      see --help\n"},
		{"mistake in a hint", cli.Usage(cli.Hint(errors.New("no such flag"), "see --help")), 2, "prog: no such flag\n      see --help\n"},
		{"mistake that the table knows", cli.Usage(onion.ErrNotOnion), 2, "prog: " + onion.ErrNotOnion.Error() + "\n      " + cli.HintFor(onion.ErrNotOnion) + "\n"},
		{"interruption", fmt.Errorf("%w", cli.ErrInterrupted), 130, "prog: interrupted\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var w strings.Builder
			if got := cli.Report(&w, "prog", tc.err); got != tc.status {
				t.Errorf("status %d, want %d", got, tc.status)
			}
			if w.String() != tc.want {
				t.Errorf("told as\n%s\nwant\n%s", w.String(), tc.want)
			}
		})
	}
}

// TestKnown: what a program knows of an error goes before what all know.
func TestKnown(t *testing.T) {
	own := errors.New("own")
	table := []cli.Known{
		{Err: own, Hint: "do this", Status: 7},
		{Err: tor.ErrAuth, Hint: "do that"},
	}
	for _, tc := range []struct {
		err    error
		status int
		hint   string
	}{
		{own, 7, "do this"},
		{fmt.Errorf("%w: %w", tor.ErrRefused, own), 7, "do this"},
		{tor.ErrAuth, 1, "do that"},
		{tor.ErrRefused, 1, cli.HintFor(tor.ErrRefused)},
		{cli.Usage(own), 2, "do this"},
		{cli.Hint(own, "do nothing"), 7, "do nothing"},
	} {
		var w strings.Builder
		if got := cli.Report(&w, "prog", tc.err, table...); got != tc.status {
			t.Errorf("%q: status %d, want %d", tc.err, got, tc.status)
		}
		if !strings.HasSuffix(w.String(), "      "+tc.hint+"\n") {
			t.Errorf("%q: told as %q, want the hint %q", tc.err, w.String(), tc.hint)
		}
	}
}
