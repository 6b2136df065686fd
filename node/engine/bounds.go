package engine

import "time"

const (
	// MaxQueued is how many items can wait for one contact. Their contents are on
	// the disk; what is in memory of them is small.
	MaxQueued = 10_000
	// MaxQueuedTotal is how many can wait for all contacts.
	MaxQueuedTotal = 100_000
	// MaxAnswers is how many more can: what the engine says by itself, such as that a
	// request is accepted, a receipt, or a new address.
	MaxAnswers = 1_024
	// MaxInFlight is how many cells to one contact may not be confirmed. What else
	// waits goes into fewer, larger cells.
	MaxInFlight = 16
	// MaxInFlightBytes is how many bytes they may have, before another is begun:
	// twice what is under way on a path of a third of a second at the speed of Tor.
	MaxInFlightBytes = 512 << 10
	// MaxRequests is how many requests of strangers wait for an answer.
	MaxRequests = 64
	// MaxDisplaced is how many requests in an hour, of all strangers together, may each
	// take the place of another. More are not taken.
	MaxDisplaced = 30
	// MaxStrangers is how many links there are with people who are no contacts.
	MaxStrangers = 32
	// MaxInvites is how many invites are open.
	MaxInvites = 256
	// MaxNote is how many characters there are in what an invite is for.
	MaxNote = 500
	// MaxOffers is how many files of one contact can wait to be complete.
	MaxOffers = 64
	// MaxEnded is how many files of one contact are remembered whose state is final.
	MaxEnded = 1_000
	// MaxRetired is how many names of a contact's earlier items are remembered, so
	// that a late cell does not bring them back.
	MaxRetired = 8

	// maxPeer is the longest peer ID in bytes that the store keeps: several times what
	// one with an Ed25519 key has.
	maxPeer = 128

	// rejectionPause is for how long somebody who was rejected cannot ask again, and
	// requestPause for how long the words of a request stay as they are.
	rejectionPause = 24 * time.Hour
	requestPause   = 24 * time.Hour
	// healingPause is the least time between two handshakes for cells that no
	// session opens.
	healingPause = time.Minute
	// sweepPause is how often the sessions that are in memory are looked through for
	// keys that are too old.
	sweepPause = 24 * time.Hour
	// typingPause is the least time between two hints that we type.
	typingPause = 3 * time.Second
	// lateExpiry is when an item is looked at again whose time is over and that is
	// on its way.
	lateExpiry = 30 * time.Second
)
