package node

import (
	"errors"
	"time"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/tortransport"
)

// missed tells why a contact could not be connected to. It is called by the loop, so
// that it comes before what the engine tells next.
func (n *Node) missed(e *engine.Engine, id ledger.ContactID, why rpc.Trouble) {
	p := n.feed.presence(id)
	if p.State == rpc.Online {
		return // they have connected to us meanwhile
	}
	p.Heard, p.Trouble = n.heardOf(id), why
	p.Tried, p.Next = tries(e, id)
	n.feed.put(Event{
		Happened: rpc.TimeOf(time.Now()), Kind: rpc.PresenceChanged, Contact: id, Presence: &p,
	})
}

// troubleOf names what a dial has failed with.
func troubleOf(err error) rpc.Trouble {
	for _, known := range []struct {
		err  error
		name rpc.Trouble
	}{
		{ErrWrongPeer, rpc.AnotherPeer},
		{ErrWrongAddress, rpc.AnotherPeer},
		{ErrNotProven, rpc.NotProven},
		{ErrVersion, rpc.AnotherVersion},
		{ErrTurnedAway, rpc.TurnedAway},
		{tortransport.ErrAuthMissing, rpc.KeyNeeded},
		{tortransport.ErrAuthBad, rpc.KeyNeeded},
		{tortransport.ErrNotFound, rpc.NotThere},
		{tortransport.ErrIntroduction, rpc.NotThere},
	} {
		if errors.Is(err, known.err) {
			return known.name
		}
	}
	return rpc.Failed
}
