package clitest

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// noTor is what scripts find as tor: they say which other one they mean, so
// that none is started by accident.
const noTor = "#!/bin/sh\necho 'a script has started tor' >&2\nexit 99\n"

const (
	onionAddress = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd"
	peerID       = "12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA"

	// Nobody is an address of the form that the programs take, with nobody
	// behind it. Scripts have it, its parts, and the short link that says the
	// same, in the environment as GOOD, ONION, PEER and LINK.
	Nobody = "/onion3/" + onionAddress + ":4001/p2p/" + peerID

	link = "onionwire:af43zrrfdbfqkgkjoxbiwzvwnmcgt57wkvx3dlbrrgtzwqg5umxr6l72gwuz2or47oyxxn6b3rkwdmmkrxgkjxzy3rqt5kczyn7lcm3lb6q3ulltga"
)

// fullAddress is an onion address that is not shortened, or a contact link with
// one in it.
var fullAddress = regexp.MustCompile(`[a-z2-7]{56}|[A-Z2-7]{56}`)

// Script runs the scripts in testdata/script. Besides what testscript knows they
// have one command:
//
//	fails STATUS PROGRAM ARGUMENT...
//
// runs a program that must end with that status, print nothing on standard
// output, and on standard error two lines: what is wrong, and what to do; or with
// --json one line of JSON that says both. An onion address in full must not be among
// them. What else a program has for its scripts is in extra.
func Script(t *testing.T, extra ...Extra) {
	t.Helper()
	all := Extra{Cmds: map[string]func(*testscript.TestScript, bool, []string){"fails": fails}}
	for _, e := range extra {
		maps.Copy(all.Cmds, e.Cmds)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			err := setup(env)
			for _, e := range extra {
				if err == nil && e.Setup != nil {
					err = e.Setup(env)
				}
			}
			return err
		},
		Cmds:                all.Cmds,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}

// Extra is what the scripts of one program have besides.
type Extra struct {
	Setup func(*testscript.Env) error
	Cmds  map[string]func(*testscript.TestScript, bool, []string)
}

func setup(env *testscript.Env) error {
	home, bin := filepath.Join(env.WorkDir, "home"), filepath.Join(env.WorkDir, ".bin")
	if err := errors.Join(os.Mkdir(home, 0o700), os.Mkdir(bin, 0o700)); err != nil {
		return err
	}
	env.Setenv("GORACE", raceOptions)
	env.Setenv("HOME", home)
	env.Setenv("XDG_DATA_HOME", filepath.Join(home, "data"))
	env.Setenv("ONION", onionAddress)
	env.Setenv("PEER", peerID)
	env.Setenv("GOOD", Nobody)
	env.Setenv("LINK", link)
	env.Setenv("PATH", bin+string(filepath.ListSeparator)+env.Getenv("PATH"))
	return os.WriteFile(filepath.Join(bin, "tor"), []byte(noTor), 0o700) //nolint:gosec // it is to be run
}

func fails(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: fails STATUS PROGRAM ARGUMENT...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
	if out := ts.ReadFile("stdout"); out != "" {
		ts.Fatalf("standard output has %q", out)
	}
	stderr := ts.ReadFile("stderr")
	if fullAddress.MatchString(stderr) {
		ts.Fatalf("standard error has an onion address in full")
	}
	if slices.Contains(args[2:], "--json") {
		var told struct {
			Error struct{ Code, Message, Hint string }
		}
		if err := json.Unmarshal([]byte(stderr), &told); err != nil || strings.Count(stderr, "\n") != 1 ||
			told.Error.Code == "" || told.Error.Message == "" || told.Error.Hint == "" {
			ts.Fatalf("standard error is not one line of JSON that says what is wrong, and what to do: %v", err)
		}
		return
	}
	lines := strings.Split(strings.TrimSuffix(stderr, "\n"), "\n")
	prefix := args[1] + ": "
	if len(lines) != 2 || !strings.HasPrefix(lines[0], prefix) ||
		!strings.HasPrefix(lines[1], strings.Repeat(" ", len(prefix))) || strings.TrimSpace(lines[1]) == "" {
		ts.Fatalf("standard error is not one line that says what is wrong, and one what to do")
	}
}
