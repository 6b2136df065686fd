package e2ee_test

import (
	"bytes"
	"errors"
	"slices"

	"github.com/onionwire/onionwire/node/e2ee"
)

// sent is a cell that has left, and what is known of it.
type sent struct {
	place
	from    int
	session e2ee.SessionID
	content []byte
	cell    []byte
	taken   bool // its receiver has stored what was in it
}

// maxOutbox is how many letters wait before no more are written.
const maxOutbox = 64

// write puts a letter into a party's outbox, where it stays until it has arrived.
func (m *model) write(p *party, b byte) {
	if len(p.known.outbox) >= maxOutbox {
		return
	}
	m.letters++
	l := letter{id: uint64(m.letters), long: b == 255}
	p.known.outbox = append(p.known.outbox, l)
	p.disk.known.outbox = append(p.disk.known.outbox, l)
}

// say seals what waits, or a new letter, and puts the cell on its way.
func (m *model) say(p *party, b byte) {
	if !p.known.waiting() {
		m.write(p, b)
	}
	if _, l := p.known.inUse(); l == nil {
		m.seen["no session"]++
		if _, err := p.sessions.Seal(nil, m.now); !errors.Is(err, e2ee.ErrNoSession) {
			m.tb.Fatalf("Seal without a session: %v", err)
		}
		return
	}
	if !p.known.waiting() {
		return
	}
	var s *sent
	var pending bool
	if !m.change(p, fateOf(b), func(all *e2ee.Sessions, k *memory) {
		id, _ := k.inUse()
		s, pending = m.seal(p, all, k, k.next(id))
	}) {
		return
	}
	if pending {
		m.seen["pending"]++
		m.connection(p, s.session).queue(s)
		return
	}
	if m.cells = append(m.cells, s); len(m.cells) > 64 {
		m.cells = m.cells[1:]
	}
	m.bound(p, s)
}

func (m *model) seal(p *party, all *e2ee.Sessions, k *memory, content []byte) (s *sent, pending bool) {
	best, l := k.inUse()
	sealed, err := all.Seal(content, m.now)
	if err != nil || sealed.Session != best {
		m.tb.Fatalf("Seal took another session than the best, or failed: %v", err)
	}
	l.used = m.unix()
	s = &sent{place: l.seal(), from: p.index, session: best, content: content, cell: sealed.Cell}
	if sealed.Number != s.number || sealed.Pending == l.confirmed {
		m.tb.Fatalf("sealed cell %d, pending %t, want %d, %t", sealed.Number, sealed.Pending, s.number, !l.confirmed)
	}
	return s, sealed.Pending
}

// ahead is how many cells a sender may be ahead of its receiver in a calm model;
// beyond MaxJump only another handshake would help.
const ahead = e2ee.MaxJump - 2*maxOutbox

// bound delivers a cell at once if its sender is too far ahead.
func (m *model) bound(p *party, s *sent) {
	if !m.calm || s.number < m.parties[1-p.index].known.ledgers[s.session].frontier+ahead {
		return
	}
	m.cells = m.cells[:len(m.cells)-1]
	m.open(s, stored)
}

// sayLost seals cells that get lost.
func (m *model) sayLost(p *party, n int) {
	id, l := p.known.inUse()
	if l == nil {
		return
	}
	if m.calm {
		n = min(n, int(m.parties[1-p.index].known.ledgers[id].frontier)+ahead-int(l.sent))
	}
	m.change(p, stored, func(all *e2ee.Sessions, k *memory) {
		for range n {
			m.seal(p, all, k, []byte{kindNothing})
		}
	})
}

func (m *model) burst(p *party, n int, b byte) {
	for i := range n {
		m.say(p, max(b, byte(i)+byte(crashAfter)+1))
	}
}

// deliver brings one of the cells under way, or the next one on a connection.
func (m *model) deliver(a int, b byte) {
	if t := m.attempts; len(t) > 0 && b&1 == 1 {
		t[a%len(t)].arrive(m, fateOf(b>>1))
		return
	}
	if len(m.cells) == 0 {
		return
	}
	i := a % len(m.cells)
	s := m.cells[i]
	m.cells = slices.Delete(m.cells, i, i+1)
	if m.old = append(m.old, s); len(m.old) > 16 {
		m.old = m.old[1:]
	}
	m.open(s, fateOf(b>>1))
}

// deliverAll brings all that is under way to a party, forwards or backwards.
func (m *model) deliverAll(p *party, b byte) {
	waiting := m.cells
	m.cells = nil
	if b&1 == 1 {
		slices.Reverse(waiting)
	}
	for _, s := range waiting {
		if s.from == p.index {
			m.cells = append(m.cells, s)
			continue
		}
		m.open(s, stored)
	}
	for _, t := range slices.Clone(m.attempts) {
		for t.to == p && t.arrive(m, stored) {
		}
	}
}

func (m *model) repeat(a, b byte) {
	if len(m.old) > 0 {
		m.open(m.old[int(a)%len(m.old)], fateOf(b))
	}
}

func (m *model) lose(a byte) {
	if len(m.cells) > 0 {
		i := int(a) % len(m.cells)
		m.cells = slices.Delete(m.cells, i, i+1)
	}
}

// forge changes a cell, or sends it back to where it comes from.
func (m *model) forge(a, b byte) {
	if len(m.cells) == 0 {
		return
	}
	s := m.cells[int(a)%len(m.cells)]
	m.wantRefused(m.parties[s.from], s.cell, e2ee.ErrDecrypt)
	changed := bytes.Clone(s.cell)
	at := (int(a)*256 + int(b)) % len(changed)
	changed[at] ^= 1 << (b % 8)
	p := m.parties[1-s.from]
	want := e2ee.ErrDecrypt
	// A change behind the header is found late, unless the cell's key is gone.
	if at >= overhead-4-16 {
		if err := m.expected(p, s); err != nil {
			want = err
		}
	}
	m.wantRefused(p, changed, want)
}

// expected is what the specification says of a cell that a party is given.
func (m *model) expected(p *party, s *sent) error {
	l := p.known.ledgers[s.session]
	if l == nil {
		return e2ee.ErrDecrypt
	}
	c := l.clone()
	c.expire(m.unix())
	return c.open(s.place, m.unix())
}

// open gives a cell to its receiver, who stores what was in it together with the
// session.
func (m *model) open(s *sent, f fate) {
	p := m.parties[1-s.from]
	if want := m.expected(p, s); want != nil {
		m.seen[want.Error()]++
		m.wantRefused(p, s.cell, want)
		m.complain(p, want)
		return
	}
	if s.taken {
		m.tb.Fatal("a cell opens twice")
	}
	var fresh uint64
	m.change(p, f, func(all *e2ee.Sessions, k *memory) {
		k.expire(s.session, m.unix())
		l := k.ledgers[s.session]
		suspended := l.suspended
		if err := l.open(s.place, m.unix()); err != nil {
			m.tb.Fatal(err)
		}
		l.used = m.unix()
		if suspended { // now better than the one that has been used in its place
			k.sealAgain()
		}
		opened, err := all.Open(s.cell, m.now)
		if err != nil {
			m.tb.Fatalf("Open: %v", err)
		}
		if !bytes.Equal(opened.Content, s.content) || opened.Session != s.session || opened.Number != s.number {
			m.tb.Fatalf("cell %d opened as %d, or to something else", s.number, opened.Number)
		}
		fresh = k.take(opened.Content)
	})
	if f == stored || f == crashAfter {
		m.seen["opened"]++
		s.taken, p.trouble = true, 0
		m.handOver(p, fresh)
	}
}

// complain counts what a party cannot open. If it goes on, it wants a new
// handshake.
func (m *model) complain(p *party, err error) {
	if errors.Is(err, e2ee.ErrRepeated) {
		return
	}
	if p.trouble++; p.trouble >= 3 && !m.calm {
		p.trouble = 0
		m.dial(p)
	}
}
