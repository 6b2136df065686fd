package ledger

import "time"

// ContactID is the number of a contact.
type ContactID int64

// ContactState is what we and a contact have agreed on.
type ContactState int

// States of a contact.
const (
	// Requested means that we have asked and wait.
	Requested ContactState = iota + 1
	// Asking means that the contact has asked, and waits for us.
	Asking
	// Accepted means that both have agreed.
	Accepted
	// Rejected means that we have said no.
	Rejected
	// Blocked means that nothing is taken from the contact.
	Blocked
	// Deleted means that only the name is left, beside what the contact has written.
	Deleted
)

// Contact is somebody with an identity of their own.
type Contact struct {
	ID ContactID
	// Peer is the peer ID in binary form. No two contacts have the same.
	Peer []byte
	// Name is what the contact calls itself, Alias what we call it.
	Name, Alias string
	// Introduction is the text of the request, theirs or ours.
	Introduction string
	// Invite is what came with the link, if anything: it goes into the request.
	Invite []byte
	State  ContactState
	// Changed is when the state was last changed.
	Changed       time.Time
	Verified      bool
	Muted         bool
	KeepConnected bool
	// Forgotten means that the contact says that it does not know us: it has
	// deleted us, or lost its data.
	Forgotten bool
	// Expiry is how long a message may wait to be delivered: 0 is as the profile
	// says, negative is for ever.
	Expiry time.Duration
	// Silent means that this contact gets neither read receipts nor typing hints.
	Silent bool
	Added  time.Time
	// Addresses are where the contact can be reached, the best first.
	Addresses []Address
}

// Address is an onion address.
type Address struct {
	// Onion is the public key of the onion service.
	Onion [32]byte
	Port  uint16
	// ClientKey is the key of client authorisation, 32 bytes, or nothing.
	ClientKey []byte
}

// Streams are how far the items have come that go to a contact and come from it.
type Streams struct {
	// Out names our items. It is random, never 0, and changes only when they begin
	// anew.
	Out uint64
	// Base is the sequence number of the first item that is not confirmed.
	Base uint64
	// Sent is the sequence number behind all that were ever sealed. Those items may
	// be known to the contact, and can be neither changed nor taken back.
	Sent uint64
	// In names the contact's items, 0 before the first has come.
	In uint64
	// Next is the sequence number of the next item to come.
	Next uint64
	// Retired are names that the contact's items had before, the latest last.
	Retired []uint64
}

// Invite is what lets its bearer become a contact without being asked, once.
type Invite struct {
	// Token is 16 bytes.
	Token   [16]byte
	Note    string // what it is for, as its maker says
	Added   time.Time
	Expires time.Time
}
