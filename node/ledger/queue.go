package ledger

import "time"

// ItemID is the place of an item in the queue to its contact.
type ItemID int64

// Item is something that a contact is to be told, once and in order: a message, an
// answer, a change. It waits in the queue until it is confirmed.
type Item struct {
	ID      ItemID
	Contact ContactID
	// Message is the message that the item carries, or 0.
	Message MessageNumber
	// Kind tells items apart whose content is not in memory.
	Kind ItemKind
	// Content is the encoded item.
	Content []byte
	// Deadline is when it is given up if it has not been sent, or zero for never.
	Deadline time.Time
}

// Waiting is an item whose content, of Size bytes, is in the store.
type Waiting struct {
	Item
	Size int
}

// ItemKind is what the queue has to know about an item.
type ItemKind int

// Kinds of items.
const (
	// Ordinary items go to accepted contacts.
	Ordinary ItemKind = iota + 1
	// Asks is a request to become a contact, which goes to anybody, and before all
	// else that waits.
	Asks
	// Moves tells of new addresses of ours. The old ones are kept until the last of
	// these is confirmed.
	Moves
	// Names tells of a new name of ours, Timers of the timer of a conversation.
	Names
	Timers
)

// SessionID names a session with a contact.
type SessionID [32]byte

// Session is the state of an encrypted session, in the form in which it was saved,
// which is encrypted itself.
type Session struct {
	ID    SessionID
	Saved []byte
}

// Cell has items that were sealed and are not confirmed. What is sent again are the
// same bytes, as long as their session is in use.
type Cell struct {
	Contact ContactID
	// First is the sequence number of its first item, Count how many it has, at
	// least 1.
	First   uint64
	Count   int
	Session SessionID
	Cell    []byte
}
