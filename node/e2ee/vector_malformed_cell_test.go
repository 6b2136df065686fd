package e2ee_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
)

// malformedCells returns the receivers' states as well.
func malformedCells(t *testing.T) (map[string]hexBytes, []malformedCell) {
	t.Helper()
	c := newConversation(t)
	m := &cellMaker{
		t: t, receivers: map[string]*reference.Session{"new": c.b.Clone()},
		random: reference.NewRandom("onionwire vector: malformed cells"),
	}
	fresh := c.a.Clone()
	fresh.SendingStep(m.random.Draw(fresh, m.random))
	own := c.cells[c.say(c.b, "sealed by the receiver")]
	opened := c.say(c.a, "opened")
	skipped := c.say(c.a, "skipped")
	c.opens(c.b, opened, c.say(c.a, "opened too"))
	m.receivers["without own pair"] = c.b.Clone()
	first := c.a.Clone()
	c.opens(c.a, c.say(c.b, "answer"))
	m.receivers["with own pair"] = c.b.Clone()
	second := c.a.Clone()
	second.SendingStep(m.random.Draw(second, m.random))

	m.lengths(first)
	m.ciphertexts(first, own, c.cells[opened], c.cells[skipped])
	m.places(first)
	m.plaintexts(first)
	m.steps(second)
	m.firstSteps(fresh)

	states := make(map[string]hexBytes)
	for name, s := range m.receivers {
		states[name] = s.State(reference.StateVersion)
	}
	return states, m.made
}

func (m *cellMaker) lengths(sender *reference.Session) {
	m.t.Helper()
	cell := m.next(sender, unchanged)
	m.add("empty", "without own pair", reference.ErrMalformed, []byte{})
	m.add("one byte", "without own pair", reference.ErrMalformed, cell[:1])
	m.add("one byte short", "without own pair", reference.ErrMalformed, cell[:reference.CellSize-1])
	m.add("one byte long", "without own pair", reference.ErrMalformed, append(bytes.Clone(cell), 0))
	m.add("a multiple, and too long", "without own pair", reference.ErrMalformed,
		make([]byte, reference.MaxCell+reference.CellSize))
	m.add("as long as a cell can be, of zeros", "without own pair", reference.ErrDecrypt, make([]byte, reference.MaxCell))
	m.add("in order", "without own pair", "", cell)
}

func (m *cellMaker) ciphertexts(sender *reference.Session, own, opened, skipped []byte) {
	m.t.Helper()
	for _, f := range []field{
		{name: "nonce", offset: 0},
		{name: "header", offset: 24},
		{name: "tag of the header", offset: 2351},
		{name: "plaintext", offset: 2352},
		{name: "tag of the plaintext", offset: 4095},
	} {
		cell := m.next(sender, unchanged)
		cell[f.offset] ^= 0x10
		m.add("bit changed in the "+f.name, "without own pair", reference.ErrDecrypt, cell)
	}
	m.add("the receiver's own cell", "without own pair", reference.ErrDecrypt, own)
	other := sender.Clone()
	other.ID = m.random.Bytes(32)
	m.add("with the ID of another session", "without own pair", reference.ErrDecrypt, m.next(other, unchanged))
	m.add("repeated", "without own pair", reference.ErrRepeated, opened)
	changed := bytes.Clone(opened)
	changed[4095] ^= 1
	m.add("repeated, and the plaintext changed", "without own pair", reference.ErrRepeated, changed)
	m.add("skipped before", "without own pair", "", skipped)
	m.addAt("skipped before, as old as allowed", "without own pair", "", skipped, vectorNow+reference.MaxSkippedAge)
	m.addAt("skipped before, a second older", "without own pair", reference.ErrRepeated, skipped,
		vectorNow+reference.MaxSkippedAge+1)
	changed = bytes.Clone(skipped)
	changed[4095] ^= 1
	m.add("skipped before, and the plaintext changed", "without own pair", reference.ErrDecrypt, changed)
}

func (m *cellMaker) places(sender *reference.Session) {
	m.t.Helper()
	m.add("ratchet key changed within the chain", "without own pair", reference.ErrMalformed,
		m.next(sender, inHeader(0, 9)))
	m.add("ciphertext changed within the chain", "without own pair", reference.ErrMalformed,
		m.next(sender, inHeader(2303, 0)))
	far := sender.Clone()
	for range reference.MaxJump {
		far.Ns++
		_, far.Sending.CK = far.Trace.ChainStep(far.Sending.CK)
	}
	m.add("a jump as far as allowed", "without own pair", "", m.next(far, unchanged))
	m.add("a jump one too far", "without own pair", reference.ErrGap,
		m.next(sender, atPlace(uint32(sender.Ns)+reference.MaxJump+1, 0)))
	m.add("the furthest jump", "without own pair", reference.ErrGap, m.next(sender, atPlace(reference.MaxChain-1, 0)))
	m.add("a number that no cell has", "without own pair", reference.ErrMalformed,
		m.next(sender, atPlace(reference.MaxChain, 0)))
	next := sender.Clone()
	next.Sending.HK = m.receivers["without own pair"].NHKr
	m.add("with the next header key, without an own pair", "without own pair", reference.ErrDecrypt,
		m.next(next, unchanged))
}

func (m *cellMaker) plaintexts(sender *reference.Session) {
	m.t.Helper()
	last := reference.CellSize - 2368 - 1
	m.add("length one above what there is room for", "without own pair", reference.ErrMalformed,
		m.next(sender, inPlaintext(0, 0, 0, 0x06, 0xbd)))
	m.add("length one above MaxContent", "without own pair", reference.ErrMalformed,
		m.next(sender, inPlaintext(0, 0, 1, 0x04, 0x01)))
	m.addLong("length one above MaxContent, for which there is room", "without own pair", sender, reference.MaxContent+1)
	m.addLong("all the room of the longest cell", "without own pair", sender, reference.MaxCell-2372)
	m.add("the largest length", "without own pair", reference.ErrMalformed,
		m.next(sender, inPlaintext(0, 0xff, 0xff, 0xff, 0xff)))
	m.add("first byte of the padding not zero", "without own pair", reference.ErrMalformed,
		m.next(sender, inPlaintext(4+len("what the cell holds"), 1)))
	m.add("last byte of the padding not zero", "without own pair", reference.ErrMalformed,
		m.next(sender, inPlaintext(last, 0x80)))
	s := sender.Clone()
	m.add("more padding than needed", "without own pair", "",
		s.SealRaw(s.Header(), reference.Pad([]byte("short"), 2*reference.CellSize), m.random.Bytes(24)))
}

// steps are cells that begin a chain after another.
func (m *cellMaker) steps(sender *reference.Session) {
	m.t.Helper()
	const receiver = "with own pair"
	pn := uint32(sender.PNs)
	m.add("step in order", receiver, "", m.next(sender, unchanged))
	m.add("step with PN below what has arrived", receiver, reference.ErrMalformed, m.next(sender, atPlace(0, pn-1)))
	m.add("step with a jump to the end of the chain before", receiver, reference.ErrGap,
		m.next(sender, atPlace(0, pn+reference.MaxJump+1)))
	m.add("step with a jump in both chains together", receiver, reference.ErrGap,
		m.next(sender, atPlace(reference.MaxJump/2+1, pn+reference.MaxJump/2)))
	m.add("step with the largest numbers", receiver, reference.ErrGap,
		m.next(sender, atPlace(reference.MaxChain, reference.MaxChain)))
	for _, name := range []string{"1", "of order 8", "9 and the prime"} {
		m.add("step with the ratchet key "+name, receiver, reference.ErrMalformed,
			m.next(sender, inHeader(0, badPoints()[name]...)))
	}
	m.add("step with an encapsulation key that is not reduced", receiver, reference.ErrMalformed,
		m.next(sender, inHeader(32, 0xff, 0xff)))
	m.add("step with another ratchet key", receiver, reference.ErrDecrypt,
		m.next(sender, inHeader(0, slices.Repeat([]byte{9}, 31)...)))
	other := m.next(sender, inHeader(1216, slices.Repeat([]byte{9}, 1088)...))
	m.add("step with another ciphertext: ML-KEM rejects it implicitly", receiver, reference.ErrDecrypt, other)
	trace := &reference.Trace{}
	witness := m.receivers[receiver].Clone()
	witness.Trace = trace
	_, _ = witness.Open(other, vectorNow)
	for _, call := range trace.Calls {
		if call.Op == reference.OpDecaps {
			m.made[len(m.made)-1].SS = call.Out[0].Bytes
		}
	}
}

// firstSteps are cells that begin the first chain that the receiver gets.
func (m *cellMaker) firstSteps(sender *reference.Session) {
	m.t.Helper()
	m.add("first step in order", "new", "", m.next(sender, unchanged))
	m.add("first step after a chain that there was not", "new", reference.ErrMalformed, m.next(sender, atPlace(0, 1)))
	m.add("first step with a jump one too far", "new", reference.ErrGap, m.next(sender, atPlace(reference.MaxJump+1, 0)))
}
