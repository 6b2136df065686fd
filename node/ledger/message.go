package ledger

import "time"

// ConversationID is the number of a conversation.
type ConversationID int64

// ConversationKind tells how many can be in a conversation.
type ConversationKind int

// Kinds of conversations.
const (
	// Direct is a conversation with one contact.
	Direct ConversationKind = iota + 1
	// Group is one with any number.
	Group
)

// Conversation is where messages belong.
type Conversation struct {
	ID    ConversationID
	Kind  ConversationKind
	Title string // of a group
	Muted bool
	// Timer is after how long messages disappear, in whole seconds, 0 for never.
	Timer time.Duration
	// Read is the last message that was read here.
	Read  MessageNumber
	Added time.Time
	// Members are the contacts in it, ourselves not among them.
	Members []ContactID
}

// MaxDraft bounds what is being written in a conversation, in bytes: more than can be sent
// as a message, because a text of 1 MiB that somebody has pasted may leave as a file; and
// room for two messages, which have come back perhaps.
const MaxDraft = 1<<20 + 128<<10

// MaxGone is how many deleted messages of others are remembered by their IDs, for each
// conversation: their senders may not know that they had arrived, and send them again.
const MaxGone = 1000

// MaxUnread is how far the unread messages of a conversation are counted.
const MaxUnread = 10_000

// MessageNumber is the place of a message: later ones have higher numbers, in all
// conversations.
type MessageNumber int64

// MessageID names a message. Its sender makes it up.
type MessageID [16]byte

// Message is something that was written in a conversation.
type Message struct {
	Number       MessageNumber
	Conversation ConversationID
	Sender       ContactID // 0 is ourselves
	ID           MessageID
	Body         string
	// Written is the time by the clock of the sender, Stored by ours.
	Written, Stored time.Time
	// Timer is after how long the message disappears once it has arrived, 0 for
	// never.
	Timer time.Duration
	// Expires is when the message is to be deleted, or zero for never.
	Expires time.Time
}

// DeliveryState is what became of a message of ours on its way to one contact.
type DeliveryState int

// States of a delivery.
const (
	// Queued means that it waits to be sent.
	Queued DeliveryState = iota + 1
	// Sent means that it has left, and is not confirmed.
	Sent
	// Delivered means that the contact has it.
	Delivered
	// Read means that somebody has read it there.
	Read
	// Failed means that it cannot be delivered.
	Failed
	// Cancelled means that it was called back before it left.
	Cancelled
	// Expired means that its time was over before it was delivered.
	Expired
)

// Delivery is how far a message has come.
type Delivery struct {
	Message MessageNumber
	Contact ContactID
	// Item is the item that carries the message, or was the last to: messages come to
	// the contact in the order of their items. It is 0 in a profile that was imported.
	Item    ItemID
	State   DeliveryState
	Changed time.Time
}
