package engine

import "github.com/onionwire/onionwire/node/ledger"

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
	// More means that there is more to do at once: Needs and Flush again.
	More bool
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

// Signal is something that is true for a moment: Presence, Typing or AutoAccept.
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
	// AutoAccept says that a file that was offered may be accepted without asking.
	AutoAccept struct{ File ledger.FileNumber }
)

func (Presence) signal()   {}
func (Typing) signal()     {}
func (AutoAccept) signal() {}
