package main

import (
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// Names by which a node tells what happens.
var (
	requestReceived = rpc.EventKindName(ledger.RequestReceived)
	contactChanged  = rpc.EventKindName(ledger.ContactChanged)
	contactDeleted  = rpc.EventKindName(ledger.ContactDeleted)
	messageReceived = rpc.EventKindName(ledger.MessageReceived)
	messageDeleted  = rpc.EventKindName(ledger.MessageDeleted)
	deliveryChanged = rpc.EventKindName(ledger.DeliveryChanged)
	timerChanged    = rpc.EventKindName(ledger.TimerChanged)
	setBack         = rpc.EventKindName(ledger.SetBack)
	fileOffered     = rpc.EventKindName(ledger.FileOffered)
	fileChanged     = rpc.EventKindName(ledger.FileChanged)

	requested = rpc.ContactStateName(ledger.Requested)
	asking    = rpc.ContactStateName(ledger.Asking)
	accepted  = rpc.ContactStateName(ledger.Accepted)

	queued    = rpc.DeliveryStateName(ledger.Queued)
	sent      = rpc.DeliveryStateName(ledger.Sent)
	delivered = rpc.DeliveryStateName(ledger.Delivered)
	read      = rpc.DeliveryStateName(ledger.Read)

	arrived = rpc.FileStateName(ledger.Arrived)
)
