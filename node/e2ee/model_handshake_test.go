package e2ee_test

import (
	"slices"

	"github.com/onionwire/onionwire/node/e2ee"
)

// attempt is a handshake on a connection of its own, and that connection.
type attempt struct {
	from, to  *party
	initiator *e2ee.Handshake
	responder *e2ee.Handshake // nil before message 1
	proposal  uint64          // of the initiator
	next      []byte          // under way
	messages  int             // written so far
	session   e2ee.SessionID  // of the initiator, after message 3
	agreed    uint64          // generation
	done      bool            // the responder has the session
	left      bool            // the initiator thinks that the connection is gone
}

func (m *model) config(p, peer *party) e2ee.HandshakeConfig {
	c := p.expecting(peer.person)
	c.Generation, c.Features, c.Rand = p.sessions.Generation(), p.features, m.random
	return e2ee.WithEncapsulation(c, m.encapsulate)
}

// dial begins a handshake. There are three connections at most.
func (m *model) dial(p *party) {
	if m.calm {
		return
	}
	if len(m.attempts) >= 3 {
		m.end(m.attempts[0])
	}
	m.begin(p)
}

func (m *model) begin(p *party) {
	to := m.parties[1-p.index]
	cfg := m.config(p, to)
	h := must[*e2ee.Handshake](m.tb)(e2ee.NewInitiator(cfg))
	m.attempts = append(m.attempts, &attempt{
		from: p, to: to, initiator: h, proposal: cfg.Generation, next: write(m.tb, h), messages: 1,
	})
}

// carryOn brings the next message of a handshake.
func (m *model) carryOn(a, b byte) {
	if len(m.attempts) == 0 {
		return
	}
	t := m.attempts[int(a)%len(m.attempts)]
	if t.done {
		return
	}
	t.messages++
	switch t.messages {
	case 2:
		cfg := m.config(t.to, t.from)
		t.responder = must[*e2ee.Handshake](m.tb)(e2ee.NewResponder(cfg))
		t.agreed = max(t.proposal, cfg.Generation)
		told(m.tb, t.responder, t.next)
		t.next = write(m.tb, t.responder)
	case 3:
		told(m.tb, t.initiator, t.next)
		t.next = write(m.tb, t.initiator)
		t.session = m.add(t.from, t.initiator, newLedger(true, t.agreed))
		if b == 1 { // crashes, and message 3 is on its way
			m.restart(t.from, 0)
		}
	default:
		told(m.tb, t.responder, t.next)
		if id := m.add(t.to, t.responder, newLedger(false, t.agreed)); id != t.session {
			m.tb.Fatal("session IDs differ")
		}
		t.done = true
		if t.left {
			m.remove(t)
		}
	}
}

// drop loses a connection. With the lowest bit of b, a message 3 on its way
// still arrives.
func (m *model) drop(a, b byte) {
	if len(m.attempts) == 0 {
		return
	}
	t := m.attempts[int(a)%len(m.attempts)]
	if b&1 == 1 && t.messages == 3 && !t.done {
		m.leave(t)
		return
	}
	m.end(t)
}

// leave is when the initiator loses the connection.
func (m *model) leave(t *attempt) {
	if t.left = true; t.messages < 3 {
		return
	}
	l := t.from.ledgers[t.session]
	suspends := l != nil && !l.confirmed
	if got := t.from.sessions.Suspend(t.session); got != suspends {
		m.tb.Fatalf("Suspend reports %t", got)
	}
	if suspends {
		l.suspended = true
	}
}

func (m *model) end(t *attempt) {
	m.leave(t)
	m.remove(t)
}

func (m *model) remove(t *attempt) {
	m.attempts = slices.DeleteFunc(m.attempts, func(other *attempt) bool { return other == t })
	t.initiator.Close()
	if t.responder != nil {
		t.responder.Close()
	}
}

// disconnect ends all connections of a party that has crashed, but for a message
// 3 that it has sent.
func (m *model) disconnect(p *party) {
	for _, t := range slices.Clone(m.attempts) {
		if t.from == p && t.messages == 3 && !t.done {
			m.leave(t)
			continue
		}
		m.end(t)
	}
}

// settle ends all that is under way, and lets the two meet undisturbed: then both
// seal under the same session, and everything arrives.
func (m *model) settle() {
	m.tb.Helper()
	for len(m.attempts) > 0 {
		m.end(m.attempts[0])
	}
	m.cells = nil
	m.begin(m.parties[m.count&1])
	for range 3 {
		m.carryOn(0, 0)
	}
	t := m.attempts[0]
	for range 3 {
		for _, p := range m.parties {
			m.burst(p, 3, 0)
			if len(m.cells) != 3 || m.cells[0].session != t.session {
				m.tb.Fatal("a party seals under another session than the one just made")
			}
			m.deliverAll(m.parties[1-p.index], 0)
			m.check(m.parties[0])
			m.check(m.parties[1])
		}
	}
	for _, s := range m.old {
		if s.session == t.session && !s.taken {
			m.tb.Fatal("a cell has not arrived")
		}
	}
	if a, b := m.parties[0], m.parties[1]; a.sessions.IDs()[0] != b.sessions.IDs()[0] ||
		a.sessions.Generation() != b.sessions.Generation() || !t.from.sessions.Get(t.session).Confirmed() {
		m.tb.Fatal("the parties disagree about the best session")
	}
}
