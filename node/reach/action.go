package reach

import "github.com/onionwire/onionwire/node/ledger"

// Action is something that is to be done, or told: [Dial], [CancelDial], [Close],
// [Switch] or [Presence].
type Action interface{ action() }

type (
	// Dial orders a dial, and a link if the contact is reached and [Plan.MayOpen]
	// says so. It ends with LinkUp, DialFailed or CancelDial.
	Dial struct {
		Contact ledger.ContactID
		// Urgent means that somebody waits for it.
		Urgent bool
	}
	// CancelDial ends a dial. What becomes of it is not reported.
	CancelDial struct {
		Contact ledger.ContactID
	}
	// Close orders a link to be closed. The plan has forgotten it already.
	Close struct {
		Link LinkID
		// Orderly means that what was given to the link is written, and that it is
		// read to its end; otherwise it is reset.
		Orderly bool
	}
	// Switch says that Link is the one to write on from now on, or none if 0.
	Switch struct {
		Contact ledger.ContactID
		Link    LinkID
	}
	// Presence says whether a contact is there.
	Presence struct {
		Contact ledger.ContactID
		Online  bool
	}
)

func (Dial) action()       {}
func (CancelDial) action() {}
func (Close) action()      {}
func (Switch) action()     {}
func (Presence) action()   {}
