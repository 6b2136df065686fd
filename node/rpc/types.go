package rpc

import (
	"github.com/onionwire/onionwire/node/ledger"
)

// Settings are the settings of a profile.
type Settings struct {
	// Name is what contacts are told to call us.
	Name string `json:"name"`
	// ReadReceipts is whether contacts are told what was read.
	ReadReceipts bool `json:"read_receipts"`
	// TypingHints is whether contacts are told that somebody types.
	TypingHints bool `json:"typing_hints"`
	// Expiry is how long a message may wait to be delivered, 0 for ever.
	Expiry Duration `json:"expiry"`
	// AutoAccept is up to which size, in bytes, files of verified contacts are
	// accepted without asking; 0 is never.
	AutoAccept int64 `json:"auto_accept"`
	// Downloads is the folder that files go to.
	Downloads string `json:"downloads"`
}

// SettingsUpdate are settings to change: those that are not nil.
type SettingsUpdate struct {
	Name         *string   `json:"name,omitempty"`
	ReadReceipts *bool     `json:"read_receipts,omitempty"`
	TypingHints  *bool     `json:"typing_hints,omitempty"`
	Expiry       *Duration `json:"expiry,omitempty"`
	AutoAccept   *int64    `json:"auto_accept,omitempty"`
	Downloads    *string   `json:"downloads,omitempty"`
}

// Status is how a node is doing.
type Status struct {
	// Peer is the own peer ID.
	Peer string `json:"peer"`
	// Tor is the state of the Tor daemon, TorError what is wrong with it, for people.
	Tor      string `json:"tor"`
	TorError string `json:"tor_error,omitempty"`
	// Bootstrap is how far Tor has come, in percent, BootstrapPhase what it is at, and
	// BootstrapWarning why it does not get on, if it says so, for people.
	Bootstrap        int    `json:"bootstrap"`
	BootstrapPhase   string `json:"bootstrap_phase"`
	BootstrapWarning string `json:"bootstrap_warning,omitempty"`
	// NetworkError is there while Tor, which had been connected to its network, gets
	// nothing through.
	NetworkError string `json:"network_error,omitempty"`
	// Service is the phase of the onion service, ServiceError what is wrong with it, for
	// people.
	Service      string `json:"service"`
	ServiceError string `json:"service_error,omitempty"`
	// Uploads and Uploaded count the descriptors of the onion service that were sent to
	// directories, and those that one has taken.
	Uploads  int `json:"uploads"`
	Uploaded int `json:"uploaded"`
	// Reachable is whether contacts can reach this node.
	Reachable bool `json:"reachable"`
	// Connected is how many contacts are connected.
	Connected int `json:"connected"`
	// Waiting is how many messages wait to be delivered.
	Waiting int `json:"waiting"`
	// Unread is how many messages were not read, in all conversations that are not
	// muted, of each ledger.MaxUnread at most.
	Unread int `json:"unread"`
	// DiskFull means that the disk of the profile is nearly full, and that therefore
	// nothing is read from others: it waits there until there is room again.
	DiskFull bool `json:"disk_full,omitempty"`
	// Cursor is that of the last event.
	Cursor  ledger.Cursor `json:"cursor"`
	Started Time          `json:"started"`
}

// TorInfo is what Tor is doing. It names no relay and no address.
type TorInfo struct {
	// State is the state of the Tor daemon, as in Status.
	State string `json:"state"`
	// Version is that of tor, Managed whether it is a child of the node.
	Version string `json:"version"`
	Managed bool   `json:"managed"`
	// Restarts counts how often tor was lost and found again.
	Restarts int `json:"restarts"`
	// Bootstrap is as in Status, and so is what follows.
	Bootstrap        int    `json:"bootstrap"`
	BootstrapPhase   string `json:"bootstrap_phase"`
	BootstrapWarning string `json:"bootstrap_warning,omitempty"`
	NetworkError     string `json:"network_error,omitempty"`
	// Circuits counts circuits, or CircuitsError says why tor does not tell.
	Circuits      []CircuitCount `json:"circuits"`
	CircuitsError string         `json:"circuits_error,omitempty"`
	// Services are the onion services of the profile, that of its current address first.
	Services []ServiceInfo `json:"services"`
	// LastError is what was wrong the last time that something was, for people, and
	// LastErrorAt when. They stay when it is well again.
	LastError   string `json:"last_error,omitempty"`
	LastErrorAt Time   `json:"last_error_at,omitzero"`
}

// CircuitCount counts circuits of one purpose that are in one state, both in the words
// of Tor's control-spec (section 4.1.1), such as HS_SERVICE_INTRO and BUILT.
type CircuitCount struct {
	Purpose string `json:"purpose"`
	State   string `json:"state"`
	Count   int    `json:"count"`
}

// ServiceInfo is how an onion service is doing.
type ServiceInfo struct {
	// Phase is that of the service, as in Status, Error what is wrong with it, for
	// people.
	Phase string `json:"phase"`
	Error string `json:"error,omitempty"`
	// Uploads and Uploaded count descriptors that were sent to directories, and those
	// that one has taken.
	Uploads  int `json:"uploads"`
	Uploaded int `json:"uploaded"`
}

// AddOptions are what a request says.
type AddOptions struct {
	// Alias is how the contact is called here. They do not see it.
	Alias string `json:"alias,omitempty"`
	// Introduction is what they read before they answer, of up to 500 characters.
	Introduction string `json:"introduction,omitempty"`
}

// Contact is somebody with an identity of their own.
type Contact struct {
	// ID is what parameters refer to.
	ID ledger.ContactID `json:"id"`
	// Peer is the peer ID.
	Peer string `json:"peer"`
	// Name is what the contact calls itself, Alias what it is called here.
	Name         string       `json:"name"`
	Alias        string       `json:"alias"`
	Introduction string       `json:"introduction"`
	State        ContactState `json:"state"`
	// Changed is when the state was last changed.
	Changed       Time `json:"changed,omitzero"`
	Verified      bool `json:"verified"`
	Muted         bool `json:"muted"`
	KeepConnected bool `json:"keep_connected"`
	// Forgotten means that the contact says that it does not know us.
	Forgotten bool `json:"forgotten"`
	// Expiry is how long a message may wait to be delivered: 0 is as in the settings,
	// negative is for ever.
	Expiry Duration `json:"expiry"`
	// Silent means that this contact gets neither read receipts nor typing hints.
	Silent bool `json:"silent"`
	Added  Time `json:"added"`
	// Addresses are where the contact can be reached, the best first.
	Addresses []Address `json:"addresses"`
	// Conversation is the one of the two, or 0 if there is none yet.
	Conversation ledger.ConversationID `json:"conversation,omitempty"`
}

// Address is where a contact can be reached. A key of client authorisation, if there
// is one, is not told.
type Address struct {
	// Onion is the onion address, with ".onion".
	Onion string `json:"onion"`
	Port  uint16 `json:"port"`
}

// ContactUpdate is what to change about a contact: what is not nil.
type ContactUpdate struct {
	Alias         *string   `json:"alias,omitempty"`
	Muted         *bool     `json:"muted,omitempty"`
	KeepConnected *bool     `json:"keep_connected,omitempty"`
	Expiry        *Duration `json:"expiry,omitempty"`
	Silent        *bool     `json:"silent,omitempty"`
}

// SafetyNumber is a safety number in its forms.
type SafetyNumber struct {
	// Digits are 60 digits, in groups.
	Digits string `json:"digits"`
	// Words are 16 words.
	Words string `json:"words"`
	// Code is the text of a QR code. It is our side's.
	Code string `json:"code"`
}

// Presence is whether a contact is there.
type Presence struct {
	State PresenceState `json:"state"`
	// Heard is when the last sign of life came, or zero.
	Heard Time `json:"heard,omitzero"`
	// Trouble is why the last try to connect has failed, Tried when that was. They go when
	// somebody is online.
	Trouble Trouble `json:"trouble,omitempty"`
	Tried   Time    `json:"tried,omitzero"`
	// Next is when the next try is due, or zero if nothing waits for the contact: the next
	// message, a ping, or they themselves connect again. One in the past waits for a place
	// among others.
	Next Time `json:"next,omitzero"`
}

// InviteOptions are what an invite is for.
type InviteOptions struct {
	// Note is for ourselves.
	Note string `json:"note,omitempty"`
	// Expires is when it ends, or zero for never.
	Expires Time `json:"expires,omitzero"`
}

// Invite is an invite that nobody has used. Its link shows it.
type Invite struct {
	// Token is what drop_invite takes.
	Token   InviteToken `json:"invite"`
	Note    string      `json:"note"`
	Added   Time        `json:"added"`
	Expires Time        `json:"expires,omitzero"`
}

// Conversation is where messages belong.
type Conversation struct {
	ID    ledger.ConversationID `json:"id"`
	Kind  ConversationKind      `json:"kind"`
	Title string                `json:"title"` // of a group
	Muted bool                  `json:"muted"`
	// Timer is after how long messages disappear, 0 for never.
	Timer Duration `json:"timer"`
	// Read is the last message that was read here.
	Read ledger.MessageNumber `json:"read"`
	// Last is the last message, or 0.
	Last ledger.MessageNumber `json:"last"`
	// Unread is how many messages of others were not read here, ledger.MaxUnread at
	// most.
	Unread int  `json:"unread"`
	Added  Time `json:"added"`
	// Members are the contacts in it, ourselves not among them.
	Members []ledger.ContactID `json:"members"`
}

// ConversationUpdate is what to change about a conversation: what is not nil.
type ConversationUpdate struct {
	Muted *bool `json:"muted,omitempty"`
}

// SendOptions are how a message is sent.
type SendOptions struct {
	// Expiry is how long it may wait to be delivered: 0 is as the contact and the
	// settings say, negative is for ever.
	Expiry Duration `json:"expiry,omitempty"`
	// ID names the message: who sends it again with the same ID, after a crash perhaps,
	// gets the one that is there. Zero is a new one.
	ID MessageID `json:"id,omitzero"`
}

// Message is something that was written in a conversation.
type Message struct {
	// Number is higher the later it was stored, in all conversations.
	Number       ledger.MessageNumber  `json:"number"`
	Conversation ledger.ConversationID `json:"conversation"`
	// Sender is 0 for ourselves.
	Sender ledger.ContactID `json:"sender"`
	// ID is what the other side knows it by.
	ID   MessageID `json:"id"`
	Text string    `json:"text"`
	// Written is the time by the clock of the sender, Stored by ours.
	Written Time `json:"written"`
	Stored  Time `json:"stored"`
	// Timer is after how long it disappears, 0 for never, Expires when it does.
	Timer   Duration `json:"timer"`
	Expires Time     `json:"expires,omitzero"`
	// Deliveries are how far a message of ours has come to each member.
	Deliveries []Delivery `json:"deliveries,omitempty"`
}

// Delivery is how far a message has come.
type Delivery struct {
	Contact ledger.ContactID `json:"contact"`
	State   DeliveryState    `json:"state"`
	Changed Time             `json:"changed"`
}

// File is a file that is sent, or received.
type File struct {
	Number       ledger.FileNumber     `json:"number"`
	Conversation ledger.ConversationID `json:"conversation"`
	Contact      ledger.ContactID      `json:"contact"`
	// Incoming is whether the contact sends it to us.
	Incoming bool `json:"incoming"`
	// Name is a bare file name that was made harmless.
	Name string `json:"name"`
	// Type is what its sender takes it for, such as image/png, or nothing.
	Type string `json:"type"`
	// Size and Done are in bytes.
	Size   int64     `json:"size"`
	Done   int64     `json:"done"`
	SHA256 Hash      `json:"sha256"`
	State  FileState `json:"state"`
	// Why says what made it broken, or what it waits for while it moves, for people.
	Why string `json:"why,omitempty"`
	// Path is where it is read, or put once it is whole. A token for one conversation
	// does not see it.
	Path    string `json:"path,omitempty"`
	Added   Time   `json:"added"`
	Changed Time   `json:"changed"`
}

// Progress is how a transfer goes on.
type Progress struct {
	// Done and Size are in bytes.
	Done int64 `json:"done"`
	Size int64 `json:"size"`
	// Rate is in bytes a second.
	Rate int64 `json:"rate"`
	// Left is how long it takes at that rate, or negative if nobody knows.
	Left Duration `json:"left"`
}

// Event is something that happened. It names what it is about, and repeats no text.
type Event struct {
	Cursor   ledger.Cursor `json:"cursor"`
	Happened Time          `json:"happened"`
	Kind     EventKind     `json:"kind"`
	// What it is about, as far as that applies.
	Contact      ledger.ContactID      `json:"contact,omitempty"`
	Conversation ledger.ConversationID `json:"conversation,omitempty"`
	Message      ledger.MessageNumber  `json:"message,omitempty"`
	File         ledger.FileNumber     `json:"file,omitempty"`
	// ID is the message that a contact has read, with all before it.
	ID *MessageID `json:"id,omitempty"`
	// Delivery is the new state of a message, FileState of a file.
	Delivery  DeliveryState `json:"delivery,omitempty"`
	FileState FileState     `json:"file_state,omitempty"`
	// Timer is the new one of a conversation.
	Timer *Duration `json:"timer,omitempty"`
	// Presence and Progress come with signals.
	Presence *Presence `json:"presence,omitempty"`
	Progress *Progress `json:"progress,omitempty"`
}
