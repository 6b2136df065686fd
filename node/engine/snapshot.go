package engine

import (
	"crypto/rand"
	"io"
	"slices"
	"time"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/reach"
	"github.com/onionwire/onionwire/node/wire"
)

// Config is what an engine has to know beside its Snapshot.
type Config struct {
	// Peer is our own peer ID in binary form. The side with the lower one decides
	// which of two links stays.
	Peer []byte
	// Key encrypts saved sessions. It stays the caller's.
	Key *e2ee.StateKey
	// Addresses are our own, which contacts are told: 1 to wire.MaxAddresses.
	Addresses []ledger.Address
	// Rand is where names and jitter come from; nil means crypto/rand.
	Rand io.Reader
	// Links is with how many contacts there may be links; 0 means reach.MaxLinks.
	Links int
}

// Snapshot is the state of a profile, as the store has it. The engine keeps it.
type Snapshot struct {
	Counters      ledger.Counters
	Settings      Settings
	Contacts      []ledger.Contact
	Streams       map[ledger.ContactID]ledger.Streams
	Conversations []ledger.Conversation
	// Items are all that wait, in the order of their numbers.
	Items []ledger.Waiting
	// Cells are all that are not confirmed, by contact and sequence number, without
	// their bytes.
	Cells   []ledger.Cell
	Invites []ledger.Invite
	// Files are those whose state is not final, Ended the others that were offered to
	// us, in the order of their numbers.
	Files []ledger.File
	Ended []ledger.Ended
}

// Settings are those of the profile that the engine heeds.
type Settings struct {
	// Name is what contacts are told that we are called.
	Name string
	// NoReceipts means that nobody is told what was read here, NoTyping that nobody
	// is told when somebody types.
	NoReceipts, NoTyping bool
	// Expiry is how long messages may wait to be delivered, 0 for ever.
	Expiry time.Duration
	// AutoAccept is up to which size files are accepted from verified contacts
	// without asking, in bytes.
	AutoAccept uint64
}

// Loaded is what the engine has of a contact while there is a link to it.
type Loaded struct {
	Sessions []ledger.Session
	// Cells are those that are not confirmed, with their bytes.
	Cells []ledger.Cell
}

// New makes an engine of what the store has. It fails with ErrInvalid if contacts
// cannot be told the addresses or the name of the profile, or if the random source
// does.
func New(cfg Config, s Snapshot, now time.Time) (*Engine, error) {
	if cfg.Rand == nil {
		cfg.Rand = rand.Reader
	}
	if _, err := encode(wire.Accept{Name: s.Settings.Name, Addresses: addresses(cfg.Addresses)}); err != nil {
		return nil, err
	}
	e := &Engine{
		cfg: cfg, settings: s.Settings, counters: s.Counters,
		plan:          reach.New(reach.Config{Own: cfg.Peer, Rand: cfg.Rand, Links: cfg.Links}),
		contacts:      make(map[ledger.ContactID]*contact),
		byPeer:        make(map[string]*contact),
		conversations: make(map[ledger.ConversationID]*ledger.Conversation),
		queued:        make(map[ledger.MessageNumber][]*item),
		invites:       make(map[[16]byte]ledger.Invite),
		files:         make(map[ledger.FileNumber]*ledger.File),
		links:         make(map[LinkID]*link),
		swept:         now,
	}
	for _, row := range s.Contacts {
		streams := s.Streams[row.ID]
		e.know(&contact{Contact: row, streams: streams, doubt: streams.Out != 0})
	}
	for _, row := range s.Conversations {
		e.conversations[row.ID] = &row
		if row.Kind == ledger.Direct && e.contacts[row.Members[0]] != nil {
			e.contacts[row.Members[0]].conversation = row.ID
		}
	}
	if err := e.restoreQueues(s); err != nil {
		return nil, err
	}
	for _, invite := range s.Invites {
		e.invites[invite.Token] = invite
	}
	for _, f := range s.Files {
		e.addFile(&f)
		if c := e.contacts[f.Contact]; c != nil {
			e.autoAccept(c, &f) // whoever was told before may not have come to it
		}
	}
	for _, f := range s.Ended {
		if c := e.contacts[f.Contact]; c != nil {
			c.ended = append(c.ended, f)
		}
	}
	for _, c := range e.sorted() {
		if c.conversation == 0 && (c.State == ledger.Accepted || c.State == ledger.Requested) {
			e.converse(now, c) // the contacts were imported alone
			e.put(now, c)
		}
		if err := e.renew(c, s.Streams[c.ID].Out == 0); err != nil {
			return nil, err
		}
		if c.reachable() {
			e.plan.Add(c.ID, c.Peer)
			e.plan.Guest(c.ID, c.guest())
			e.plan.KeepConnected(now, c.ID, c.KeepConnected && c.State == ledger.Accepted)
		}
		e.touch(c)
	}
	return e, nil
}

// renew says again what waited, or was said later, when a profile was exported: it is
// imported without its queues.
func (e *Engine) renew(c *contact, imported bool) error {
	switch {
	case !imported:
		return nil
	case c.State == ledger.Requested && !c.asks():
		return e.ask(c, e.request(c.Introduction, c.Invite))
	}
	return e.remind(c)
}

// restoreQueues puts what waits, and what is not confirmed, back in its place.
func (e *Engine) restoreQueues(s Snapshot) error {
	for _, w := range s.Items {
		c := e.contacts[w.Contact]
		if c == nil {
			continue
		}
		it := &item{Item: w.Item, size: w.Size, contact: c}
		it.Content = nil
		if it.Kind == ledger.Asks {
			c.queue = slices.Insert(c.queue, 0, it)
		} else {
			c.queue = append(c.queue, it)
		}
		e.index(it)
	}
	for _, row := range s.Cells {
		if c := e.contacts[row.Contact]; c != nil {
			row.Cell = nil
			c.cells = append(c.cells, &row)
		}
	}
	for _, c := range e.sorted() {
		switch sent := c.streams.Sent - c.streams.Base; {
		case c.State == ledger.Deleted:
		case c.streams.Out == 0, c.streams.Sent < c.streams.Base, sent > uint64(len(c.queue)):
			if err := e.restream(c); err != nil {
				return err
			}
		case !c.fits():
			e.unseal(c) // what is unconfirmed is sealed anew
		}
	}
	e.expiry = e.earliest(time.Time{}) // one that is over is given up at once
	return nil
}
