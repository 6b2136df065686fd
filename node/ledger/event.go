package ledger

import "time"

// Cursor is the place of an event. Whoever has seen it asks for what comes after.
type Cursor int64

// Event is something that happened, for whoever listens, now or later. It names
// what it is about, and repeats no text: what is deleted is in no event either.
type Event struct {
	Cursor   Cursor
	Happened time.Time
	Kind     EventKind
	// What it is about, as far as that applies.
	Contact      ContactID
	Conversation ConversationID
	Message      MessageNumber
	File         FileNumber
	// ID is the message that a contact has read, with all before it.
	ID MessageID
	// Delivery is the new state of a message.
	Delivery DeliveryState
	// FileState is the new state of a file.
	FileState FileState
	// Seconds is the new timer of a conversation.
	Seconds uint32
}

// EventKind is what happened.
type EventKind int

// Kinds of events.
const (
	// RequestReceived: somebody wants to become a contact.
	RequestReceived EventKind = iota + 1
	// ContactChanged: something about a contact is different, its state perhaps.
	ContactChanged
	// ContactDeleted: a contact is gone.
	ContactDeleted
	// MessageReceived: a contact has written.
	MessageReceived
	// MessageQueued: we have written, from whichever program.
	MessageQueued
	// MessageEdited: the text of a message of ours was replaced before it left.
	MessageEdited
	// MessageDeleted: a message has disappeared, or was deleted.
	MessageDeleted
	// DeliveryChanged: a message of ours has come further, or will not.
	DeliveryChanged
	// ConversationRead: we have read a conversation up to a message.
	ConversationRead
	// TimerChanged: messages in a conversation disappear after another time.
	TimerChanged
	// FileOffered: a contact offers a file, or we do.
	FileOffered
	// FileChanged: a file has another state.
	FileChanged
	// ConversationChanged: a conversation is muted, or is not any more.
	ConversationChanged
	// SetBack: a contact knows of us what we do not: this is an older copy of the
	// profile, or another one runs. What was said meanwhile may be lost.
	SetBack
)

// Counters are the highest numbers that were ever given.
type Counters struct {
	Contact      ContactID
	Conversation ConversationID
	Message      MessageNumber
	Item         ItemID
	File         FileNumber
	Cursor       Cursor
}
