package main

import (
	"io/fs"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/lookup"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/metrics"
	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/contactlink"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/node/rpc/token"
	"github.com/onionwire/onionwire/node/store"
	"github.com/onionwire/onionwire/node/vault"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// Exit statuses of this program, beside those of package cli. They do not change from
// version to version.
const (
	exitPassphrase  = 3
	exitNotFound    = 4
	exitTimeout     = 5
	exitUnavailable = 6
)

const statuses = `  3    the passphrase is wrong
  4    there is no such profile, contact, message, file, folder or token
  5    the time that was given is over
  6    the profile is in use, no node runs on it, or there is no Tor to be used
`

// statusCodes name them in errors as JSON.
var statusCodes = map[int]string{
	exitPassphrase: "passphrase", exitNotFound: "not_found", exitTimeout: "timed_out", exitUnavailable: "unavailable",
}

// known are the errors that this program can meet. The more specific ones stand
// first.
var known = []cli.Known{
	{Err: contactlink.ErrChecksum, Hint: "was it copied whole? a character is wrong or missing; copy all of it once more", Status: cli.ExitUsage},
	{Err: contactlink.ErrNewer, Hint: "use the same version of onionwire as your contact", Status: cli.ExitUsage},
	{Err: contactlink.ErrMalformed, Hint: "ask your contact for what 'onionwire id' prints, and copy one line of it, whole", Status: cli.ExitUsage},

	{Err: profile.ErrNotFound, Hint: "make it with 'onionwire init'; --profile and --dir say which one", Status: exitNotFound},
	{Err: profile.ErrExists, Hint: "use it as it is, or choose another name with --profile"},
	{Err: profile.ErrInUse, Hint: "end the other onionwire first, or choose another profile with --profile", Status: exitUnavailable},
	{Err: profile.ErrName, Hint: "choose another name with --profile", Status: cli.ExitUsage},
	{Err: profile.ErrIncomplete, Hint: "restore the folder from a backup; nothing was changed"},
	{Err: profile.ErrDamaged, Hint: "restore the folder from a backup; nothing was changed"},
	{Err: profile.ErrNewer, Hint: "use the newer version of onionwire; nothing was changed"},
	{Err: profile.ErrPermissions, Hint: "do that only if nobody else can have read it; if somebody can, make a new profile"},
	{Err: profile.ErrFull, Hint: "make room on the disk; what was there is as it was"},
	{Err: profile.ErrReadOnly, Hint: "the profile's folder has to be one that can be written to"},

	{Err: vault.ErrPassphrase, Hint: "try again; mind the keyboard layout and capital letters", Status: exitPassphrase},
	{Err: store.ErrPassphrase, Hint: "try again; an export has a passphrase of its own", Status: exitPassphrase},
	{Err: vault.ErrPassphraseNeeded, Hint: "give it with --passphrase-file FILE", Status: exitPassphrase},
	{Err: vault.ErrUnprotected, Hint: "leave the passphrase away; 'onionwire passphrase' gives the profile one"},
	{Err: vault.ErrDamaged, Hint: "restore the folder from a backup, or the identity from its 24 words with 'onionwire restore'"},
	{Err: vault.ErrNewer, Hint: "use the newer version of onionwire; nothing was changed"},
	{Err: vault.ErrWordCount, Hint: "type all of them, with spaces between; the first four letters of each are enough"},
	{Err: vault.ErrWordChecksum, Hint: "compare each word, and their order, with what you have written down"},

	{Err: store.ErrKey, Hint: "restore key file and database from the same backup; nothing was changed"},
	{Err: store.ErrDamaged, Hint: "restore the folder from a backup; nothing was changed"},
	{Err: store.ErrNewer, Hint: "use the newer version of onionwire; nothing was changed"},
	{Err: store.ErrDisk, Hint: "look after the disk; what was confirmed before is there when the profile is opened again"},
	{Err: store.ErrExport, Hint: "copy the file once more, whole"},

	{Err: node.ErrNotProven, Hint: "do not go on; somebody may be between you: ask your contact over a way that you trust"},
	{Err: node.ErrVersion, Hint: "use the same version of onionwire on both sides"},
	{Err: node.ErrTurnedAway, Hint: "they may have blocked you, or have too much to do; it is tried again"},

	// What to do about these is the same in all programs.
	{Err: cli.ErrNoAnswer, Status: exitUnavailable},
	{Err: tor.ErrNoBinary, Status: exitUnavailable},
	{Err: tor.ErrOldVersion, Status: exitUnavailable},
	{Err: tor.ErrExited, Status: exitUnavailable},
	{Err: tor.ErrNotReady, Status: exitUnavailable},
	{Err: tor.ErrControl, Status: exitUnavailable},

	{Err: metrics.ErrAddress, Hint: "others on the network could ask otherwise; choose such an address", Status: cli.ExitUsage},
	{Err: errTimeout, Hint: "try again, or allow more time with --timeout; 0 is for ever", Status: exitTimeout},
	{Err: lookup.ErrAmbiguous, Hint: "say which one by its number, such as #7", Status: cli.ExitUsage},

	{Err: rpc.ErrNotRunning, Hint: "start the node with 'onionwire serve'", Status: exitUnavailable},
	{Err: rpc.ErrLost, Hint: "the node has ended; what was asked for may have been done", Status: exitUnavailable},
	{Err: rpc.ErrProtocol, Hint: "is it really onionwire that runs there, of the same version?"},
	{Err: rpc.ErrInUse, Hint: "end the program that listens there first"},
	{Err: rpc.ErrPath, Hint: "choose a folder with a shorter path with --dir"},
	{Err: token.ErrMalformed, Hint: "delete the file; the next 'onionwire serve' makes another"},
	{Err: rpc.ErrToken, Hint: "the node there is of another profile, or its token was replaced; start it again"},
	{Err: rpc.ErrCursor, Hint: "read what there is now, and subscribe from the cursor in status"},
	{Err: rpc.ErrPassphrase, Hint: "try again; mind the keyboard layout and capital letters", Status: exitPassphrase},
	{Err: node.ErrUnavailable, Hint: "is tor still there? 'onionwire status' says how it is doing", Status: exitUnavailable},
	{Err: node.ErrLimit, Hint: "wait until some of it is delivered, or delete something"},
	{Err: node.ErrState, Hint: "'onionwire contacts --all' says how things are with each contact, 'onionwire file list' with each file"},
	{Err: node.ErrNotFound, Hint: "'onionwire contacts', 'onionwire history' and 'onionwire file list' say what there is", Status: exitNotFound},
	{Err: node.ErrInvalid, Hint: "see the command's --help; of a call, docs/rpc.md says what each method takes"},
	{Err: node.ErrClosed, Hint: "start it again", Status: exitUnavailable},
	// Last: it is below many of the others, such as a socket that is not there.
	{Err: fs.ErrNotExist, Status: exitNotFound},
}
