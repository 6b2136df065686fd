package cli

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"syscall"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/keyfile"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/onionhost"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// Known is an error of which a program knows what to do about it.
type Known struct {
	Err error
	// Hint says what to do, or nothing: what all programs know is said then.
	Hint string
	// Status is the exit status, or 0 for ExitFailure.
	Status int
}

// known are the errors that all programs can meet. The first that matches is used, so
// the more specific ones stand first.
var known = []Known{
	{Err: tor.ErrNoBinary, Hint: "install tor (" + InstallTor() + "), or name it with --tor-binary"},
	{Err: tor.ErrOldVersion, Hint: "install a newer tor (" + InstallTor() + "; if that is too old, from https://support.torproject.org/little-t-tor/), or name one with --tor-binary"},
	{Err: tor.ErrAuth, Hint: "give the password with --tor-password-file, or run this as a user who may read tor's cookie"},
	{Err: tor.ErrInUse, Hint: "end the other program first, or use another profile"},
	{Err: tor.ErrCollision, Hint: "another program publishes this onion service already; end it first"},
	{Err: tor.ErrBridge, Hint: "copy the whole line as you got it, and put it in quotes: --tor-bridge 'LINE'"},
	{Err: tor.ErrNoTransport, Hint: "install the program (Debian and Ubuntu: apt install obfs4proxy), and name it with --tor-transport NAME=PROGRAM"},
	{Err: tor.ErrExited, Hint: "see tor's last words above; --log-level debug shows all of them"},
	{Err: tor.ErrNotReady, Hint: "is there a network connection? where Tor is blocked, bridges are needed: --tor-bridge"},
	{Err: tor.ErrRefused, Hint: "if a filter stands before the control port, its log says what it does not let through"},
	{Err: ErrNoAnswer, Hint: "is tor running, with its ControlPort where you have said?"},
	{Err: tor.ErrControl, Hint: "is tor still running? look into its log"},
	{Err: onion.ErrChecksum, Hint: "a character of the address is wrong; copy all of it once more"},
	{Err: onion.ErrVersion, Hint: "only version 3 onion addresses work, of 56 characters; copy all of it once more"},
	{Err: onion.ErrMalformed, Hint: "copy all of the address once more"},
	{Err: onion.ErrNotOnion, Hint: "it has the form /onion3/ADDRESS:PORT/p2p/PEERID"},
	{Err: onionhost.ErrWrongPeer, Hint: "do not go on; ask your contact for the address once more, over a way that you trust"},
	{Err: onionhost.ErrWrongAddress, Hint: "do not go on; ask your contact for the addresses once more, over a way that you trust"},
	{Err: keyfile.ErrPermissions, Hint: "do that only if nobody else can have read the key; if somebody can, make a new one"},
	{Err: keyfile.ErrMalformed, Hint: "restore the file from a backup"},
	{Err: tortransport.ErrNotFound, Hint: "is the other side online? a service that has just started needs a minute"},
	{Err: tortransport.ErrIntroduction, Hint: "the other side seems to have just gone offline; try again in a minute"},
	{Err: tortransport.ErrRendezvous, Hint: "try again; this is usually bad luck with a circuit"},
	{Err: tortransport.ErrUnreachable, Hint: "is the other side online? a service that has just started needs a minute"},
	{Err: tortransport.ErrTimeout, Hint: "try again; Tor is slow at times"},
	{Err: tortransport.ErrRefused, Hint: "is the port right? the service runs, and has nothing there"},
	{Err: tortransport.ErrAuthMissing, Hint: "ask the owner of the service for a key"},
	{Err: tortransport.ErrAuthBad, Hint: "ask the owner of the service for a new key"},
	{Err: context.DeadlineExceeded, Hint: "try again; Tor is slow at times"},
	{Err: syscall.ENOSPC, Hint: "make room on the disk"},
	{Err: fs.ErrPermission, Hint: "check who owns the file or folder"},
	{Err: fs.ErrNotExist, Hint: "is the path right?"},
}

// lastHint is for an error about which nothing better is known.
const lastHint = "--log-level debug shows more of what happens"

// HintFor says what to do about err.
func (p Program) HintFor(err error) string {
	var h *hintedError
	if errors.As(err, &h) {
		return h.hint
	}
	for _, k := range p.find(err) {
		if k.Hint != "" {
			return k.Hint
		}
	}
	return lastHint
}

// find returns what is known of err, by the program and then by all.
func (p Program) find(err error) (all []Known) {
	for _, table := range [][]Known{p.Known, known} {
		for _, k := range table {
			if errors.Is(err, k.Err) {
				all = append(all, k)
			}
		}
	}
	return all
}

// status returns the exit status for err.
func (p Program) status(err error) int {
	var u *usageError
	if errors.As(err, &u) {
		return ExitUsage
	}
	if all := p.find(err); len(all) > 0 {
		return cmp.Or(all[0].Status, ExitFailure)
	}
	return ExitFailure
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
