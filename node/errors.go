package node

import (
	"errors"
	"fmt"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/node/store"
	"github.com/onionwire/onionwire/node/vault"
	"github.com/onionwire/onionwire/tortransport/onionhost"
)

// What methods of a Node fail with, beside the error of their context. They are those
// that programs on its socket get.
var (
	// ErrNotFound means that there is no such contact, conversation, message, file
	// or invite.
	ErrNotFound = rpc.ErrNotFound
	// ErrState means that it is too late, or too early.
	ErrState = rpc.ErrState
	// ErrInvalid means that an argument is not what it should be.
	ErrInvalid = rpc.ErrInvalid
	// ErrLimit means that there are too many already.
	ErrLimit = rpc.ErrLimit
	// ErrUnreachable means that a contact is not there, or does not answer in time.
	ErrUnreachable = rpc.ErrUnreachable
	// ErrUnavailable means that Tor is not there.
	ErrUnavailable = rpc.ErrUnavailable
	// ErrCursor means that events after a cursor are not kept any more.
	ErrCursor = rpc.ErrCursor
	// ErrPassphrase means that the passphrase of the profile is another one, or none.
	ErrPassphrase = rpc.ErrPassphrase
	// ErrClosed means that the node was closed.
	ErrClosed = rpc.ErrClosed
)

// Why somebody cannot be connected to. They are logged, and change when the next try
// is made.
var (
	// ErrWrongPeer means that somebody else than expected answers at an address.
	ErrWrongPeer = onionhost.ErrWrongPeer
	// ErrWrongAddress means that somebody else answers at one of a contact's addresses,
	// and nobody at the others, where the contact may be another time.
	ErrWrongAddress = onionhost.ErrWrongAddress
	// ErrNotProven means that the other side could not prove in the end-to-end
	// handshake who it is.
	ErrNotProven = errors.New("the other side could not prove who it is")
	// ErrVersion means that the other side speaks another version of the protocol, or
	// runs another program.
	ErrVersion = errors.New("the other side speaks another version of the protocol")
	// ErrTurnedAway means that the other side is there and does not talk to us.
	ErrTurnedAway = errors.New("the other side is there, and does not take the call")
)

// explain gives an error of the layers below the name that this package has for it.
func explain(err error) error {
	for _, name := range []struct{ from, to error }{
		{engine.ErrNotFound, ErrNotFound},
		{store.ErrNotFound, ErrNotFound},
		{store.ErrCursor, ErrCursor},
		{store.ErrClosed, ErrClosed},
		{profile.ErrClosed, ErrClosed},
		{vault.ErrPassphrase, ErrPassphrase},
		{vault.ErrPassphraseNeeded, ErrPassphrase},
		{vault.ErrUnprotected, ErrPassphrase},
		{engine.ErrNotContact, ErrState},
		{engine.ErrBlocked, ErrState},
		{engine.ErrExists, ErrState},
		{engine.ErrSent, ErrState},
		{engine.ErrState, ErrState},
		{engine.ErrQueueFull, ErrLimit},
		{engine.ErrInvalid, ErrInvalid},
	} {
		if errors.Is(err, name.from) && !errors.Is(err, name.to) {
			return fmt.Errorf("%w: %w", name.to, err)
		}
	}
	return err
}
