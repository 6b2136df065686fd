package ledger

import "time"

// FileNumber is the place of a file among all that were offered, by us and to us.
type FileNumber int64

// FileID names a file towards the other side. The sender makes it up.
type FileID [16]byte

// FileState is what became of an offer of a file.
type FileState int

// States of a file.
const (
	// Offered means that the receiver has not answered.
	Offered FileState = iota + 1
	// Moving means that it is sent as soon and as fast as possible.
	Moving
	// Paused means that it waits until it is resumed here.
	Paused
	// Arrived means that the receiver has all of it, and has compared its hash.
	Arrived
	// Declined means that the receiver does not want it.
	Declined
	// Withdrawn means that one side has called it off.
	Withdrawn
	// Broken means that it cannot be completed.
	Broken
)

// Final reports whether nothing more becomes of the file.
func (s FileState) Final() bool { return s >= Arrived }

// Ended is what is remembered of a file that was offered to us and whose state is final.
type Ended struct {
	Number  FileNumber
	Contact ContactID
	ID      FileID
	State   FileState
}

// File is a file that is sent, or received.
type File struct {
	Number       FileNumber
	Conversation ConversationID
	Contact      ContactID
	ID           FileID
	// Incoming is whether the contact sends it to us.
	Incoming bool
	// Key encrypts its chunks, 32 bytes. It is erased when the state is final.
	Key []byte
	// Name is a bare file name; from a contact, as it was sent.
	Name string
	// Type is what its sender takes it for, such as image/png, or nothing.
	Type string
	Size uint64
	Hash [32]byte
	// Path is where we read it, or are to put it once it is whole.
	Path string
	// Modified is when what we send had last been changed as it was offered, to the
	// millisecond.
	Modified time.Time
	// Draft is where an incoming file is written until then.
	Draft string
	// Chunks is how many chunks from the first on are written and on the disk.
	Chunks uint64
	State  FileState
	// Why says what made it Broken, for people.
	Why     string
	Added   time.Time
	Changed time.Time
}
