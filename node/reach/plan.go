package reach

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"io"
	"slices"
	"time"

	"github.com/onionwire/onionwire/node/ledger"
)

// Config is what a plan has to know.
type Config struct {
	// Own is our own peer ID in binary form. It stays the caller's.
	Own []byte
	// Rand is where jitter comes from; nil means crypto/rand.
	Rand io.Reader
	// Links is with how many contacts there may be links at a time; 0 means MaxLinks.
	Links int
}

// Plan is the state of what is known about contacts and links. Calls about a contact
// or a link that it does not know, or does not know any more, change nothing, except
// that a link with an unknown contact is closed.
type Plan struct {
	own      []byte
	rand     io.Reader
	most     int // contacts with links
	contacts map[ledger.ContactID]*contact
	all      []*contact // of them, by number
	links    map[LinkID]*link
	actions  []Action
	// now is the latest time that was told.
	now time.Time
	// next is what Next returns, unless it is outdated.
	next     time.Time
	outdated bool
}

// contact is what is known about one.
type contact struct {
	id ledger.ContactID
	// lower is whether our own peer ID is lower than theirs.
	lower bool
	want  Want
	kept  bool
	guest bool
	dialling
	// links are the open ones in the order in which they came up, at most
	// maxLinksEach. At most one of them is heard.
	links []*link
	// current and online are what the last Switch and Presence said.
	current LinkID
	online  bool
}

// New makes a plan without contacts.
func New(cfg Config) *Plan {
	if cfg.Rand == nil {
		cfg.Rand = rand.Reader
	}
	return &Plan{
		own:      cfg.Own,
		rand:     cfg.Rand,
		most:     cmp.Or(cfg.Links, MaxLinks),
		contacts: make(map[ledger.ContactID]*contact),
		links:    make(map[LinkID]*link),
	}
}

// Add makes a contact known, by its peer ID in binary form: from now on it may be
// wanted and have links.
func (p *Plan) Add(id ledger.ContactID, peer []byte) {
	if p.contacts[id] != nil {
		return
	}
	c := &contact{id: id, lower: bytes.Compare(p.own, peer) < 0}
	p.contacts[id] = c
	p.all = slices.Insert(p.all, p.place(id), c)
}

// Guest says whether a contact is one that we have not agreed on anything with. Guests
// have MaxGuests links of their own: they take none from others, who take none from them.
func (p *Plan) Guest(id ledger.ContactID, on bool) {
	c := p.contacts[id]
	if c == nil || c.guest == on {
		return
	}
	c.guest = on
	if len(c.links) > 0 { // it has come with them to the others
		p.makeRoom(c)
	}
}

// Remove forgets a contact that was deleted or blocked: its links are reset and its
// dial is cancelled.
func (p *Plan) Remove(now time.Time, id ledger.ContactID) {
	p.advance(now)
	c := p.contacts[id]
	if c == nil {
		return
	}
	c.want, c.kept = Nothing, false
	for _, l := range slices.Clone(c.links) {
		p.close(c, l, false)
	}
	p.settle(c)
	delete(p.contacts, id)
	p.all = slices.Delete(p.all, p.place(id), p.place(id)+1)
	p.dial() // there may be room for another
}

// place is where a contact is among all, or would be.
func (p *Plan) place(id ledger.ContactID) int {
	i, _ := slices.BinarySearchFunc(p.all, id, func(c *contact, id ledger.ContactID) int { return cmp.Compare(c.id, id) })
	return i
}

// Tick does what is due. Calling it early or late does no harm.
func (p *Plan) Tick(now time.Time) {
	p.advance(now)
	for _, c := range p.all {
		p.settle(c)
	}
	p.dial()
}

// Next is when Tick is wanted, or zero for never. It is later than the time of the last
// Tick, and may be later or earlier than before after every other call.
func (p *Plan) Next() time.Time {
	if !p.outdated {
		return p.next
	}
	p.next, p.outdated = time.Time{}, false
	load := p.load()
	for _, c := range p.all {
		for _, l := range c.links {
			if at, ok := c.deadline(l); ok {
				p.earlier(at)
			}
		}
		if c.seeks() && load.allows(c) {
			p.earlier(c.due())
		}
	}
	return p.next
}

func (p *Plan) earlier(at time.Time) {
	if p.next.IsZero() || at.Before(p.next) {
		p.next = at
	}
}

// Take returns what is to be done since the last Take, in its order.
func (p *Plan) Take() []Action {
	actions := p.actions
	p.actions = nil
	return actions
}

func (p *Plan) order(a Action) { p.actions = append(p.actions, a) }

// settle does what follows from the state of one contact.
func (p *Plan) settle(c *contact) {
	for _, l := range slices.Clone(c.links) {
		if at, ok := c.deadline(l); ok && !p.now.Before(at) {
			p.close(c, l, !c.yields(l))
		}
	}
	if c.dials && (!c.wanted() || c.heard() != nil) {
		c.dials = false
		p.order(CancelDial{c.id})
	}
	p.tell(c)
	p.outdated = true
}

// advance takes note of the time. When the clock goes backwards, all that is known
// goes along: otherwise every wait would be longer by as much.
func (p *Plan) advance(now time.Time) {
	if back := now.Sub(p.now); back < 0 {
		for _, c := range p.all {
			c.dialled, c.since = c.dialled.Add(back), c.since.Add(back)
			if !c.missed.IsZero() {
				c.missed = c.missed.Add(back)
			}
			for _, l := range c.links {
				l.up, l.proven, l.used = l.up.Add(back), l.proven.Add(back), l.used.Add(back)
			}
		}
		p.outdated = true
	}
	p.now = now
}
