package main

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/lookup"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/metrics"
	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/contactlink"
	"github.com/onionwire/onionwire/node/lock"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/node/rpc/token"
	"github.com/onionwire/onionwire/node/store"
	"github.com/onionwire/onionwire/node/vault"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// told are the errors of node and the packages below that this program can end with,
// and a word of what is to be done about each.
var told = map[error]string{
	contactlink.ErrMalformed:  "onionwire id",
	contactlink.ErrChecksum:   "copied whole",
	contactlink.ErrNewer:      "same version",
	profile.ErrNotFound:       "onionwire init",
	profile.ErrExists:         "another name",
	profile.ErrInUse:          "end the other",
	profile.ErrName:           "another name",
	profile.ErrIncomplete:     "backup",
	profile.ErrDamaged:        "backup",
	profile.ErrNewer:          "newer version",
	profile.ErrPermissions:    "nobody else",
	profile.ErrReadOnly:       "written to",
	profile.ErrFull:           "make room",
	vault.ErrPassphrase:       "try again",
	vault.ErrPassphraseNeeded: "--passphrase-file",
	vault.ErrUnprotected:      "leave the passphrase away",
	vault.ErrDamaged:          "24 words",
	vault.ErrNewer:            "newer version",
	vault.ErrWordCount:        "all of them",
	vault.ErrWordChecksum:     "their order",
	store.ErrPassphrase:       "of its own",
	store.ErrKey:              "same backup",
	store.ErrDamaged:          "backup",
	store.ErrNewer:            "newer version",
	store.ErrDisk:             "the disk",
	store.ErrExport:           "once more",
	node.ErrWrongPeer:         "do not go on",
	node.ErrNotProven:         "do not go on",
	node.ErrVersion:           "same version",
	node.ErrTurnedAway:        "blocked",
	node.ErrNotFound:          "list",
	node.ErrState:             "contacts",
	node.ErrInvalid:           "--help",
	node.ErrLimit:             "wait",
	node.ErrUnavailable:       "status",
	node.ErrCursor:            "cursor",
	node.ErrClosed:            "start it again",
	rpc.ErrNotRunning:         "onionwire serve",
	rpc.ErrPassphrase:         "try again",
	metrics.ErrAddress:        "others",
	errTimeout:                "--timeout",
	lookup.ErrAmbiguous:       "number",
	rpc.ErrLost:               "may have been done",
	rpc.ErrProtocol:           "same version",
	rpc.ErrInUse:              "first",
	rpc.ErrPath:               "shorter path",
	rpc.ErrToken:              "another profile",
	token.ErrMalformed:        "delete the file",
	cli.ErrNoAnswer:           "ControlPort",
	tor.ErrNoBinary:           "install tor",
	tor.ErrOldVersion:         "install a newer tor",
	tor.ErrExited:             "last words",
	tor.ErrNotReady:           "network connection",
	tor.ErrControl:            "still running",
	fs.ErrNotExist:            "path",
}

func TestHints(t *testing.T) {
	for err, want := range told {
		hint := newProgram().HintFor(fmt.Errorf("doing something: %w", err))
		if !strings.Contains(hint, want) {
			t.Errorf("the hint for %q is %q, want one with %q", err, hint, want)
		}
		if strings.HasSuffix(hint, ".") || strings.Contains(hint, "\n") {
			t.Errorf("the hint for %q is not in one line without a full stop: %q", err, hint)
		}
	}
	for _, k := range known {
		if told[k.Err] == "" {
			t.Errorf("nobody tests the hint for %q", k.Err)
		}
	}
}

// TestHintOrder: of several causes the one that says most is explained.
func TestHintOrder(t *testing.T) {
	both := func(outer, inner error) error { return fmt.Errorf("%w: %w", outer, inner) }
	for _, tc := range []struct{ err, like error }{
		{both(contactlink.ErrMalformed, errors.New("no port")), contactlink.ErrMalformed},
		{both(errors.New("make profile"), profile.ErrFull), profile.ErrFull},
		{both(store.ErrExport, vault.ErrWordCount), vault.ErrWordCount},
		{both(node.ErrInvalid, contactlink.ErrChecksum), contactlink.ErrChecksum},
		{both(store.ErrDisk, errors.New("input/output error")), store.ErrDisk},
		{&lock.InUseError{PID: 7}, profile.ErrInUse},
	} {
		if got, want := newProgram().HintFor(tc.err), newProgram().HintFor(tc.like); got != want {
			t.Errorf("the hint for %q is %q, want %q", tc.err, got, want)
		}
	}
}

// TestKnownOrder: no entry of the table is hidden by one before it.
func TestKnownOrder(t *testing.T) {
	for i, k := range known {
		for _, before := range known[:i] {
			if errors.Is(k.Err, before.Err) {
				t.Errorf("%q is never looked up: %q stands before it", k.Err, before.Err)
			}
		}
	}
	if cli.ExitUsage == exitPassphrase || cli.ExitFailure == exitPassphrase {
		t.Error("a wrong passphrase has the exit status of something else")
	}
}
