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
	messages  int             // that have left
	behind    []*sent         // cells of the initiator, behind message 3
	session   e2ee.SessionID  // of the initiator, after message 3
	agreed    uint64          // generation
	done      bool            // the responder has the session
	left      bool            // the initiator thinks that the connection is gone
	over      bool
}

func (m *model) config(p, peer *party) e2ee.HandshakeConfig {
	c := p.expecting(peer.person)
	c.Generation, c.Features, c.Rand = p.sessions.Generation(), p.features, m.random
	return e2ee.WithEncapsulation(c, encapsulateFrom(m.random))
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
	switch {
	case t.done:
	case t.messages == 1:
		cfg := m.config(t.to, t.from)
		t.responder = must[*e2ee.Handshake](m.tb)(e2ee.NewResponder(cfg))
		t.agreed = max(t.proposal, cfg.Generation)
		told(m.tb, t.responder, t.next)
		t.next, t.messages = write(m.tb, t.responder), 2
	case t.messages == 2:
		m.finishInitiator(t, b)
	default:
		m.finishResponder(t, b)
	}
}

// finishInitiator stores the session before message 3 leaves. A crash may come
// before the one, between them, and after the other.
func (m *model) finishInitiator(t *attempt, b byte) {
	told(m.tb, t.initiator, t.next)
	t.next = write(m.tb, t.initiator)
	id, ok := m.join(t.from, fateOf(b), t.initiator, newLedger(true, t.agreed))
	if !ok {
		m.end(t)
		return
	}
	t.messages, t.session = 3, id
	if b%32 == byte(crashAfter)+1 {
		m.restart(t.from, 0)
	}
}

// finishResponder stores the session before anything is sealed under it.
func (m *model) finishResponder(t *attempt, b byte) {
	told(m.tb, t.responder, t.next)
	id, ok := m.join(t.to, fateOf(b), t.responder, newLedger(false, t.agreed))
	if !ok {
		m.end(t)
		return
	}
	if id != t.session {
		m.tb.Fatal("session IDs differ")
	}
	t.done = true
	m.met++
	if t.left { // some of the cells behind message 3 have come with it
		for range int(b) % (len(t.behind) + 1) {
			t.arrive(m, stored)
		}
		m.end(t)
	}
}

// join puts the session of a handshake among a party's others, and reports
// whether it runs on and has it.
func (m *model) join(p *party, f fate, h *e2ee.Handshake, l *ledger) (e2ee.SessionID, bool) {
	s := session(m.tb, h)
	id := s.SessionID()
	if s.Features() != m.parties[0].features&m.parties[1].features {
		m.tb.Errorf("agreed features are %x", s.Features())
	}
	return id, m.change(p, f, func(all *e2ee.Sessions, k *memory) {
		l.used = m.unix()
		k.ledgers[id] = l
		gone := must[[]e2ee.SessionID](m.tb)(all.Add(s, m.now))
		m.wantEvicted(k, id, gone)
		k.forget(gone)
		k.sealAgain()
	})
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
	if t.left || t.messages < 3 {
		t.left = true
		return
	}
	t.left = true
	l := t.from.known.ledgers[t.session]
	suspends := l != nil && !l.confirmed
	if got := t.from.sessions.Suspend(t.session); got != suspends {
		m.tb.Fatalf("Suspend reports %t", got)
	}
	if suspends {
		m.seen["suspended"]++
		l.suspended = true
		t.from.known.sealAgainUnless(func(id e2ee.SessionID) bool { return id != t.session })
	}
}

// end is when nothing more arrives on a connection.
func (m *model) end(t *attempt) {
	if t.over {
		return
	}
	t.over = true
	m.leave(t)
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

// connection returns that on which a pending session's handshake was.
func (m *model) connection(p *party, id e2ee.SessionID) *attempt {
	for _, t := range m.attempts {
		if t.from == p && t.session == id && t.messages == 3 && !t.left {
			return t
		}
	}
	m.tb.Fatal("a session without its connection is not suspended")
	return nil
}

// queue puts a cell behind message 3.
func (t *attempt) queue(s *sent) { t.behind = append(t.behind, s) }

// arrive brings the next cell that is behind message 3, unless that has not
// arrived itself or there is none.
func (t *attempt) arrive(m *model, f fate) bool {
	if !t.done || t.over || len(t.behind) == 0 {
		return false
	}
	s := t.behind[0]
	t.behind = t.behind[1:]
	m.open(s, f)
	return true
}
