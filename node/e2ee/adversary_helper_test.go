package e2ee_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
)

// overheard is a conversation of which an adversary has recorded everything on
// the wire. It is held twice with the same random bytes: by the reference, whose
// trace tells what follows from which secrets, and by the real implementation,
// whose messages, cells and states have to be the same bytes. So what is proven
// of one holds for the other.
type overheard struct {
	tb       testing.TB
	trace    *reference.Trace
	random   *reference.Random
	sides    [2]*speaker // the initiator and the responder
	people   [2]reference.Config
	seeds    [][]byte  // of both identities
	messages [3][]byte // of the handshake
	payloads [3][]byte // of them, decrypted
	cells    []*overheardCell
	thefts   []theft
	clock    int // operations so far
}

// speaker is one side of it.
type speaker struct {
	model *reference.Session
	real  *e2ee.Session
	dice  *loadedDice
	draws []reference.Draw // of all cells it has sealed
	// Numbers of the newest chains, its own and the other side's; -1 is none.
	chain, receiving int
}

// overheardCell is a cell with what only its two ends know.
type overheardCell struct {
	from, chain    int
	sealed, opened int // when, as the clock says; opened is -1 for a cell that is not yet
	content        []byte
	header         []byte
	bytes          []byte
}

// theft is a copy of one side's whole state.
type theft struct {
	side      int
	chain     int  // the newest of its own
	sending   bool // that chain goes on
	receiving int  // the newest that has reached it; -1 is none
	when      int  // as the clock says: after that operation
	calls     int  // primitives called until then
	secrets   [][]byte
	state     []byte // laid out as it is saved
}

// loadedDice are the random bytes of the reference, for the implementation.
type loadedDice struct{ bytes, encapsulation bytes.Buffer }

func (d *loadedDice) chance() chance { return chance{&d.bytes, &d.encapsulation} }

func (d *loadedDice) load(draw reference.Draw) {
	for _, b := range [][]byte{draw.X, draw.Seed, draw.Nonce} {
		d.bytes.Write(b)
	}
	d.encapsulation.Write(draw.M)
}

// overhear begins a conversation, whose keys follow from its name.
func overhear(tb testing.TB, name string) *overheard {
	tb.Helper()
	o := &overheard{tb: tb, trace: &reference.Trace{}, random: reference.NewRandom(name)}
	o.begin(o.random.Configs(o.trace))
	return o
}

// again begins another session of the same two people, under the same trace.
func (o *overheard) again() *overheard {
	o.tb.Helper()
	next := &overheard{tb: o.tb, trace: o.trace, random: o.random}
	first, second := o.random.Configs(nil)
	for i, c := range []*reference.Config{&first, &second} {
		old := o.people[i]
		c.Trace, c.Identity, c.RemoteKey = o.trace, old.Identity, old.RemoteKey
		c.LocalID, c.RemoteID = old.LocalID, old.RemoteID
		c.Generation = max(old.Generation, 1) + 1
	}
	next.begin(first, second)
	return next
}

// begin runs a handshake, with two real programs beside the reference.
func (o *overheard) begin(first, second reference.Config) {
	o.tb.Helper()
	a, b, err := reference.Establish(first, second)
	if err != nil {
		o.tb.Fatal(err)
	}
	o.people = [2]reference.Config{first, second}
	o.seeds = [][]byte{first.Identity.Seed, second.Identity.Seed}
	o.messages, o.payloads = a.Messages, a.Payloads
	o.sides = [2]*speaker{
		{model: a.Session(), dice: new(loadedDice), chain: -1, receiving: 0},
		{model: b.Session(), dice: new(loadedDice), chain: 0, receiving: -1},
	}
	initiator, responder := newReal(o.tb, first, o.sides[0].dice.chance()), newReal(o.tb, second, o.sides[1].dice.chance())
	for i, from := range []*e2ee.Handshake{initiator, responder, initiator} {
		to := []*e2ee.Handshake{responder, initiator, responder}[i]
		if message := carry(o.tb, from, to); !bytes.Equal(message, a.Messages[i]) {
			o.tb.Fatalf("the program's message %d is not that of the reference", i+1)
		}
	}
	o.sides[0].real, o.sides[1].real = session(o.tb, initiator), session(o.tb, responder)
	o.clock++
	o.steal(0)
	o.steal(1)
}

// seal seals the next content at one side.
func (o *overheard) seal(side int) {
	o.tb.Helper()
	o.say(side, fmt.Appendf(nil, "content %d, said to nobody else: %x", len(o.cells), o.random.Bytes(32)))
}

// say seals a content at one side.
func (o *overheard) say(side int, content []byte) {
	o.tb.Helper()
	s := o.sides[side]
	if s.model.Own == nil {
		s.chain++
	}
	draw := o.random.Draw(s.model, o.random)
	s.dice.load(draw)
	s.draws = append(s.draws, draw)
	cell, _, err := s.model.Seal(content, draw)
	if err != nil {
		o.tb.Fatal(err)
	}
	if got := seal(o.tb, s.real, content); !bytes.Equal(got, cell) || s.dice.bytes.Len()+s.dice.encapsulation.Len() > 0 {
		o.tb.Fatalf("the program's cell %d is not that of the reference", len(o.cells))
	}
	o.clock++
	o.cells = append(o.cells, &overheardCell{
		from: side, chain: s.chain, sealed: o.clock, opened: -1,
		content: content, header: o.lastHeader(), bytes: cell,
	})
	o.steal(side)
}

func (o *overheard) lastHeader() []byte {
	for i := len(o.trace.Calls) - 1; ; i-- {
		if c := o.trace.Calls[i]; c.Op == reference.OpSeal && c.In[3].Name == "header" {
			return c.In[3].Bytes
		}
	}
}

// deliver brings a cell to the other side.
func (o *overheard) deliver(cell int) {
	o.tb.Helper()
	c := o.cells[cell]
	s := o.sides[1-c.from]
	got, err := s.model.Open(c.bytes, uint64(now.Unix()))
	if err != nil {
		o.tb.Fatalf("cell %d: %v", cell, err)
	}
	if !bytes.Equal(got.Content, c.content) {
		o.tb.Fatalf("cell %d arrived with another content", cell)
	}
	wantOpens(o.tb, s.real, c.bytes, c.content)
	o.clock++
	c.opened = o.clock
	s.receiving = max(s.receiving, c.chain)
	o.steal(1 - c.from)
}

// steal copies the state of a side, which is the same in both implementations.
func (o *overheard) steal(side int) {
	o.tb.Helper()
	s := o.sides[side]
	state := e2ee.StateOf(s.real)
	if !bytes.Equal(state, s.model.State(reference.StateVersion)) {
		o.tb.Fatalf("after operation %d, side %d of the program is in another state than the reference", o.clock, side)
	}
	o.thefts = append(o.thefts, theft{
		side: side, chain: s.chain, sending: s.model.Own != nil, receiving: s.receiving,
		when: o.clock, calls: len(o.trace.Calls), secrets: s.model.Secrets(), state: state,
	})
}
