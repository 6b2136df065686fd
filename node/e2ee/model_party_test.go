package e2ee_test

import (
	"bytes"
	"errors"
	"slices"

	"github.com/onionwire/onionwire/node/e2ee"
)

// party is one side of the model: sessions, what it knows beside, and what of
// both is on its disk, to which a crash goes back.
type party struct {
	person
	index    int
	features uint32
	sessions *e2ee.Sessions
	known    *memory
	disk     disk
	trouble  int             // cells that it could not open since it last could
	handed   map[uint64]bool // letters that have reached the person, by id
}

type disk struct {
	saved map[e2ee.SessionID][]byte
	known *memory
}

// fate is what becomes of a change to a party's sessions that has to be stored.
type fate byte

const (
	stored      fate = iota
	unstored         // the disk is full: all is as before
	crashBefore      // it crashes before it is stored
	crashAfter       // and after, but before anything else happens
)

// fateOf lets every eighth change go wrong.
func fateOf(b byte) fate {
	if b%32 <= byte(crashAfter) {
		return fate(b % 32)
	}
	return stored
}

// change does something to a party's sessions and what it knows, and stores both
// as one. It reports whether the party has it and runs on.
func (m *model) change(p *party, f fate, do func(s *e2ee.Sessions, k *memory)) bool {
	m.tb.Helper()
	before := p.state()
	sessions, known := p.sessions.Clone(), p.known.clone()
	do(sessions, known)
	if f == unstored || f == crashBefore {
		if !bytes.Equal(before, p.state()) {
			m.tb.Fatal("what was done to a clone has changed the original")
		}
		sessions.Close()
		if f == crashBefore {
			m.restart(p, 0)
		}
		return false
	}
	p.sessions.Close()
	p.sessions, p.known = sessions, known
	m.store(p)
	if f == crashAfter {
		m.restart(p, 1)
	}
	return f == stored
}

// store writes what has changed.
func (m *model) store(p *party) {
	for _, id := range p.sessions.Unsaved() {
		saved, err := p.sessions.Get(id).Save(m.key, id[:])
		if err != nil {
			m.tb.Fatalf("Save: %v", err)
		}
		p.disk.saved[id] = saved
	}
	if len(p.sessions.Unsaved()) != 0 {
		m.tb.Fatal("a session that was saved is not known to be")
	}
	for id := range p.disk.saved {
		if p.known.ledgers[id] == nil {
			delete(p.disk.saved, id)
		}
	}
	p.disk.known = p.known.clone()
}

// restart goes back to what is on the disk, with the sessions in some order.
func (m *model) restart(p *party, turn int) {
	p.sessions.Close()
	p.sessions, p.known = new(e2ee.Sessions), p.disk.known.clone()
	var ids []e2ee.SessionID
	for id := range p.disk.saved {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b e2ee.SessionID) int { return bytes.Compare(a[:], b[:]) })
	for i := range ids {
		id := ids[(i+turn)%len(ids)]
		s, err := e2ee.LoadSession(m.key, id[:], p.disk.saved[id])
		if err != nil {
			m.tb.Fatalf("LoadSession: %v", err)
		}
		e2ee.SetRandom(s, m.random, encapsulateFrom(m.random))
		if gone := must[[]e2ee.SessionID](m.tb)(p.sessions.Add(s, m.now)); len(gone) != 0 {
			m.tb.Fatal("a session went when it was loaded")
		}
	}
	for _, l := range p.known.ledgers {
		l.suspended = !l.confirmed
	}
	p.known.sealAgainUnless(func(id e2ee.SessionID) bool {
		l := p.known.ledgers[id]
		return l != nil && !l.suspended
	})
	m.disconnect(p)
}

// check compares a party's sessions with what the specification says of them.
func (m *model) check(p *party) {
	m.tb.Helper()
	ledgers := p.known.ledgers
	if !slices.Equal(p.sessions.IDs(), p.known.order()) || len(ledgers) > e2ee.MaxSessions {
		m.tb.Fatalf("the party has %d sessions, or in another order than the %d of the model",
			len(p.sessions.IDs()), len(ledgers))
	}
	inUse, ok := p.sessions.InUse()
	best := slices.IndexFunc(p.known.order(), func(id e2ee.SessionID) bool { return ledgers[id].usable() })
	if ok != (best >= 0) || ok && p.known.order()[best] != inUse {
		m.tb.Fatal("another session is in use than the best usable one")
	}
	for id, l := range ledgers {
		s := p.sessions.Get(id)
		if !slices.Equal(s.Missing(), l.numbers()) || s.Lost() != l.lost || s.Sealed() != l.sent ||
			s.Confirmed() != l.confirmed || s.Suspended() != l.suspended {
			m.tb.Fatalf("missing %v, lost %d, sealed %d, confirmed %t, suspended %t; want %v, %d, %d, %t, %t",
				s.Missing(), s.Lost(), s.Sealed(), s.Confirmed(), s.Suspended(),
				l.numbers(), l.lost, l.sent, l.confirmed, l.suspended)
		}
	}
}

// state returns all that a party would save.
func (p *party) state() []byte {
	var b []byte
	for _, id := range p.sessions.IDs() {
		b = append(b, e2ee.StateOf(p.sessions.Get(id))...)
	}
	return b
}

// wantRefused opens what must not open, and checks that nothing has changed.
func (m *model) wantRefused(p *party, cell []byte, want error) {
	m.tb.Helper()
	// What is too old goes whenever anything is opened.
	if _, err := p.sessions.Open(make([]byte, e2ee.CellSize), m.now); !errors.Is(err, e2ee.ErrDecrypt) {
		m.tb.Fatalf("zeros: %v", err)
	}
	before := p.state()
	if opened, err := p.sessions.Open(cell, m.now); !errors.Is(err, want) || opened != nil {
		m.tb.Fatalf("got error %v, want %v", err, want)
	}
	if !bytes.Equal(before, p.state()) {
		m.tb.Fatal("a refused cell has changed the state")
	}
	for _, l := range p.known.ledgers {
		l.expire(m.unix())
	}
}
