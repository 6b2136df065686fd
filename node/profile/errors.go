package profile

import (
	"errors"

	"github.com/onionwire/onionwire/node/internal/durable"
	"github.com/onionwire/onionwire/node/lock"
	"github.com/onionwire/onionwire/node/vault"
)

var (
	// ErrNotFound means that there is no such profile.
	ErrNotFound = errors.New("no such profile")
	// ErrExists means that there is such a profile already, or something else of
	// its name.
	ErrExists = errors.New("profile exists already")
	// ErrName means that a name cannot be that of a profile.
	ErrName = errors.New("malformed profile name")
	// ErrInUse means that another process has the profile open. The error is a
	// *lock.InUseError, which says which.
	ErrInUse = lock.ErrInUse
	// ErrIncomplete means that a file of the profile is missing. None is made in
	// its place: a new key file would not open the database beside it.
	ErrIncomplete = errors.New("profile is not whole")
	// ErrDamaged means that the list of onion keys is not one, or was changed.
	// Key file and database have their own errors, vault.ErrDamaged and
	// store.ErrDamaged.
	ErrDamaged = errors.New("list of onion keys is damaged")
	// ErrNewer means that a newer version of this program wrote the list of onion
	// keys.
	ErrNewer = errors.New("list of onion keys was written by a newer version")
	// ErrTooManyKeys means that MaxOnionKeys are in use.
	ErrTooManyKeys = errors.New("too many onion keys are in use")
	// ErrNotRetiring means that an address is not one of those that can be retired.
	ErrNotRetiring = errors.New("not an address that is to be given up")
	// ErrClaimed means that another part of this process, a node, has the profile.
	ErrClaimed = errors.New("profile is in use by another node of this process")
	// ErrClosed means that the profile is closed.
	ErrClosed = errors.New("profile is closed")
	// ErrPassphrase means that the passphrase is wrong.
	ErrPassphrase = vault.ErrPassphrase
	// ErrPermissions means that other users have access to the folder.
	ErrPermissions = durable.ErrPermissions
	// ErrReadOnly means that the folder cannot be written to.
	ErrReadOnly = durable.ErrReadOnly
	// ErrFull means that the disk is full.
	ErrFull = durable.ErrFull
)
