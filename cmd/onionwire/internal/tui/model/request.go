package model

import (
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// Page is how many messages or files are asked for at once, and how many conversations
// first: of those the rest comes in larger pages.
const Page = rpc.MaxMessages

// Request is something to ask of the node.
type Request interface{ request() }

// What can be asked for. Each is a method of rpc.API of nearly that name.
type (
	GetSettings struct{}
	GetStatus   struct{}
	GetContacts struct{}
	GetContact  struct{ Contact ledger.ContactID }
	GetPresence struct{ Contact ledger.ContactID }
	// GetConversations asks for those that come after one, 0 for the first ones.
	GetConversations struct{ After ledger.ConversationID }
	GetConversation  struct{ Conversation ledger.ConversationID }
	GetMessage       struct{ Number ledger.MessageNumber }
	// GetMessages asks for the last ones below Before, or of all. Window is that of the
	// timeline which they are for.
	GetMessages struct {
		Conversation ledger.ConversationID
		Before       ledger.MessageNumber
		Window       int
	}
	// GetMessagesAfter asks for the first ones above After.
	GetMessagesAfter struct {
		Conversation ledger.ConversationID
		After        ledger.MessageNumber
		Window       int
	}
	GetFiles struct {
		Conversation ledger.ConversationID
		Before       ledger.FileNumber
		Window       int
	}
	GetFile  struct{ Number ledger.FileNumber }
	MarkRead struct {
		Conversation ledger.ConversationID
		UpTo         ledger.MessageNumber
	}
)

// Limit is how many are asked for: few to begin with, which are soon on the screen.
func (r GetConversations) Limit() int {
	if r.After == 0 {
		return Page
	}
	return rpc.MaxConversations
}

func (GetSettings) request()      {}
func (GetStatus) request()        {}
func (GetContacts) request()      {}
func (GetContact) request()       {}
func (GetPresence) request()      {}
func (GetConversations) request() {}
func (GetConversation) request()  {}
func (GetMessage) request()       {}
func (GetMessages) request()      {}
func (GetMessagesAfter) request() {}
func (GetFiles) request()         {}
func (GetFile) request()          {}
func (MarkRead) request()         {}

// Answer is what came back: an error, or what the request is about.
type Answer struct {
	Request Request
	Err     error

	Settings      rpc.Settings
	Status        rpc.Status
	Contacts      []rpc.Contact
	Contact       rpc.Contact
	Presence      rpc.Presence
	Conversations []rpc.Conversation
	Conversation  rpc.Conversation
	// Messages of GetMessages have the latest first, as those of the API.
	Messages []rpc.Message
	Files    []rpc.File
	File     rpc.File
}
