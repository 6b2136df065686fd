package cli

import (
	"context"
	"errors"
	"io/fs"
	"runtime"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/contactlink"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/keyfile"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// hints say what to do about an error. The first that matches is used, so the
// more specific ones stand first.
var hints = []struct {
	err  error
	hint string
}{
	{tor.ErrNoBinary, "install tor (" + installTor() + "), or name it with --tor-binary"},
	{tor.ErrOldVersion, "install a newer tor (" + installTor() + "), or name one with --tor-binary"},
	{tor.ErrAuth, "give the password with --tor-password-file, or run this as a user who may read tor's cookie"},
	{tor.ErrInUse, "end the other program first, or use another profile"},
	{tor.ErrCollision, "another program publishes this onion service already; end it first"},
	{tor.ErrBridge, "copy the whole line as you got it, and put it in quotes: --tor-bridge 'LINE'"},
	{tor.ErrNoTransport, "install the program (Debian and Ubuntu: apt install obfs4proxy), and name it with --tor-transport NAME=PROGRAM"},
	{tor.ErrExited, "see tor's last words above; --log-level debug shows all of them"},
	{tor.ErrNotReady, "is there a network connection? where Tor is blocked, bridges are needed: --tor-bridge"},
	{tor.ErrRefused, "if a filter stands before the control port, its log says what it does not let through"},
	{tor.ErrControl, "is tor still running? look into its log"},
	{onion.ErrChecksum, "a character of the address is wrong; copy all of it once more"},
	{onion.ErrVersion, "only version 3 onion addresses work, of 56 characters; copy all of it once more"},
	{onion.ErrMalformed, "copy all of the address once more"},
	{onion.ErrNotOnion, "it has the form /onion3/ADDRESS:PORT/p2p/PEERID"},
	{contactlink.ErrChecksum, "was it copied whole? a character is wrong or missing; copy all of it once more"},
	{contactlink.ErrNewer, "use the same version of onionwire as your contact"},
	{contactlink.ErrMalformed, "ask your contact for what 'onionwire id' prints, and copy one line of it, whole"},
	{node.ErrWrongPeer, "do not go on; ask your contact for the address once more, over a way that you trust"},
	{node.ErrNotProven, "do not go on; somebody may be between you: ask your contact over a way that you trust"},
	{node.ErrVersion, "use the same version of onionwire on both sides"},
	{node.ErrTurnedAway, "it may be talking to somebody else, or waiting for another contact"},
	{profile.ErrNotFound, "make it with 'onionwire init'; --profile and --dir say which one"},
	{profile.ErrExists, "use it as it is, or choose another name with --profile"},
	{profile.ErrInUse, "end the other onionwire first, or choose another profile with --profile"},
	{profile.ErrName, "choose another name with --profile"},
	{keyfile.ErrPermissions, "do that only if nobody else can have read the key; if somebody can, make a new one"},
	{keyfile.ErrMalformed, "restore the file from a backup"},
	{tortransport.ErrNotFound, "is the other side online? a service that has just started needs a minute"},
	{tortransport.ErrIntroduction, "the other side seems to have just gone offline; try again in a minute"},
	{tortransport.ErrRendezvous, "try again; this is usually bad luck with a circuit"},
	{tortransport.ErrUnreachable, "is the other side online? a service that has just started needs a minute"},
	{tortransport.ErrTimeout, "try again; Tor is slow at times"},
	{tortransport.ErrRefused, "is the port right? the service runs, and has nothing there"},
	{tortransport.ErrAuthMissing, "ask the owner of the service for a key"},
	{tortransport.ErrAuthBad, "ask the owner of the service for a new key"},
	{context.DeadlineExceeded, "try again; Tor is slow at times"},
	{fs.ErrPermission, "check who owns the file or folder"},
	{fs.ErrNotExist, "is the path right?"},
}

// installTor is how tor is installed on this system, in one line.
func installTor() string {
	switch runtime.GOOS {
	case "darwin":
		return "brew install tor"
	case "windows":
		return "the Tor Expert Bundle from torproject.org"
	default:
		return "Debian and Ubuntu: apt install tor; Fedora: dnf install tor; Arch: pacman -S tor; Alpine: apk add tor"
	}
}

// lastHint is for an error about which nothing better is known.
const lastHint = "--log-level debug shows more of what happens"

// hintFor says what to do about err.
func hintFor(err error) string {
	var h *hintedError
	if errors.As(err, &h) {
		return h.hint
	}
	for _, h := range hints {
		if errors.Is(err, h.err) {
			return h.hint
		}
	}
	return lastHint
}

// hintedError knows better than the table what to do about it.
type hintedError struct {
	error
	hint string
}

func (e *hintedError) Unwrap() error { return e.error }

// Hint says what to do about err where the cause does not tell.
func Hint(err error, hint string) error { return &hintedError{err, hint} }

// usageError is a mistake on the command line.
type usageError struct{ error }

func (e *usageError) Unwrap() error { return e.error }

// Usage marks err as a mistake on the command line.
func Usage(err error) error { return &usageError{err} }

// isUsage reports whether err is a mistake on the command line. Some errors
// always are: nothing else names contacts and profiles.
func isUsage(err error) bool {
	var u *usageError
	if errors.As(err, &u) {
		return true
	}
	for _, given := range []error{
		contactlink.ErrMalformed, contactlink.ErrChecksum, contactlink.ErrNewer,
		profile.ErrName,
	} {
		if errors.Is(err, given) {
			return true
		}
	}
	return false
}
