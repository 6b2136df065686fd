package rpc

import (
	"context"
	"iter"

	"github.com/onionwire/onionwire/node/contactlink"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/tortransport/onion"
)

// API is what a node can do. All methods may be called concurrently, and return soon
// after their context ends. What is kept is on the disk when they return; nothing waits
// for the network but Ready.
//
// An error that a program can do something about matches one of the errors of this
// package, such as [ErrNotFound]. Errors hold no secret, no text of a message and no
// whole address, because they are shown to clients.
//
// Lists that have a limit may be shorter, although there is more: the empty list is the
// end.
type API interface {
	// Link is how others reach this node, for them to be given.
	Link(ctx context.Context) (contactlink.Link, error)
	// Settings are the settings of the profile.
	Settings(ctx context.Context) (Settings, error)
	// SetSettings changes those that are given, and returns all.
	SetSettings(ctx context.Context, change SettingsUpdate) (Settings, error)
	// InterfaceState is what an interface keeps for itself between two runs, such as
	// which conversations are open, as SetInterfaceState was told, or nothing. The node
	// does not look into it.
	InterfaceState(ctx context.Context) (string, error)
	// SetInterfaceState keeps that until it is something else, of MaxInterfaceState
	// bytes at most. It is in no export.
	SetInterfaceState(ctx context.Context, state string) error
	// Ready waits until others can reach this node.
	Ready(ctx context.Context) error
	// Status is how the node is doing.
	Status(ctx context.Context) (Status, error)
	// TorInfo is what Tor is doing, for somebody who wants to know why something does
	// not work.
	TorInfo(ctx context.Context) (TorInfo, error)

	// AddContact asks somebody to become a contact. Their answer is an event.
	AddContact(ctx context.Context, link contactlink.Link, options AddOptions) (Contact, error)
	// AcceptContact says yes to a request.
	AcceptContact(ctx context.Context, id ledger.ContactID) error
	// RejectContact says no to a request. They are not told.
	RejectContact(ctx context.Context, id ledger.ContactID) error
	// AskAgain asks somebody once more who has not answered, or does not know us any
	// more.
	AskAgain(ctx context.Context, id ledger.ContactID) error
	// BlockContact takes nothing from a contact any more. They are not told.
	BlockContact(ctx context.Context, id ledger.ContactID) error
	// UnblockContact undoes that.
	UnblockContact(ctx context.Context, id ledger.ContactID) error
	// DeleteContact erases the keys shared with a contact, and what was written
	// unless history is to be kept.
	DeleteContact(ctx context.Context, id ledger.ContactID, keepHistory bool) error
	// UpdateContact changes what is given, and returns all.
	UpdateContact(ctx context.Context, id ledger.ContactID, change ContactUpdate) (Contact, error)
	// Contacts are all contacts, in every state.
	Contacts(ctx context.Context) ([]Contact, error)
	// Contact is one of them.
	Contact(ctx context.Context, id ledger.ContactID) (Contact, error)
	// SafetyNumber is what two people compare to be sure of each other.
	SafetyNumber(ctx context.Context, id ledger.ContactID) (SafetyNumber, error)
	// VerifyContact compares the number that the other side has shown or said. If
	// it matches, the contact is verified; if not, it is not any more. If typed is
	// no whole safety number, the error matches ErrInvalid and nothing is changed.
	VerifyContact(ctx context.Context, id ledger.ContactID, typed string) (matches bool, err error)
	// Presence is whether a contact is there, as far as it is proven.
	Presence(ctx context.Context, id ledger.ContactID) (Presence, error)
	// Ping is how long a round trip to a contact takes: a sign of life was asked for
	// and came back, from somebody who has proven who they are. If there is no
	// connection it makes one. The error matches ErrUnreachable if that, or the answer,
	// fails or takes too long.
	Ping(ctx context.Context, id ledger.ContactID) (Duration, error)

	// NewInvite makes a link whose first bearer becomes a contact without being
	// asked.
	NewInvite(ctx context.Context, options InviteOptions) (contactlink.Link, error)
	// Invites are those that nobody has used.
	Invites(ctx context.Context) ([]Invite, error)
	// DropInvite withdraws one.
	DropInvite(ctx context.Context, invite InviteToken) error

	// Conversations are conversations, the latest message first: those that come after
	// one of them, or from the first on (0), limit at most.
	Conversations(ctx context.Context, after ledger.ConversationID, limit int) ([]Conversation, error)
	// Conversation is one of them.
	Conversation(ctx context.Context, id ledger.ConversationID) (Conversation, error)
	// UpdateConversation changes what is given, and returns all. Nobody is told.
	UpdateConversation(ctx context.Context, id ledger.ConversationID, change ConversationUpdate) (Conversation, error)
	// Messages are the last messages of a conversation whose numbers are below
	// before (0: the last ones of all), the latest first, limit at most.
	Messages(ctx context.Context, id ledger.ConversationID, before ledger.MessageNumber, limit int) ([]Message, error)
	// MessagesAfter are the first messages of a conversation whose numbers are above
	// after, the earliest first, limit at most.
	MessagesAfter(ctx context.Context, id ledger.ConversationID, after ledger.MessageNumber, limit int) ([]Message, error)
	// Message is one message.
	Message(ctx context.Context, number ledger.MessageNumber) (Message, error)
	// Search finds words, in one conversation or in all (0), otherwise like
	// Messages.
	Search(ctx context.Context, text string, id ledger.ConversationID, before ledger.MessageNumber, limit int) ([]Message, error)
	// Unread is how many messages of others in a conversation were not read here, or
	// ledger.MaxUnread if there are more.
	Unread(ctx context.Context, id ledger.ConversationID) (int, error)
	// Draft is what is being written in a conversation, as SetDraft was told, or
	// nothing.
	Draft(ctx context.Context, id ledger.ConversationID) (string, error)
	// SetDraft keeps what is being written until it is something else, of ledger.MaxDraft
	// bytes at most. Nobody is told.
	SetDraft(ctx context.Context, id ledger.ConversationID, text string) error

	// Send puts a message into the queue. What becomes of it are events.
	Send(ctx context.Context, id ledger.ConversationID, text string, options SendOptions) (Message, error)
	// Cancel calls back a message that has not left. If it has, the error matches
	// ErrState.
	Cancel(ctx context.Context, number ledger.MessageNumber) error
	// Edit changes a message that has not left. If it has, the error matches
	// ErrState.
	Edit(ctx context.Context, number ledger.MessageNumber, text string) error
	// RetryMessage queues a message of ours again that has failed, has expired or was
	// cancelled.
	RetryMessage(ctx context.Context, number ledger.MessageNumber) error
	// MarkRead says that a message and all before it in the conversation were read.
	MarkRead(ctx context.Context, id ledger.ConversationID, upTo ledger.MessageNumber) error
	// Typing says that somebody types. It is to be called again every few seconds.
	Typing(ctx context.Context, id ledger.ConversationID) error
	// SetTimer makes messages disappear after whole seconds, on all sides; 0 is
	// never.
	SetTimer(ctx context.Context, id ledger.ConversationID, after Duration) error
	// DeleteMessage deletes a message here.
	DeleteMessage(ctx context.Context, number ledger.MessageNumber) error

	// SendFile offers a file, given by an absolute path.
	SendFile(ctx context.Context, id ledger.ConversationID, path string) (File, error)
	// AcceptFile takes an offered file into a folder, given by an absolute path, or
	// that of the settings if it is empty.
	AcceptFile(ctx context.Context, number ledger.FileNumber, folder string) error
	// DeclineFile says no to an offer.
	DeclineFile(ctx context.Context, number ledger.FileNumber) error
	// PauseFile stops a transfer, in either direction, until ResumeFile.
	PauseFile(ctx context.Context, number ledger.FileNumber) error
	// ResumeFile goes on with it.
	ResumeFile(ctx context.Context, number ledger.FileNumber) error
	// WithdrawFile calls a transfer off, in either direction.
	WithdrawFile(ctx context.Context, number ledger.FileNumber) error
	// Files are the last files of a conversation, or of all (0), whose numbers are below
	// before (0: the last ones of all), the latest first, limit at most.
	Files(ctx context.Context, id ledger.ConversationID, before ledger.FileNumber, limit int) ([]File, error)
	// File is one of them.
	File(ctx context.Context, number ledger.FileNumber) (File, error)

	// ChangePassphrase seals the keys of the profile under another passphrase; empty is
	// none, before and after.
	ChangePassphrase(ctx context.Context, old, changed string) error
	// Words are what the identity is written down as, for whoever knows the passphrase
	// of the profile.
	Words(ctx context.Context, passphrase string) (string, error)
	// Export writes the profile to a new file, given by an absolute path, under a
	// passphrase of its own, for whoever knows that of the profile.
	Export(ctx context.Context, passphrase, path, under string, history bool) error

	// ChangeAddress makes a new onion address. The old one stays until all contacts
	// know the new one.
	ChangeAddress(ctx context.Context) (onion.Address, error)

	// Events yields what happened after a cursor, then what happens, until ctx ends.
	// That is its last pair, an error with the zero Event. Signals, which are not
	// kept, come with the cursor of the last event before them.
	//
	// The loop may stop in its body for as long as it likes: that holds up nothing
	// else, and no event is left out, signals are. If events after the cursor are
	// not kept any more, the error matches ErrCursor.
	Events(ctx context.Context, after ledger.Cursor) iter.Seq2[Event, error]
}
