package e2ee_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/onionwire/onionwire/node/e2ee"
	"pgregory.net/rapid"
)

// newModel returns two parties that have met.
func newModel(tb rapid.TB, calm bool) *model {
	tb.Helper()
	m := &model{tb: tb, key: stateKey(tb), random: rand.NewChaCha8([32]byte{}), now: now, calm: calm}
	for i, name := range []string{"alice", "bob"} {
		m.parties[i] = &party{
			person: newPerson(tb, name), index: i, features: []uint32{0x0f, 0x3c}[i], sessions: new(e2ee.Sessions),
			ledgers: make(map[e2ee.SessionID]*ledger), disk: make(map[e2ee.SessionID]onDisk),
		}
	}
	m.begin(m.parties[0])
	for range 3 {
		m.carryOn(0, 0)
	}
	return m
}

// action is one step of the model. The two numbers choose what it is about.
type action struct{ kind, a, b byte }

// actions are all that can happen; the number says how often.
var actions = []struct {
	times int
	do    func(m *model, a, b byte)
}{
	{1, func(m *model, _, b byte) { m.now = m.now.Add(time.Duration(b) * time.Second) }},
	{9, func(m *model, a, b byte) { m.send(m.parties[a&1], b) }},
	{9, func(m *model, a, b byte) { m.deliver(int(a), b) }},
	{3, func(m *model, a, b byte) { m.burst(m.parties[a&1], int(a)%3+2, b) }},
	{3, func(m *model, a, b byte) { m.deliverAll(m.parties[a&1], b) }},
	{1, func(m *model, a, b byte) { m.repeat(a, b) }},
	{1, func(m *model, a, _ byte) { m.lose(a) }},
	{1, func(m *model, a, b byte) { m.forge(a, b) }},
	{2, func(m *model, a, _ byte) { m.dial(m.parties[a&1]) }},
	{6, func(m *model, a, b byte) { m.carryOn(a, b) }},
	{1, func(m *model, a, b byte) { m.drop(a, b) }},
	{1, func(m *model, a, b byte) { m.restart(m.parties[a&1], int(b)) }},
	{1, func(m *model, a, b byte) { m.saveAll(m.parties[a&1]); m.restart(m.parties[a&1], int(b)) }},
	{1, func(m *model, a, b byte) { m.tidy(m.parties[a&1]) }},
	{2, func(m *model, a, b byte) { m.rarely(a, b) }},
}

// dice are the indexes of the actions, each as often as it says.
var dice = func() []byte {
	var d []byte
	for i, a := range actions {
		d = append(d, bytes.Repeat([]byte{byte(i)}, a.times)...)
	}
	return d
}()

func (m *model) step(a action) {
	actions[dice[int(a.kind)%len(dice)]].do(m, a.a, a.b)
	for _, p := range m.parties {
		m.check(p)
	}
}

// rarely is what destroys much.
func (m *model) rarely(a, b byte) {
	p := m.parties[a&1]
	switch b % 8 {
	case 0: // loses everything
		if m.calm {
			return
		}
		p.disk = make(map[e2ee.SessionID]onDisk)
		m.restart(p, 0)
	case 1: // so many are lost that keys are given up
		m.sendLost(p, 600)
	case 2:
		m.now = m.now.Add(-40 * 24 * time.Hour)
	case 3:
		m.now = m.now.Add(16 * 24 * time.Hour)
	case 4:
		m.now = m.now.Add(31 * 24 * time.Hour)
	case 5: // of all chains something is missing
		for range int(a)%8 + 3 {
			m.sendLost(p, 1)
			m.send(p, 0)
			p = m.parties[1-p.index]
			m.deliverAll(p, 0)
		}
	default:
		m.now = m.now.Add(time.Duration(b) * time.Hour)
	}
}

// send seals a content, saves, and puts the cell on its way. The lowest values
// of b crash in between.
func (m *model) send(p *party, b byte) {
	m.count++
	content := fmt.Appendf(nil, "%d", m.count)
	if b == 255 {
		content = append(content, make([]byte, e2ee.OneCell)...)
	}
	best, l := p.inUse()
	id, cell, err := p.sessions.Seal(content)
	if l == nil {
		if !errors.Is(err, e2ee.ErrNoSession) {
			m.tb.Fatalf("Seal without a session: %v", err)
		}
		return
	}
	if err != nil || id != best {
		m.tb.Fatalf("Seal took another session than the best, or failed: %v", err)
	}
	s := &sent{place: l.seal(), from: p.index, session: id, content: content, cell: cell}
	if b == 1 {
		m.restart(p, 0)
		return
	}
	m.save(p, id)
	if b == 2 {
		m.restart(p, 1)
		return
	}
	if m.cells = append(m.cells, s); len(m.cells) > 64 {
		m.cells = m.cells[1:]
	}
}

// sendLost seals cells that get lost, all after it was saved that they left.
func (m *model) sendLost(p *party, n int) {
	best, l := p.inUse()
	if l == nil {
		return
	}
	for range n {
		if _, _, err := p.sessions.Seal(nil); err != nil {
			m.tb.Fatalf("Seal: %v", err)
		}
		l.seal()
	}
	m.save(p, best)
}

func (m *model) burst(p *party, n int, b byte) {
	for i := range n {
		m.send(p, max(b, byte(i)+3))
	}
}

// deliver brings one of the cells under way.
func (m *model) deliver(a int, b byte) {
	if len(m.cells) == 0 {
		return
	}
	i := a % len(m.cells)
	s := m.cells[i]
	m.cells = append(m.cells[:i], m.cells[i+1:]...)
	if m.old = append(m.old, s); len(m.old) > 16 {
		m.old = m.old[1:]
	}
	m.open(s, b)
}

// deliverAll brings all that is under way to a party, forwards or backwards.
func (m *model) deliverAll(p *party, b byte) {
	waiting := m.cells
	m.cells = nil
	for i := range waiting {
		s := waiting[i]
		if b&1 == 1 {
			s = waiting[len(waiting)-1-i]
		}
		if s.from == p.index {
			m.cells = append(m.cells, s)
			continue
		}
		m.open(s, b|8)
	}
}

func (m *model) repeat(a, b byte) {
	if len(m.old) > 0 {
		m.open(m.old[int(a)%len(m.old)], b)
	}
}

func (m *model) lose(a byte) {
	if len(m.cells) > 0 {
		i := int(a) % len(m.cells)
		m.cells = append(m.cells[:i], m.cells[i+1:]...)
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
	changed[(int(a)*256+int(b))%len(changed)] ^= 1 << (b % 8)
	p := m.parties[1-s.from]
	want := e2ee.ErrDecrypt
	// A change behind the header is found late, unless the cell's key is gone.
	if (int(a)*256+int(b))%len(changed) >= 2352 {
		if l := p.ledgers[s.session]; l != nil {
			c := l.clone()
			c.expire(m.unix())
			if err := c.open(s.place, m.unix()); err != nil {
				want = err
			}
		}
	}
	m.wantRefused(p, changed, want)
}

// open gives a cell to its receiver, who saves and then hands over what was in
// it. The lowest values of b crash before that is saved.
func (m *model) open(s *sent, b byte) {
	p := m.parties[1-s.from]
	l := p.ledgers[s.session]
	want := e2ee.ErrDecrypt
	if l != nil {
		// Those that are better have been tried before.
		for _, id := range p.order() {
			p.ledgers[id].expire(m.unix())
			if id == s.session {
				break
			}
		}
		before := l.clone()
		if want = l.open(s.place, m.unix()); want != nil {
			*l = *before
		}
	}
	if want != nil {
		m.wantRefused(p, s.cell, want)
		return
	}
	opened, err := p.sessions.Open(s.cell, m.now)
	if err != nil {
		m.tb.Fatalf("Open: %v", err)
	}
	if s.taken {
		m.tb.Fatal("a cell was opened twice")
	}
	if !bytes.Equal(opened.Content, s.content) || opened.Session != s.session || opened.Number != s.number {
		m.tb.Fatalf("cell %d opened as %d, or to something else", s.number, opened.Number)
	}
	if b == 1 {
		m.restart(p, 0)
		return
	}
	m.save(p, s.session)
	s.taken = true
	if b == 2 {
		m.restart(p, 1)
	}
}

// tidy erases old sessions. Whoever could seal before can do so after, and under
// the same one.
func (m *model) tidy(p *party) {
	before, _ := p.inUse()
	m.forget(p, p.sessions.Expire(m.now))
	if after, _ := p.inUse(); after != before {
		m.tb.Fatal("the session in use was erased")
	}
	m.saveAll(p)
}
