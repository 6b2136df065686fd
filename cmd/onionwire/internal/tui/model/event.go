package model

import (
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// Kinds of events by the names of the API.
var (
	requestReceived     = rpc.EventKindName(ledger.RequestReceived)
	contactChanged      = rpc.EventKindName(ledger.ContactChanged)
	contactDeleted      = rpc.EventKindName(ledger.ContactDeleted)
	messageReceived     = rpc.EventKindName(ledger.MessageReceived)
	messageQueued       = rpc.EventKindName(ledger.MessageQueued)
	messageEdited       = rpc.EventKindName(ledger.MessageEdited)
	messageDeleted      = rpc.EventKindName(ledger.MessageDeleted)
	deliveryChanged     = rpc.EventKindName(ledger.DeliveryChanged)
	conversationRead    = rpc.EventKindName(ledger.ConversationRead)
	timerChanged        = rpc.EventKindName(ledger.TimerChanged)
	fileOffered         = rpc.EventKindName(ledger.FileOffered)
	fileChanged         = rpc.EventKindName(ledger.FileChanged)
	conversationChanged = rpc.EventKindName(ledger.ConversationChanged)
)

// SetBack is the kind of the events of which there are notes.
var SetBack = rpc.EventKindName(ledger.SetBack)
