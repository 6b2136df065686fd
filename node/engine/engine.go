package engine

import (
	"io"
	"time"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/ledger"
)

// LinkID names a link. Whoever drives the engine makes it up, and uses it once.
type LinkID uint64

// Config is what an engine has to know beside its Snapshot.
type Config struct {
	// Peer is our own peer ID in binary form. The side with the lower one decides
	// which of two links stays.
	Peer []byte
	// Key encrypts saved sessions. It stays the caller's.
	Key *e2ee.StateKey
	// Addresses are our own, which contacts are told.
	Addresses []ledger.Address
	// Rand is where names and jitter come from; nil means crypto/rand.
	Rand io.Reader
}

// Snapshot is the state of a profile, as the store has it. The engine keeps it.
type Snapshot struct {
	Counters      ledger.Counters
	Settings      Settings
	Contacts      []ledger.Contact
	Streams       map[ledger.ContactID]ledger.Streams
	Conversations []ledger.Conversation
	// Items are all that wait, in the order of their numbers.
	Items []ledger.Waiting
	// Cells are all that are not confirmed, by contact and sequence number, without
	// their bytes.
	Cells   []ledger.Cell
	Invites []ledger.Invite
	// Files are those whose state is not final.
	Files []ledger.File
}

// Settings are those of the profile that the engine heeds.
type Settings struct {
	// Name is what contacts are told that we are called.
	Name string
	// Silent means that nobody gets read receipts, and nobody typing hints.
	NoReceipts, NoTyping bool
	// Expiry is how long messages may wait to be delivered, 0 for ever.
	Expiry time.Duration
	// AutoAccept is up to which size files are accepted from verified contacts
	// without asking, in bytes.
	AutoAccept uint64
}

// Loaded is what the engine has of a contact while there is a link to it.
type Loaded struct {
	Sessions []ledger.Session
	// Cells are those that are not confirmed, with their bytes.
	Cells []ledger.Cell
}

// Output is what comes of everything that was done since the last Flush.
type Output struct {
	// Changes have to be kept, all or none, in their order, before anything else.
	Changes []ledger.Change
	// Cells are to be written, in their order.
	Cells []Outgoing
	Close []Closing
	Dial  []Dial
	// Signals are for whoever listens now, and not kept.
	Signals []Signal
}

// Outgoing is a cell for a link.
type Outgoing struct {
	Link LinkID
	Cell []byte
}

// Closing is a link that is to be closed.
type Closing struct {
	Link LinkID
	// Orderly means that what was given to the link is written and what is under way
	// is read before; otherwise it is reset.
	Orderly bool
}

// Dial is a contact to be dialled, or no longer.
type Dial struct {
	Contact ledger.ContactID
	// Cancel means that the dial is not needed any more.
	Cancel bool
	// Urgent means that somebody waits for it.
	Urgent    bool
	Addresses []ledger.Address
}

// Signal is something that is true for a moment: Presence or Typing.
type Signal interface{ signal() }

type (
	// Presence says whether a contact is there: something came back a moment ago.
	Presence struct {
		Contact ledger.ContactID
		Online  bool
	}
	// Typing says that a contact writes something.
	Typing struct {
		Contact      ledger.ContactID
		Conversation ledger.ConversationID
	}
)

func (Presence) signal() {}
func (Typing) signal()   {}
