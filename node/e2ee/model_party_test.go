package e2ee_test

import (
	"bytes"
	"crypto/mlkem"
	"crypto/mlkem/mlkemtest"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/onionwire/onionwire/node/e2ee"
	"pgregory.net/rapid"
)

// party is one side of the model: sessions, what the specification says of
// them, and what is on its disk, to which a crash goes back.
type party struct {
	person
	index    int
	features uint32
	sessions *e2ee.Sessions
	ledgers  map[e2ee.SessionID]*ledger
	disk     map[e2ee.SessionID]onDisk
}

type onDisk struct {
	saved  []byte
	ledger *ledger
}

// sent is a cell that has left, and what is known of it.
type sent struct {
	place
	from    int
	session e2ee.SessionID
	content []byte
	cell    []byte
	taken   bool // its content was handed over
}

// order returns the IDs of the party's sessions as the specification sorts
// them, the best first.
func (p *party) order() []e2ee.SessionID {
	var ids []e2ee.SessionID
	for id := range p.ledgers {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b e2ee.SessionID) int {
		if x, y := p.ledgers[a].generation, p.ledgers[b].generation; x != y {
			if x > y {
				return -1
			}
			return 1
		}
		return bytes.Compare(a[:], b[:])
	})
	return ids
}

// inUse returns the best session under which the party can seal, or nil.
func (p *party) inUse() (e2ee.SessionID, *ledger) {
	for _, id := range p.order() {
		if l := p.ledgers[id]; l.usable() {
			return id, l
		}
	}
	return e2ee.SessionID{}, nil
}

// save puts a session on the disk.
func (m *model) save(p *party, id e2ee.SessionID) {
	saved, err := p.sessions.Get(id).Save(m.key, id[:])
	if err != nil {
		m.tb.Fatalf("Save: %v", err)
	}
	p.disk[id] = onDisk{saved, p.ledgers[id].clone()}
}

func (m *model) saveAll(p *party) {
	for id := range p.ledgers {
		m.save(p, id)
	}
}

// forget is what a party does with the sessions that had to go.
func (m *model) forget(p *party, gone []e2ee.SessionID) {
	for _, id := range gone {
		if p.ledgers[id] == nil {
			m.tb.Fatal("a session went that was not there")
		}
		delete(p.ledgers, id)
		delete(p.disk, id)
	}
}

// restart goes back to what is on the disk, with the sessions in some order.
func (m *model) restart(p *party, turn int) {
	p.sessions, p.ledgers = new(e2ee.Sessions), make(map[e2ee.SessionID]*ledger)
	var ids []e2ee.SessionID
	for id := range p.disk {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b e2ee.SessionID) int { return bytes.Compare(a[:], b[:]) })
	for i := range ids {
		id := ids[(i+turn)%len(ids)]
		s, err := e2ee.LoadSession(m.key, id[:], p.disk[id].saved)
		if err != nil {
			m.tb.Fatalf("LoadSession: %v", err)
		}
		e2ee.SetRandom(s, m.random, m.encapsulate)
		l := p.disk[id].ledger.clone()
		l.suspended = !l.confirmed
		p.ledgers[id] = l
		if gone := p.sessions.Add(s, m.now); len(gone) != 0 {
			m.tb.Fatal("a session went when it was loaded")
		}
	}
	m.disconnect(p)
}

// add puts the session of a handshake among a party's others.
func (m *model) add(p *party, h *e2ee.Handshake, l *ledger) e2ee.SessionID {
	s := session(m.tb, h)
	id := s.SessionID()
	if s.Features() != m.parties[0].features&m.parties[1].features {
		m.tb.Errorf("agreed features are %x", s.Features())
	}
	p.ledgers[id] = l
	var want []e2ee.SessionID
	if ids := p.order(); len(ids) > e2ee.MaxSessions {
		want = ids[e2ee.MaxSessions:]
		for _, other := range ids {
			if other != id && !p.ledgers[other].usable() {
				want = []e2ee.SessionID{other}
			}
		}
	}
	gone := p.sessions.Add(s, m.now)
	if !slices.Equal(gone, want) {
		m.tb.Fatal("another session had to go than the least of those that are of no use")
	}
	m.forget(p, gone)
	m.saveAll(p)
	return id
}

// check compares a party's sessions with what the specification says of them.
func (m *model) check(p *party) {
	m.tb.Helper()
	if !slices.Equal(p.sessions.IDs(), p.order()) || len(p.ledgers) > e2ee.MaxSessions {
		m.tb.Fatalf("the party has %d sessions, or in another order than the %d of the model",
			len(p.sessions.IDs()), len(p.ledgers))
	}
	for id, l := range p.ledgers {
		s := p.sessions.Get(id)
		if !slices.Equal(s.Missing(), l.numbers()) || s.Lost() != l.lost || s.Confirmed() != l.confirmed {
			m.tb.Fatalf("missing %v, lost %d, confirmed %t; want %v, %d, %t",
				s.Missing(), s.Lost(), s.Confirmed(), l.numbers(), l.lost, l.confirmed)
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
	if opened, err := p.sessions.Open(cell, m.now); !errors.Is(err, want) || opened.Content != nil {
		m.tb.Fatalf("got error %v, want %v", err, want)
	}
	if !bytes.Equal(before, p.state()) {
		m.tb.Fatal("a refused cell has changed the state")
	}
	for _, l := range p.ledgers {
		l.expire(m.unix())
	}
}

func (m *model) unix() int64 { return m.now.Unix() }

// encapsulate takes its randomness from the model's source, so that a run can
// be repeated.
func (m *model) encapsulate(key *mlkem.EncapsulationKey768) (shared, ciphertext []byte) {
	random := make([]byte, 32)
	if _, err := io.ReadFull(m.random, random); err != nil {
		m.tb.Fatal(err)
	}
	shared, ciphertext, err := mlkemtest.Encapsulate768(key, random)
	if err != nil {
		m.tb.Fatal(err)
	}
	return shared, ciphertext
}

// model is two parties and what is under way between them.
type model struct {
	tb      rapid.TB
	key     *e2ee.StateKey
	random  io.Reader
	now     time.Time
	parties [2]*party

	calm bool // one session, which nobody loses

	cells    []*sent // under way
	old      []*sent // delivered, for repeats
	attempts []*attempt
	count    int // of contents
}
