package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

const (
	// callFor bounds how long a contact is dialled because somebody looks at the
	// conversation: longer than Tor takes to find out that they are not there.
	callFor = 2 * time.Minute
	// callAgain is after how long they are dialled again because somebody writes to them, or
	// because they fall silent.
	callAgain = 30 * time.Second
)

// reaching is the contact who is dialled because their conversation is seen: whether they are
// there is not known otherwise, until there is something to be sent.
type reaching struct {
	contact ledger.ContactID
	since   time.Time          // when they were last dialled, or zero
	cancel  context.CancelFunc // of a dial that is under way, or nil
}

// reach dials the contact of the conversation that is seen, once, and again when somebody
// writes to them or they fall silent, if there is no connection that works. It is called
// every second, so that nobody is dialled who is only passed on the way to another. The dial
// to whom somebody has looked at before is called off.
func (m *Model) reach() tea.Cmd {
	var id ledger.ContactID
	if c := m.state.Conversation(m.active); c != nil && m.stage == ready {
		id = c.Contact()
	}
	if m.reaching == nil || id != m.reaching.contact {
		if m.reaching != nil && m.reaching.cancel != nil {
			m.reaching.cancel()
		}
		m.reaching = &reaching{contact: id}
	}
	now, c := m.now(), m.reaching
	r := m.room()
	if contact, _ := m.state.Contact(id); r == nil || c.cancel != nil || contact.State != rpc.AcceptedContact ||
		!m.state.Connected || m.state.Status.Bootstrap < 100 {
		return nil
	}
	wanted := r.wrote // when it last was
	switch m.state.Presence(id, now).State {
	case rpc.Offline:
	case rpc.Silent:
		wanted = now
	default:
		return nil // they are there, or dialled, or it is not known yet
	}
	if !c.since.IsZero() && wanted.Sub(c.since) < callAgain {
		return nil
	}
	return m.dial(c)
}

// dial dials a contact. What comes of it is told as presence.
func (m *Model) dial(c *reaching) tea.Cmd {
	ctx, cancel := context.WithTimeout(m.ctx, callFor)
	c.since, c.cancel = m.now(), cancel
	api := m.api
	return m.run(func(context.Context) tea.Msg {
		defer cancel()
		_, _ = api.Ping(ctx, c.contact)
		return outcome(func(*Model) tea.Cmd {
			c.cancel = nil
			return nil
		})
	})
}
