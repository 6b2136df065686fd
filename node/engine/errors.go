package engine

import "errors"

var (
	// ErrNotFound means that there is no such contact, conversation, message or file.
	ErrNotFound = errors.New("no such thing")
	// ErrNotContact means that a contact has not been accepted, or is not one any
	// more.
	ErrNotContact = errors.New("not a contact")
	// ErrBlocked means that a contact is blocked.
	ErrBlocked = errors.New("contact is blocked")
	// ErrExists means that somebody is a contact already, or has been asked.
	ErrExists = errors.New("contact exists already")
	// ErrQueueFull means that MaxQueued items wait for a contact, or MaxQueuedTotal for
	// all, or that there is as much of something else as there may be.
	ErrQueueFull = errors.New("too much waits for this contact")
	// ErrSent means that a message has left, so that it can be neither changed nor
	// called back.
	ErrSent = errors.New("message has left already")
	// ErrState means that a file is in no state for that.
	ErrState = errors.New("not possible for this file now")
	// ErrInvalid means that a text, a name or a time cannot be sent.
	ErrInvalid = errors.New("cannot be sent")

	// ErrProtocol means that the other side of a link broke the protocol. The link
	// is closed for it.
	ErrProtocol = errors.New("the other side does not keep to the protocol")
	// ErrUnreadable means that no session opens a cell: one of the sides has lost
	// it. The link is closed, and the next one begins with a handshake.
	ErrUnreadable = errors.New("no session opens this cell")
	// ErrNoLink means that a link is gone, or is not needed.
	ErrNoLink = errors.New("no such link")
)
