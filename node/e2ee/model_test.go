package e2ee_test

import (
	"bytes"
	"io"
	"math/rand/v2"
	"time"

	"github.com/onionwire/onionwire/node/e2ee"
	"pgregory.net/rapid"
)

// model is two parties and what is under way between them.
type model struct {
	tb      rapid.TB
	key     *e2ee.StateKey
	random  io.Reader
	now     time.Time
	parties [2]*party

	calm bool // one session, which nobody loses

	cells    []*sent // under way, on no connection in particular
	old      []*sent // delivered, for repeats
	attempts []*attempt
	letters  int // written so far by both
	met      int // handshakes that were completed

	seen map[string]int // what has happened, how often
}

// newModel returns two parties that have met.
func newModel(tb rapid.TB, calm bool) *model {
	tb.Helper()
	m := &model{tb: tb, key: stateKey(tb), random: rand.NewChaCha8([32]byte{}), now: now, calm: calm, seen: make(map[string]int)}
	for i, name := range []string{"alice", "bob"} {
		m.parties[i] = &party{
			person: newPerson(tb, name), index: i, features: []uint32{0x0f, 0x3c}[i], sessions: new(e2ee.Sessions),
			known: newMemory(), disk: disk{saved: make(map[e2ee.SessionID][]byte), known: newMemory()},
			handed: make(map[uint64]bool),
		}
	}
	m.meet(m.parties[0])
	if calm { // an initiator who crashes before it is confirmed has nothing to seal under
		m.say(m.parties[1], 0)
		m.deliverAll(m.parties[0], 0)
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
	{9, func(m *model, a, b byte) { m.say(m.parties[a&1], b) }},
	{9, func(m *model, a, b byte) { m.deliver(int(a), b) }},
	{3, func(m *model, a, b byte) { m.burst(m.parties[a&1], int(a)%3+2, b) }},
	{3, func(m *model, a, b byte) { m.deliverAll(m.parties[a&1], b) }},
	{1, func(m *model, a, b byte) { m.repeat(a, b) }},
	{1, func(m *model, a, _ byte) { m.lose(a) }},
	{1, func(m *model, a, b byte) { m.forge(a, b) }},
	{1, func(m *model, a, _ byte) { m.parties[a&1].known.sealAgain() }},
	{2, func(m *model, a, _ byte) { m.dial(m.parties[a&1]) }},
	{12, func(m *model, a, b byte) { m.carryOn(a, b) }},
	{1, func(m *model, a, b byte) { m.drop(a, b) }},
	{1, func(m *model, a, b byte) { m.restart(m.parties[a&1], int(b)) }},
	{1, func(m *model, a, b byte) { m.tidy(m.parties[a&1], b) }},
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
	case 0: // loses all sessions
		if m.calm {
			return
		}
		p.disk.saved, p.disk.known.ledgers = make(map[e2ee.SessionID][]byte), make(map[e2ee.SessionID]*ledger)
		m.restart(p, 0)
	case 1: // so many are lost that keys are given up
		m.sayLost(p, 600)
	case 2:
		m.now = m.now.Add(-40 * 24 * time.Hour)
	case 3:
		m.now = m.now.Add(16 * 24 * time.Hour)
	case 4:
		m.now = m.now.Add(31 * 24 * time.Hour)
	case 5: // of all chains something is missing
		for range int(a)%8 + 3 {
			m.sayLost(p, 1)
			m.say(p, 0)
			p = m.parties[1-p.index]
			m.deliverAll(p, 0)
		}
	case 6: // nothing can be opened in this session any more
		if !m.calm {
			m.sayLost(p, e2ee.MaxJump+1)
		}
	default:
		m.now = m.now.Add(time.Duration(b) * time.Hour)
	}
}

func (m *model) unix() int64 { return max(m.now.Unix(), 1) }
