package ledger

import "time"

// Change is something that is to be kept: one of the types below. Those of one
// transaction are kept all or not at all, in their order. What refers to something
// that is not there is [ErrNotFound], what is there already [ErrExists], what can
// never be there [ErrInvalid], unless it says otherwise.
type Change interface{ change() }

type (
	// PutContact adds a contact, or changes everything about it.
	PutContact struct{ Contact Contact }
	// DropContact removes the keys of a contact, and what waits for it. With
	// History, its name stays, as Deleted, with what was written, and so it does if
	// it is in a conversation with others.
	DropContact struct {
		Contact ContactID
		History bool
	}
	// PutStreams changes how far the items to and from a contact have come.
	PutStreams struct {
		Contact ContactID
		Streams Streams
	}
	// PutSession keeps the state of a session.
	PutSession struct {
		Contact ContactID
		Session Session
	}
	// DropSession removes a session.
	DropSession struct {
		Contact ContactID
		ID      SessionID
	}
	// PutInvite adds an invite.
	PutInvite struct{ Invite Invite }
	// DropInvite removes one that was used or withdrawn.
	DropInvite struct{ Token [16]byte }

	// PutConversation adds a conversation, or changes it; its members and its kind
	// stay as they are.
	PutConversation struct{ Conversation Conversation }
	// DropConversation removes a conversation and its messages.
	DropConversation struct{ Conversation ConversationID }
	// PutDraft keeps what is being written in a conversation, of MaxDraft bytes at most;
	// empty is nothing. It goes with the conversation, and does nothing if that is not
	// there: it is kept a while after it was written.
	PutDraft struct {
		Conversation ConversationID
		Text         string
	}

	// AddMessage adds a message of ours or of a member, and an event that tells of
	// it. If its sender has used its ID in the conversation before, it does nothing: it
	// has come once more. So it is with those that were deleted, the last MaxGone.
	AddMessage struct {
		Message Message
		Event   Event
	}
	// EditMessage replaces the text of a message.
	EditMessage struct {
		Message MessageNumber
		Body    string
	}
	// DropMessage removes a message. An item that carries it stays, and carries none.
	DropMessage struct{ Message MessageNumber }
	// ExpireMessage begins the timer of a message, if it has one that has not begun.
	ExpireMessage struct {
		Message MessageNumber
		Now     time.Time
	}
	// ExpireRead does so for all messages of others in a conversation up to the given
	// one.
	ExpireRead struct {
		Conversation ConversationID
		UpTo         MessageNumber
		Now          time.Time
	}
	// HoldMessage takes back that the timer of a message has begun.
	HoldMessage struct{ Message MessageNumber }
	// PutDelivery sets how far a message has come.
	PutDelivery struct{ Delivery Delivery }
	// ReadDelivery sets, for a message of ours with an ID and all that came to the
	// contact before it in the conversation, by the order of their items, that the
	// contact has read them, as far as they are Delivered. If there is none that this
	// changes, the event is not added.
	ReadDelivery struct {
		Conversation ConversationID
		Contact      ContactID
		ID           MessageID
		Changed      time.Time
		Event        Event
	}

	// PutItem adds an item to the queue, or replaces its content.
	PutItem struct{ Item Item }
	// DropItem removes an item.
	DropItem struct{ Item ItemID }
	// PutCell keeps a cell, instead of one with the same first item.
	PutCell struct{ Cell Cell }
	// DropCells removes the cells to a contact whose items all have sequence
	// numbers below the given one.
	DropCells struct {
		Contact ContactID
		Below   uint64
	}

	// PutFile adds a file, or changes everything about it.
	PutFile struct{ File File }
	// DropFile removes a file from the list.
	DropFile struct{ File FileNumber }

	// PutSetting sets a setting of the profile. Its name has up to 128 bytes, and does
	// not begin with "store.".
	PutSetting struct {
		Name  string
		Value []byte
	}
	// DropSetting removes a setting.
	DropSetting struct{ Name string }

	// AddEvent adds an event.
	AddEvent struct{ Event Event }
)

func (PutContact) change()       {}
func (DropContact) change()      {}
func (PutStreams) change()       {}
func (PutSession) change()       {}
func (DropSession) change()      {}
func (PutInvite) change()        {}
func (DropInvite) change()       {}
func (PutConversation) change()  {}
func (DropConversation) change() {}
func (PutDraft) change()         {}
func (AddMessage) change()       {}
func (EditMessage) change()      {}
func (DropMessage) change()      {}
func (ExpireMessage) change()    {}
func (ExpireRead) change()       {}
func (HoldMessage) change()      {}
func (PutDelivery) change()      {}
func (ReadDelivery) change()     {}
func (PutItem) change()          {}
func (DropItem) change()         {}
func (PutCell) change()          {}
func (DropCells) change()        {}
func (PutFile) change()          {}
func (DropFile) change()         {}
func (PutSetting) change()       {}
func (DropSetting) change()      {}
func (AddEvent) change()         {}
