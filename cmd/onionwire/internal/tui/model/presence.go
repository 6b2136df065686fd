package model

import (
	"time"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

const (
	// PresenceLasts is how long somebody's presence is shown after the node has told it. It
	// is asked for again before that; if no answer comes, nobody is shown as present.
	PresenceLasts = 20 * time.Second
	// presenceFresh is how old it may be when it is asked for again.
	presenceFresh = 4 * time.Second
	// typingLasts is how long a hint of typing is shown.
	typingLasts = 6 * time.Second
)

// Unknown is the presence of somebody whose presence nobody has told us.
const Unknown rpc.PresenceState = "unknown"

type presence struct {
	rpc.Presence
	told time.Time
}

// Presence is whether a contact is there, as the node has said lately, or Unknown.
func (s *State) Presence(id ledger.ContactID, now time.Time) rpc.Presence {
	p, known := s.presence[id]
	if !known || now.Sub(p.told) > PresenceLasts {
		return rpc.Presence{State: Unknown, Heard: p.Heard}
	}
	return p.Presence
}

// WantPresence returns the request for a contact's presence, unless it is known.
func (s *State) WantPresence(id ledger.ContactID, now time.Time) []Request {
	c := s.contacts[id]
	if c == nil || c.State != rpc.AcceptedContact && c.State != rpc.RequestedContact {
		return nil
	}
	if p, known := s.presence[id]; known && now.Sub(p.told) < presenceFresh {
		return nil
	}
	return []Request{GetPresence{id}}
}
