package engine_test

import (
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/wire"
)

func encodeText(r *rogue, n byte) []byte {
	item, err := wire.EncodeItem(wire.Item{Body: wire.Text{ID: wire.MessageID{n}, Text: string('a' + rune(n))}})
	r.must(err)
	return item
}

// TestStreams takes contents of a contact one after another, and compares which texts are
// kept, and what is confirmed.
func TestStreams(t *testing.T) {
	texts := func(r *rogue, from, to byte) (all [][]byte) {
		for n := from; n <= to; n++ {
			all = append(all, encodeText(r, n))
		}
		return all
	}
	type say struct {
		stream, base, first uint64
		from, to            byte // of the texts; none if from is above to
		err                 error
	}
	const own = 1 // the stream in which the rogue has said one thing already
	for name, tt := range map[string]struct {
		says []say
		want string
		next uint64
	}{
		"one after another":         {[]say{{own, 1, 1, 1, 2, nil}, {own, 1, 3, 3, 3, nil}}, "bcd", 4},
		"twice":                     {[]say{{own, 1, 1, 1, 2, nil}, {own, 1, 1, 1, 2, nil}}, "bc", 3},
		"overlapping":               {[]say{{own, 1, 1, 1, 2, nil}, {own, 1, 2, 2, 4, nil}}, "bcde", 5},
		"in several cells, again":   {[]say{{own, 1, 1, 1, 1, nil}, {own, 1, 2, 2, 2, nil}, {own, 1, 1, 1, 2, nil}}, "bc", 3},
		"one left out":              {[]say{{own, 1, 2, 2, 2, engine.ErrProtocol}}, "", 1},
		"what is confirmed is gone": {[]say{{own, 5, 5, 1, 1, nil}}, "b", 6},
		"base alone":                {[]say{{own, 5, 0, 1, 0, nil}}, "", 5},
		"base that goes back":       {[]say{{own, 1, 1, 1, 1, nil}, {own, 0, 0, 1, 0, nil}, {own, 0, 2, 2, 2, nil}}, "bc", 3},
		"begun anew":                {[]say{{own, 1, 1, 1, 1, nil}, {7, 0, 0, 2, 3, nil}}, "bcd", 2},
		"begun anew, in the middle": {[]say{{7, 9, 9, 1, 1, nil}}, "b", 10},
		"begun anew, one left out":  {[]say{{7, 3, 4, 1, 1, engine.ErrProtocol}}, "", 1},
		"the old one again":         {[]say{{7, 0, 0, 1, 1, nil}, {own, 1, 1, 2, 2, nil}}, "b", 1},
		"the old one, far ahead":    {[]say{{7, 0, 0, 1, 1, nil}, {own, 99, 99, 2, 2, nil}}, "b", 1},
		"back and forth":            {[]say{{7, 0, 0, 1, 1, nil}, {8, 0, 0, 2, 2, nil}, {7, 0, 1, 3, 3, nil}, {8, 0, 1, 4, 4, nil}}, "bce", 2},
		"at the end of numbers":     {[]say{{7, wire.MaxSequence - 1, wire.MaxSequence - 1, 1, 1, nil}}, "b", wire.MaxSequence},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "alice")
			r := newRogueContact(w, "rogue", w.people[0])
			w.book.rogue = r.person
			var failed error
			for _, s := range tt.says {
				r.heard = r.heard[:1]
				err := r.tell(wire.Content{
					Stream: s.stream, Base: s.base, First: s.first, Items: texts(r, s.from, s.to), Ack: r.ack(),
				})
				is(t, err, s.err)
				failed = err
			}
			got := ""
			rows, err := r.victim.disk.Messages(r.victim.conversation(r.person).ID, 0, 100)
			r.must(err)
			for _, m := range rows {
				got = m.Body + got
			}
			if got != tt.want {
				t.Errorf("texts are %q, want %q", got, tt.want)
			}
			streams, err := r.victim.disk.Streams()
			r.must(err)
			if n := streams[1].Next; n != tt.next {
				t.Errorf("the next is %d, want %d", n, tt.next)
			}
			if r.up() != (failed == nil) {
				t.Errorf("the link is there: %t", r.up())
			}
		})
	}
}

// TestNothingOfViolationIsKept: neither the items nor the confirmation nor the new stream.
func TestNothingOfViolationIsKept(t *testing.T) {
	for name, spoil := range map[string]func(*wire.Content){
		"an item is left out":  func(c *wire.Content) { c.First++ },
		"one in a new stream":  func(c *wire.Content) { c.Stream, c.First = 9, c.First+1 },
		"it confirms too much": func(c *wire.Content) { c.Ack.Next++ },
		"both, in a new one":   func(c *wire.Content) { c.Stream, c.First, c.Ack.Next = 9, c.First+1, c.Ack.Next+1 },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "alice")
			alice := w.people[0]
			r := newRogueContact(w, "rogue", alice)
			r.must(r.say())
			m := alice.send(r.person, "hello")
			w.pass(0)
			before, err := alice.disk.Streams()
			r.must(err)
			content := wire.Content{Stream: 1, Base: 1, First: 1, Items: [][]byte{encodeText(r, 1)}, Ack: r.ack()}
			spoil(&content)
			is(t, r.tell(content), engine.ErrProtocol)
			after, err := alice.disk.Streams()
			r.must(err)
			if b, a := before[1], after[1]; a.In != b.In || a.Next != b.Next || a.Base != b.Base && a.Out == b.Out {
				t.Errorf("streams are %+v, were %+v", a, b)
			}
			if s := alice.state(m.Number); s != ledger.Sent {
				t.Errorf("the message is in state %d", s)
			}
			alice.expect(r.person, "alice: hello")
		})
	}
}

// TestConfirmations: items are confirmed, again if they come again, and nothing else is.
func TestConfirmations(t *testing.T) {
	w := newWorld(t, "alice")
	r := newRogueContact(w, "rogue", w.people[0])
	w.book.rogue = r.person
	r.must(r.say())
	told := func(what string, want bool) {
		t.Helper()
		w.pass(0)
		if got := len(r.heard) > 0; got != want {
			t.Errorf("%s: confirmed: %t", what, got)
		} else if got && r.heard[0].Ack != (wire.Ack{Stream: 1, Next: r.next}) {
			t.Errorf("%s: the confirmation is %+v, want %d", what, r.heard[0].Ack, r.next)
		}
		r.heard = nil
	}
	r.heard = nil
	content := wire.Content{Stream: 1, Base: 1, First: 1, Items: [][]byte{encodeText(r, 1)}}
	b, err := content.Encode()
	r.must(err)
	sealed, err := r.sessions.Seal(b, r.now())
	r.must(err)
	r.next++
	r.must(r.give(sealed.Cell))
	told("new", true)
	r.must(r.give(sealed.Cell))
	told("the same cell", true)
	r.must(r.tell(content))
	told("the same item in another cell", true)
	r.must(r.tell(wire.Content{Stream: 1, Base: 1}))
	told("nothing", false)
	r.must(r.tell(wire.Content{Stream: 1, Base: 1, Typing: true}))
	told("a hint", false)
	r.must(r.tell(wire.Content{Stream: 1, Base: 1, First: 2, Items: [][]byte{{0xa2, 0x06, 1, 0}}}))
	r.next++
	told("an item of a later version", true)
}

// TestSlowLink gets one confirmation for all that has come meanwhile.
func TestSlowLink(t *testing.T) {
	w := newWorld(t, "alice")
	alice := w.people[0]
	r := newRogueContact(w, "rogue", alice)
	w.book.rogue = r.person
	r.must(r.say())
	alice.slow = time.Minute
	alice.written = 0
	for n := range byte(20) {
		r.must(r.say(wire.Text{ID: wire.MessageID{n}, Text: "x"}))
	}
	if alice.written != 1 {
		t.Errorf("%d confirmations are on their way", alice.written)
	}
	w.pass(3 * time.Minute)
	if alice.written != 2 || r.heard[len(r.heard)-1].Ack.Next != r.next {
		t.Errorf("%d confirmations were sent, the last of %d", alice.written, r.heard[len(r.heard)-1].Ack.Next)
	}
}

// TestRecordedCellProvesNothing: whoever opens a link with a cell that was recorded is not
// shown as present, and pings that come back on it mean nothing.
func TestRecordedCellProvesNothing(t *testing.T) {
	w := newWorld(t, "alice")
	alice := w.people[0]
	r := newRogueContact(w, "rogue", alice)
	w.book.rogue = r.person
	content := wire.Content{Stream: 1, Base: 1, First: 1, Items: [][]byte{encodeText(r, 1)}, Ack: r.ack()}
	b, err := content.Encode()
	r.must(err)
	sealed, err := r.sessions.Seal(b, r.now())
	r.must(err)
	r.must(r.give(sealed.Cell))
	w.cutAll()
	w.pass(0)
	before := len(alice.presences())
	r.attach(1)
	alice.load(1)
	r.must(alice.engine.LinkUp(alice.now(), engine.LinkUp{Link: r.plug.link, Contact: 1}))
	alice.flush() // the first cell is still under way
	r.must(r.give(sealed.Cell))
	alice.engine.Pinged(alice.now(), r.plug.link)
	alice.flush()
	if got := alice.presences(); len(got) != before {
		t.Errorf("told %v", got)
	}
	r.must(r.tell(wire.Content{Stream: 1, Base: 2}))
	if got := alice.presences(); len(got) != before+1 {
		t.Errorf("told %v", got)
	}
}

// TestMalformedItemSpoilsTheContent: what comes before it is not kept, nor what it confirms.
func TestMalformedItemSpoilsTheContent(t *testing.T) {
	w := newWorld(t, "alice")
	alice := w.people[0]
	r := newRogueContact(w, "rogue", alice)
	w.book.rogue = r.person
	r.must(r.say())
	m := alice.send(r.person, "hello")
	w.pass(0)
	content := wire.Content{
		Stream: 1, Base: 1, First: 1, Ack: r.ack(),
		Items: [][]byte{encodeText(r, 1), {0xff, 0xff}, encodeText(r, 3)},
	}
	is(t, r.tell(content), engine.ErrProtocol)
	alice.expect(r.person, "alice: hello")
	if s := alice.state(m.Number); s != ledger.Sent {
		t.Errorf("the message is in state %d", s)
	}
	if streams, _ := alice.disk.Streams(); streams[1].Next != 1 {
		t.Errorf("streams are %+v", streams[1])
	}
}
