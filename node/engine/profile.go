package engine

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/wire"
)

// Settings returns the settings of the profile.
func (e *Engine) Settings() Settings { return e.settings }

// SetSettings changes them, which the caller keeps, and tells contacts a new name,
// however much waits for them. It fails with ErrInvalid.
func (e *Engine) SetSettings(now time.Time, s Settings) error {
	body := wire.Profile{Name: s.Name}
	if _, err := encode(body); err != nil {
		return err
	}
	same := s.Name == e.settings.Name
	e.settings = s
	if same {
		return nil
	}
	return e.tell(ledger.Names, body)
}

// SetAddresses changes our own addresses, and tells all contacts, however much waits
// for them. It fails with ErrInvalid.
func (e *Engine) SetAddresses(now time.Time, all []ledger.Address) error {
	body := addresses(all)
	if _, err := encode(body); err != nil {
		return err
	}
	e.cfg.Addresses = all
	return e.tell(ledger.Moves, body)
}

// tell says something to everybody whom we have asked or accepted: in the request, if
// that has not left.
func (e *Engine) tell(kind ledger.ItemKind, body wire.Body) error {
	for _, c := range e.sorted() {
		if c.State != ledger.Accepted && c.State != ledger.Requested {
			continue
		}
		if c.asks() {
			e.outdate(c, kind)
			if err := e.refresh(c); err != nil {
				return err
			}
			continue
		}
		if err := e.correct(c, kind, body); err != nil {
			return err
		}
	}
	return nil
}

// correct says something instead of all of its kind that was to be said. So there are
// never many, and no bound is needed.
func (e *Engine) correct(c *contact, kind ledger.ItemKind, body wire.Body) error {
	e.outdate(c, kind)
	return e.enqueue(c, ledger.Item{Kind: kind}, body)
}

// outdate takes back what a contact has not been told yet.
func (e *Engine) outdate(c *contact, kind ledger.ItemKind) {
	for _, it := range slices.Clone(c.queue[c.gone():]) {
		if it.Kind == kind {
			e.remove(it)
		}
	}
}

// Moving reports whether there are contacts that have not confirmed our addresses.
func (e *Engine) Moving() bool {
	for _, c := range e.contacts {
		if c.waits(ledger.Moves) {
			return true
		}
	}
	return false
}

// takeProfile takes a contact's new name.
func (e *Engine) takeProfile(now time.Time, c *contact, p wire.Profile) {
	if c.called(p.Name, c.Addresses) {
		e.put(now, c)
	}
}

// takeAddresses takes where a contact can be reached from now on.
func (e *Engine) takeAddresses(now time.Time, c *contact, all wire.Addresses) {
	if c.called(c.Name, rows(all)) {
		e.put(now, c)
	}
}

// Typing tells those in a conversation that we write, if they are there, and not more
// often than is of use. It fails with ErrNotFound, ErrNotContact or ErrBlocked.
func (e *Engine) Typing(now time.Time, id ledger.ConversationID) error {
	_, members, err := e.members(id)
	if err != nil {
		return err
	}
	for _, c := range members {
		if e.settings.NoTyping || c.Silent || c.State != ledger.Accepted || c.current == nil ||
			now.Sub(c.typed).Abs() < typingPause {
			continue
		}
		c.typing, c.typed = true, now
		e.touch(c)
	}
	return nil
}

// typingHint takes that a contact writes.
func (e *Engine) typingHint(c *contact) {
	if c.State == ledger.Accepted && c.conversation != 0 {
		e.out.Signals = append(e.out.Signals, Typing{Contact: c.ID, Conversation: c.conversation})
	}
}

// SetTimer sets after how long messages in a conversation disappear, 0 for never, for
// both sides, however much waits. It fails with ErrNotFound, ErrNotContact, ErrBlocked
// or ErrInvalid.
func (e *Engine) SetTimer(now time.Time, id ledger.ConversationID, timer time.Duration) error {
	row, members, err := e.members(id)
	if err != nil {
		return err
	}
	if timer < 0 || timer%time.Second != 0 || timer/time.Second > 1<<32-1 {
		return fmt.Errorf("%w: a timer of %s", ErrInvalid, timer)
	}
	for _, c := range members {
		body := wire.Timer{Seconds: uint32(timer / time.Second)}
		if err := e.correct(c, ledger.Timers, body); err != nil {
			return err
		}
	}
	e.putTimer(now, row, timer, 0)
	return nil
}

// takeTimer takes that a contact has set it. If both have at once, what the side with
// the lower peer ID says counts. The other says that again, lest its own comes later.
func (e *Engine) takeTimer(now time.Time, c *contact, t wire.Timer) error {
	if c.waits(ledger.Timers) {
		if bytes.Compare(e.cfg.Peer, c.Peer) < 0 || c.crammed() {
			return nil
		}
		if err := e.correct(c, ledger.Timers, t); err != nil {
			return err
		}
	}
	e.putTimer(now, e.conversations[e.converse(now, c)], time.Duration(t.Seconds)*time.Second, c.ID)
	return nil
}

// SetMuted says whether the user is to be left alone about a conversation, which is told
// to nobody. It fails with ErrNotFound.
func (e *Engine) SetMuted(now time.Time, id ledger.ConversationID, on bool) error {
	row := e.conversations[id]
	if row == nil {
		return fmt.Errorf("%w: conversation", ErrNotFound)
	}
	if row.Muted == on {
		return nil
	}
	row.Muted = on
	e.change(ledger.PutConversation{Conversation: *row})
	e.happened(now, ledger.Event{Kind: ledger.ConversationChanged, Conversation: id})
	return nil
}

func (e *Engine) putTimer(now time.Time, row *ledger.Conversation, timer time.Duration, by ledger.ContactID) {
	if row.Timer == timer {
		return
	}
	row.Timer = timer
	e.change(ledger.PutConversation{Conversation: *row})
	e.happened(now, ledger.Event{
		Kind: ledger.TimerChanged, Contact: by, Conversation: row.ID, Seconds: uint32(timer / time.Second),
	})
}

// addresses and rows turn addresses into what is sent, and back.
func addresses(all []ledger.Address) wire.Addresses {
	out := make(wire.Addresses, 0, len(all))
	for _, a := range all {
		out = append(out, wire.Address(a))
	}
	return out
}

func rows(all wire.Addresses) []ledger.Address {
	out := make([]ledger.Address, 0, len(all))
	for _, a := range all {
		out = append(out, ledger.Address(a))
	}
	return out
}
