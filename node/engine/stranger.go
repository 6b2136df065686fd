package engine

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/wire"
)

// guest is a stranger, of whom nothing is stored.
type guest struct {
	peer     []byte
	sessions *e2ee.Sessions
}

// StrangerUp adds a link with somebody who is no contact, after a handshake. It takes
// the session. If there are MaxStrangers, the oldest goes.
func (e *Engine) StrangerUp(now time.Time, id LinkID, peer []byte, session *e2ee.Session) error {
	l := &link{
		id: id, fresh: true, session: session.SessionID(),
		guest: &guest{peer: slices.Clone(peer), sessions: new(e2ee.Sessions)},
	}
	if _, err := l.guest.sessions.Add(session, now); err != nil {
		return err
	}
	if len(e.strangers) >= MaxStrangers {
		e.close(now, e.strangers[0])
	}
	e.links[id] = l
	e.strangers = append(e.strangers, l)
	return nil
}

// receiveStranger takes the first cell of a stranger, which must be a request. From
// then on the link is that of a contact.
func (e *Engine) receiveStranger(now time.Time, l *link, cell []byte) error {
	opened, err := l.guest.sessions.Open(cell, now)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrProtocol, err)
	}
	content, err := wire.DecodeContent(opened.Content)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrProtocol, err)
	}
	if len(content.Items) == 0 {
		return fmt.Errorf("%w: a stranger without a request", ErrProtocol)
	}
	first, err := wire.DecodeItem(content.Items[0])
	if err != nil {
		return fmt.Errorf("%w: %w", ErrProtocol, err)
	}
	request, ok := first.Body.(wire.Request)
	if !ok || len(first.Conversation) > 0 || content.First != content.Base {
		return fmt.Errorf("%w: a stranger who says %T", ErrProtocol, first.Body)
	}
	c := e.byPeer[string(l.guest.peer)]
	switch {
	case c != nil && c.State != ledger.Deleted:
		return fmt.Errorf("%w: it has become a contact by now", ErrNoLink) // the next link will do
	case !e.invited(now, request.Invite) && !e.makeRoom(now, request.Introduction != ""):
		return fmt.Errorf("%w: too many requests wait", ErrNoLink)
	case c == nil:
		c = &contact{Contact: ledger.Contact{Peer: l.guest.peer, State: ledger.Asking}}
		if err := e.newcomer(c); err != nil {
			return err
		}
	default:
		if err := e.restream(c); err != nil {
			return err
		}
	}
	c.Name, c.Introduction, c.Addresses = request.Name, request.Introduction, rows(request.Addresses)
	e.change(ledger.PutContact{Contact: c.Contact}) // the rest refers to it
	c.sessions, l.guest.sessions = l.guest.sessions, new(e2ee.Sessions)
	e.dismiss(l)
	l.contact, l.guest = c, nil
	e.join(now, l)
	e.hear(now, l)
	return e.take(now, l, content)
}

// bucket is how often something was done of late.
type bucket struct {
	used float64 // of MaxDisplaced
	at   time.Time
}

// take reports whether it may be done once more.
func (b *bucket) take(now time.Time) bool {
	b.used = max(0, b.used-now.Sub(b.at).Abs().Hours()*MaxDisplaced)
	b.at = now
	if b.used+1 > MaxDisplaced {
		return false
	}
	b.used++
	return true
}

// makeRoom lets one more request wait: of MaxRequests that do, the oldest without an
// introduction goes, or else the oldest. It reports whether there is room.
func (e *Engine) makeRoom(now time.Time, introduced bool) bool {
	var waiting []*contact
	for _, c := range e.contacts { // in any order: it makes no difference
		if c.State == ledger.Asking {
			waiting = append(waiting, c)
		}
	}
	if len(waiting) < MaxRequests {
		return true
	}
	goes := slices.MinFunc(waiting, func(a, b *contact) int {
		if (a.Introduction == "") != (b.Introduction == "") {
			if a.Introduction == "" {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.ID, b.ID)
	})
	if !introduced && goes.Introduction != "" || !e.displaced.take(now) {
		return false
	}
	e.erase(now, goes, goes.conversation != 0)
	return true
}
