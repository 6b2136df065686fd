package e2ee_test

import (
	"bytes"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
)

// conversation makes the events.
type conversation struct {
	t              *testing.T
	v              conversationVectors
	a, b           *reference.Session
	random, encaps *reference.Random
	cells          [][]byte
	now            uint64
}

func newConversation(t *testing.T) *conversation {
	t.Helper()
	initiator, responder := makeHandshakeVectors(t).Handshakes[0].configs()
	a, b, err := reference.Establish(initiator, responder)
	if err != nil {
		t.Fatal(err)
	}
	c := &conversation{
		t: t, a: a.Session(), b: b.Session(), now: vectorNow,
		random: reference.NewRandom("onionwire vector: conversation"),
		encaps: reference.NewRandom("onionwire vector: conversation, encapsulation"),
	}
	c.v = conversationVectors{
		InitiatorState: c.a.State(reference.StateVersion), ResponderState: c.b.State(reference.StateVersion),
	}
	return c
}

func (c *conversation) add(by *reference.Session, comment string, seal *vectorSeal, open *vectorOpen) {
	c.v.Events = append(c.v.Events, conversationEvent{comment, c.name(by), seal, open, 0, vectorStateOf(by)})
}

func (c *conversation) name(s *reference.Session) string {
	if s == c.b {
		return "responder"
	}
	return "initiator"
}

// seal adds an event and returns the index of the cell.
func (c *conversation) seal(by *reference.Session, content []byte, comment string) int {
	c.t.Helper()
	d := c.random.Draw(by, c.encaps)
	v := &vectorSeal{Cell: len(c.cells), ContentLength: len(content), Nonce: d.Nonce}
	if by.Own == nil {
		by.SendingStep(d)
		s := by.LastStep
		v.Step = &sentStep{d.X, d.Seed, d.M, s.Part[:32], digest(s.Part), stepSecrets{s.Shared, s.SS, s.Bind}}
	}
	v.N, v.PN, v.HeaderKey = by.Ns, by.PNs, by.Sending.HK
	v.CellKey, _ = by.Trace.ChainStep(by.Sending.CK)
	cell, number, err := by.Seal(content, d)
	if err != nil {
		c.t.Fatal(err)
	}
	v.Number, v.Length, v.SHA256, v.Bytes = number, len(cell), digest(cell), cell
	if len(cell) > reference.CellSize {
		v.Bytes, v.Start = nil, cell[:64]
	}
	if len(content) <= 64 {
		v.Content = content
	} else if !bytes.Equal(content, ruled(len(content))) {
		c.t.Fatal("a long content has to follow the rule")
	}
	c.add(by, comment, v, nil)
	c.cells = append(c.cells, cell)
	return v.Cell
}

// say seals a text.
func (c *conversation) say(by *reference.Session, text string) int {
	c.t.Helper()
	return c.seal(by, []byte(text), "")
}

// lose adds an event: n cells are sealed in the chain that is there, and never
// arrive.
func (c *conversation) lose(by *reference.Session, n int, comment string) {
	for range n {
		_, by.Sending.CK = by.Trace.ChainStep(by.Sending.CK)
		by.Ns++
	}
	c.v.Events = append(c.v.Events, conversationEvent{Comment: comment, By: c.name(by), Lose: n, After: vectorStateOf(by)})
}

// open adds an event, which has to end with the class of errors.
func (c *conversation) open(by *reference.Session, cell int, class reference.Error, comment string) {
	c.t.Helper()
	o, err := by.Open(c.cells[cell], c.now)
	if err != nil && err != class || err == nil && class != "" {
		c.t.Fatalf("%s: cell %d: %v", comment, cell, err)
	}
	v := &vectorOpen{Cell: cell, Time: c.now, Error: string(class)}
	if err == nil {
		v.Number, v.CellKey = o.Number, o.CellKey
	}
	if o.Step {
		v.Step = &stepSecrets{by.LastStep.Shared, by.LastStep.SS, by.LastStep.Bind}
	}
	c.add(by, comment, nil, v)
}

// opens opens cells in the order given.
func (c *conversation) opens(by *reference.Session, cells ...int) {
	c.t.Helper()
	for _, cell := range cells {
		c.open(by, cell, "", "")
	}
}

func makeConversation(t *testing.T) conversationVectors {
	t.Helper()
	c := newConversation(t)
	a, b := c.a, c.b

	first := c.seal(b, []byte{}, "the responder begins, on the first chain, with an empty content")
	second := c.seal(b, []byte{7}, "one byte")
	third := c.say(b, "third on the first chain")
	c.open(a, third, "", "the last one first: two are skipped")
	c.opens(a, first)

	long := c.seal(a, ruled(1724), "the initiator's first step; the longest content of the smallest cell")
	longer := c.seal(a, ruled(1725), "one byte more")
	crossing := c.say(b, "crosses the initiator's step")
	c.open(b, longer, "", "the responder's receiving step, with a cell skipped")
	c.opens(b, long)
	c.open(b, long, reference.ErrRepeated, "repeated, in the chain that goes on")
	c.open(a, crossing, "", "of the first chain still, at a side that has an own pair")

	longest := c.seal(b, ruled(66560), "the longest content, with the responder's first sending step")
	c.opens(a, longest)
	c.open(a, second, "", "skipped in the first chain, which has ended")
	c.open(a, second, reference.ErrDecrypt, "repeated, when no key of its chain is kept: nobody knows its header key")

	var late []int
	for i, text := range []string{"alpha", "beta", "gamma", "delta"} {
		late = append(late, c.say(a, text))
		if i == 2 {
			c.open(b, late[1], "", "one is skipped")
		}
	}
	c.open(a, c.say(b, "the next turn, before delta has arrived"), "", "")
	epsilon, zeta := c.say(a, "epsilon"), c.say(a, "zeta")
	c.open(b, zeta, "", "skips gamma and delta at the end of a chain and epsilon in the next")
	c.opens(b, late[3], epsilon, late[0])
	c.open(b, late[3], reference.ErrRepeated, "repeated, in an earlier chain of which a key is kept")
	c.opens(b, late[2])

	var old []int
	for i := range reference.MaxSkippedChains + 1 {
		if i == 4 {
			c.now += 20 * 24 * 60 * 60
		}
		old = append(old, c.say(a, "late"))
		c.opens(b, c.say(a, "in time"))
		c.opens(a, c.say(b, "turn"))
	}
	c.open(b, old[0], reference.ErrDecrypt, "of one chain too many: its keys were given up")
	c.opens(b, old[2])
	c.now = vectorNow + reference.MaxSkippedAge
	c.open(b, old[1], "", "as old as allowed")
	c.now++
	c.open(b, old[3], reference.ErrDecrypt, "a second older")
	c.opens(b, old[4])
	c.opens(b, c.say(a, "and so on"))
	c.skipTooMany()
	return c.v
}

// skipTooMany loses cells until each bound on their keys is exceeded by one.
func (c *conversation) skipTooMany() {
	c.t.Helper()
	begin := func() {
		c.t.Helper()
		c.opens(c.a, c.say(c.b, "turn"))
		c.opens(c.b, c.say(c.a, "begins a chain"))
	}
	begin()
	c.lose(c.a, reference.MaxJump, "as many as one cell may skip")
	c.open(c.b, c.say(c.a, "behind them"), "", "as many keys as are kept of a chain")
	c.lose(c.a, 1, "")
	c.open(c.b, c.say(c.a, "behind it"), "", "one key more: the oldest of the chain is given up")
	begin()
	c.lose(c.a, reference.MaxJump, "")
	c.open(c.b, c.say(c.a, "behind them"), "", "more keys than are kept in all: those of older chains are given up, until two full ones are left")
	c.lose(c.a, 1, "")
	c.open(c.b, c.say(c.a, "behind it"), "", "one key more of a full chain, which the other chain does not pay for")
	begin()
	c.lose(c.a, 1, "")
	c.open(c.b, c.say(c.a, "behind it"), "", "one key more in all: the oldest of all is given up")
}
