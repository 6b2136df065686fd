package engine

import (
	"time"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/reach"
)

// LinkID names a link. Whoever drives the engine makes it up, above 0, and uses it
// once.
type LinkID = reach.LinkID

// Engine is the state of a profile towards its contacts.
type Engine struct {
	cfg           Config
	settings      Settings
	counters      ledger.Counters
	plan          *reach.Plan
	contacts      map[ledger.ContactID]*contact
	byPeer        map[string]*contact
	conversations map[ledger.ConversationID]*ledger.Conversation
	queued        map[ledger.MessageNumber][]*item
	invites       map[[16]byte]ledger.Invite
	files         map[ledger.FileNumber]*ledger.File
	links         map[LinkID]*link
	strangers     []*link // the oldest first
	displaced     bucket
	touched       []*contact
	needed        map[ledger.ItemID]*item       // what Needs has named
	dropped       map[ledger.MessageNumber]bool // messages that are in out to be removed
	named         map[named]bool                // messages with a given ID that are in out to be added
	expiry        time.Time                     // the earliest deadline of an item
	swept         time.Time                     // when sessions were last looked through
	out           Output
}

// know files a contact.
func (e *Engine) know(c *contact) {
	e.contacts[c.ID] = c
	e.byPeer[string(c.Peer)] = c
}

// change adds to what has to be kept.
func (e *Engine) change(changes ...ledger.Change) { e.out.Changes = append(e.out.Changes, changes...) }

// Cursor returns the place of the last event, which may not be kept yet.
func (e *Engine) Cursor() ledger.Cursor { return e.counters.Cursor }

// Keep adds changes of whoever drives the engine to the next transaction.
func (e *Engine) Keep(changes ...ledger.Change) { e.change(changes...) }

// event gives an event its place.
func (e *Engine) event(now time.Time, ev ledger.Event) ledger.Event {
	e.counters.Cursor++
	ev.Cursor, ev.Happened = e.counters.Cursor, now
	return ev
}

// happened adds an event.
func (e *Engine) happened(now time.Time, ev ledger.Event) {
	e.change(ledger.AddEvent{Event: e.event(now, ev)})
}

// Tick does what is due.
func (e *Engine) Tick(now time.Time) {
	e.plan.Tick(now)
	if now.Sub(e.swept).Abs() >= sweepPause {
		e.swept = now
		for _, c := range e.sorted() {
			e.sweep(now, c)
		}
	}
	if !e.expiry.IsZero() && !now.Before(e.expiry) {
		e.expire(now)
	}
}

// Next returns when Tick is wanted, or the zero time for never.
func (e *Engine) Next() (next time.Time) {
	times := []time.Time{e.plan.Next(), e.expiry}
	if len(e.links) > 0 {
		times = append(times, e.swept.Add(sweepPause))
	}
	for _, at := range times {
		if !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	return next
}
