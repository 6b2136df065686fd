package node

import "github.com/onionwire/onionwire/node/rpc"

// What methods take and give is what programs on the node's socket get; package rpc
// says what each field means.
type (
	Settings           = rpc.Settings
	SettingsUpdate     = rpc.SettingsUpdate
	Status             = rpc.Status
	TorInfo            = rpc.TorInfo
	AddOptions         = rpc.AddOptions
	Contact            = rpc.Contact
	ContactUpdate      = rpc.ContactUpdate
	SafetyNumber       = rpc.SafetyNumber
	Presence           = rpc.Presence
	InviteOptions      = rpc.InviteOptions
	Invite             = rpc.Invite
	InviteToken        = rpc.InviteToken
	Conversation       = rpc.Conversation
	ConversationUpdate = rpc.ConversationUpdate
	SendOptions        = rpc.SendOptions
	Message            = rpc.Message
	Delivery           = rpc.Delivery
	File               = rpc.File
	Progress           = rpc.Progress
	Event              = rpc.Event
)
