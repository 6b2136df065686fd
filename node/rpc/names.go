package rpc

import "github.com/onionwire/onionwire/node/ledger"

// ContactState is a [ledger.ContactState] by name.
type ContactState string

// ConversationKind is a [ledger.ConversationKind] by name.
type ConversationKind string

// DeliveryState is a [ledger.DeliveryState] by name.
type DeliveryState string

// FileState is a [ledger.FileState] by name.
type FileState string

// PresenceState is whether a contact is there.
type PresenceState string

// States of a contact's presence.
const (
	// Offline means that there is no connection, and that none is tried now. Without a
	// trouble it says no more than that: nobody has wanted to connect.
	Offline PresenceState = "offline"
	// Connecting means that the contact is being dialled.
	Connecting PresenceState = "connecting"
	// Online means that a connection has shown life just now.
	Online PresenceState = "online"
	// Silent means that there is a connection, and that nothing has come on it for longer
	// than on one that works: the contact may be gone. It is known to who asks, and no
	// signal.
	Silent PresenceState = "silent"
)

// Trouble is why a contact could not be connected to.
type Trouble string

// What a contact can be missed for.
const (
	// NotThere means that nobody answers at the address: the contact is not online, or
	// only just.
	NotThere Trouble = "not_there"
	// TurnedAway means that the contact is there, and does not take the call.
	TurnedAway Trouble = "turned_away"
	// AnotherVersion means that the other side speaks another version of the protocol,
	// or runs another program.
	AnotherVersion Trouble = "another_version"
	// AnotherPeer means that somebody else answers at the address, or at one of several.
	// People have to know.
	AnotherPeer Trouble = "another_peer"
	// NotProven means that the other side could not prove in the end-to-end handshake
	// who it is. People have to know.
	NotProven Trouble = "not_proven"
	// KeyNeeded means that the address needs a key of client authorisation, or another
	// one.
	KeyNeeded Trouble = "key_needed"
	// Failed means anything else, bad luck with Tor most likely.
	Failed Trouble = "failed"
)

// EventKind is a [ledger.EventKind] by name, or that of a signal.
type EventKind string

// Signals: events that are not kept.
const (
	// PresenceChanged means that a contact has come or gone, or could not be connected
	// to.
	PresenceChanged EventKind = "presence_changed"
	// TypingHint means that a contact types in a conversation.
	TypingHint EventKind = "typing"
	// FileProgress means that so much of a file was moved.
	FileProgress EventKind = "file_progress"
	// FileStalled means that a file waits for a disk here that cannot be read or written
	// now, which is not mounted perhaps. Its why says more.
	FileStalled EventKind = "file_stalled"
	// StatusChanged means that Tor or an onion service is doing otherwise than before:
	// Status says how.
	StatusChanged EventKind = "status_changed"
)

// Signals that no node sends: those of [Remote.Events], about its connection.
const (
	// Disconnected means that the node cannot be asked any more: what is known of
	// presence and of Tor may not be true any more.
	Disconnected EventKind = "disconnected"
	// Reconnected means that it can be again. Events that were missed come after it.
	Reconnected EventKind = "reconnected"
)

// Names of what package ledger numbers, where it says what they mean.
const (
	RequestedContact ContactState = "requested"
	AskingContact    ContactState = "asking"
	AcceptedContact  ContactState = "accepted"
	RejectedContact  ContactState = "rejected"
	BlockedContact   ContactState = "blocked"
	DeletedContact   ContactState = "deleted"

	DirectConversation ConversationKind = "direct"
	GroupConversation  ConversationKind = "group"

	QueuedMessage    DeliveryState = "queued"
	SentMessage      DeliveryState = "sent"
	DeliveredMessage DeliveryState = "delivered"
	ReadMessage      DeliveryState = "read"
	FailedMessage    DeliveryState = "failed"
	CancelledMessage DeliveryState = "cancelled"
	ExpiredMessage   DeliveryState = "expired"

	OfferedFile   FileState = "offered"
	MovingFile    FileState = "moving"
	PausedFile    FileState = "paused"
	ArrivedFile   FileState = "arrived"
	DeclinedFile  FileState = "declined"
	WithdrawnFile FileState = "withdrawn"
	BrokenFile    FileState = "broken"

	RequestReceived     EventKind = "request_received"
	ContactChanged      EventKind = "contact_changed"
	ContactDeleted      EventKind = "contact_deleted"
	MessageReceived     EventKind = "message_received"
	MessageQueued       EventKind = "message_queued"
	MessageEdited       EventKind = "message_edited"
	MessageDeleted      EventKind = "message_deleted"
	DeliveryChanged     EventKind = "delivery_changed"
	ConversationRead    EventKind = "conversation_read"
	TimerChanged        EventKind = "timer_changed"
	FileOffered         EventKind = "file_offered"
	FileChanged         EventKind = "file_changed"
	ConversationChanged EventKind = "conversation_changed"
	SetBack             EventKind = "set_back"
)

var contactStates = map[ledger.ContactState]ContactState{
	ledger.Requested: RequestedContact,
	ledger.Asking:    AskingContact,
	ledger.Accepted:  AcceptedContact,
	ledger.Rejected:  RejectedContact,
	ledger.Blocked:   BlockedContact,
	ledger.Deleted:   DeletedContact,
}

var conversationKinds = map[ledger.ConversationKind]ConversationKind{
	ledger.Direct: DirectConversation,
	ledger.Group:  GroupConversation,
}

var deliveryStates = map[ledger.DeliveryState]DeliveryState{
	ledger.Queued:    QueuedMessage,
	ledger.Sent:      SentMessage,
	ledger.Delivered: DeliveredMessage,
	ledger.Read:      ReadMessage,
	ledger.Failed:    FailedMessage,
	ledger.Cancelled: CancelledMessage,
	ledger.Expired:   ExpiredMessage,
}

var fileStates = map[ledger.FileState]FileState{
	ledger.Offered:   OfferedFile,
	ledger.Moving:    MovingFile,
	ledger.Paused:    PausedFile,
	ledger.Arrived:   ArrivedFile,
	ledger.Declined:  DeclinedFile,
	ledger.Withdrawn: WithdrawnFile,
	ledger.Broken:    BrokenFile,
}

var eventKinds = map[ledger.EventKind]EventKind{
	ledger.RequestReceived:     RequestReceived,
	ledger.ContactChanged:      ContactChanged,
	ledger.ContactDeleted:      ContactDeleted,
	ledger.MessageReceived:     MessageReceived,
	ledger.MessageQueued:       MessageQueued,
	ledger.MessageEdited:       MessageEdited,
	ledger.MessageDeleted:      MessageDeleted,
	ledger.DeliveryChanged:     DeliveryChanged,
	ledger.ConversationRead:    ConversationRead,
	ledger.TimerChanged:        TimerChanged,
	ledger.FileOffered:         FileOffered,
	ledger.FileChanged:         FileChanged,
	ledger.ConversationChanged: ConversationChanged,
	ledger.SetBack:             SetBack,
}

// ContactStateName returns the name of a state, or nothing if there is no such state.
func ContactStateName(s ledger.ContactState) ContactState { return contactStates[s] }

// ConversationKindName returns the name of a kind, or nothing if there is no such kind.
func ConversationKindName(k ledger.ConversationKind) ConversationKind { return conversationKinds[k] }

// DeliveryStateName returns the name of a state, or nothing if there is no such state.
func DeliveryStateName(s ledger.DeliveryState) DeliveryState { return deliveryStates[s] }

// FileStateName returns the name of a state, or nothing if there is no such state.
func FileStateName(s ledger.FileState) FileState { return fileStates[s] }

// EventKindName returns the name of a kind, or nothing if there is no such kind.
func EventKindName(k ledger.EventKind) EventKind { return eventKinds[k] }

// EventOf returns the form of a kept event that clients get.
func EventOf(e ledger.Event) Event {
	out := Event{
		Cursor: e.Cursor, Happened: TimeOf(e.Happened), Kind: EventKindName(e.Kind),
		Contact: e.Contact, Conversation: e.Conversation, Message: e.Message, File: e.File,
		Delivery: DeliveryStateName(e.Delivery), FileState: FileStateName(e.FileState),
	}
	if e.ID != (ledger.MessageID{}) {
		id := MessageID(e.ID)
		out.ID = &id
	}
	if e.Kind == ledger.TimerChanged {
		after := Seconds(e.Seconds)
		out.Timer = &after
	}
	return out
}
