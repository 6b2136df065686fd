package engine_test

import (
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/wire"
)

// tape reads choices from the bytes of a fuzzer.
type tape struct{ b []byte }

func (t *tape) byte() byte {
	if len(t.b) == 0 {
		return 0
	}
	b := t.b[0]
	t.b = t.b[1:]
	return b
}

// number is a small one, or a very large one.
func (t *tape) number() uint64 {
	switch b := t.byte(); {
	case b < 200:
		return uint64(b % 8)
	case b < 250:
		return uint64(b)
	default:
		return wire.MaxSequence - uint64(b-250)
	}
}

// body is anything that can be said.
func (t *tape) body(r *rogue, f ledger.File) wire.Body {
	id := [16]byte{t.byte() % 4}
	if t.byte()%4 == 0 {
		id = [16]byte(f.ID)
	}
	switch t.byte() % 10 {
	case 0:
		return r.request()
	case 1:
		return wire.Accept{Name: "accepted", Addresses: r.request().Addresses}
	case 2:
		return wire.Text{ID: id, Text: "rogue says this", Written: t.number() % wire.MaxWritten, Timer: uint32(t.number())}
	case 3:
		return wire.Read{ID: id}
	case 4:
		return wire.Profile{Name: fmt.Sprint("rogue ", t.byte())}
	case 5:
		return r.request().Addresses
	case 6:
		return wire.Timer{Seconds: uint32(t.number())}
	case 7:
		return wire.FileOffer{ID: id, Name: "../../x", Size: uint64(t.byte())}
	case 8:
		return wire.FileAnswer{ID: id, Answer: wire.Answer(t.byte()%5 + 1)}
	default:
		return wire.Skip{}
	}
}

// item is anything that can stand for an item.
func (t *tape) item(r *rogue, f ledger.File) []byte {
	switch t.byte() % 16 {
	case 0:
		return append([]byte{t.byte()}, binary.BigEndian.AppendUint64(nil, t.number())...)
	case 1:
		item, err := wire.EncodeItem(wire.Item{Conversation: make([]byte, 16), Body: t.body(r, f)})
		r.must(err)
		return item
	default:
		item, err := wire.EncodeItem(wire.Item{Body: t.body(r, f)})
		r.must(err)
		return item
	}
}

// content is anything that can be in a cell.
func (t *tape) content(r *rogue, f ledger.File) wire.Content {
	c := wire.Content{
		Stream: uint64(t.byte()%12) + 1, Base: t.number(), Ack: r.ack(), Typing: t.byte()%4 == 0,
	}
	c.First = c.Base + t.number()
	if t.byte()%2 == 0 { // in good order
		c.Stream, c.Base, c.First = r.stream, r.base, r.next
	}
	for range t.byte() % 8 {
		c.Items = append(c.Items, t.item(r, f))
	}
	switch t.byte() % 8 {
	case 0:
		c.Ack.Next = t.number()
	case 1:
		c.Ack.Stream = t.number()
	}
	return c
}

// FuzzHostileContact lets somebody who has a session say anything, as a contact or as a
// stranger, over as many links as it likes. The ledger must take what comes of it, and
// nobody else may notice.
func FuzzHostileContact(f *testing.F) {
	for _, seed := range []string{
		"", "\x01", "hello hello hello hello hello hello", "\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8 \x00\x01\x02\x03\x04\x05\x06\x07\x08",
		"\x00\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02\x02",
		"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		w, alice, bob := two(t)
		w.befriend(alice, bob)
		file := alice.offer(bob, 5)
		alice.send(bob, "before")
		w.pass(time.Second)
		choices := &tape{b}
		var r *rogue
		if choices.byte()%2 == 0 {
			r = newRogueContact(w, "rogue", alice)
		} else {
			r = newRogue(w, "rogue", alice)
		}
		w.book.rogue = r.person
		for len(choices.b) > 0 {
			if !r.up() {
				if _, err := alice.engine.Admit(r.peer); err != nil {
					break
				}
				r.connect()
			}
			content := choices.content(r, file)
			if _, err := content.Encode(); err != nil {
				continue
			}
			err := r.tell(content)
			if err == nil && content.Stream == r.stream && content.First == r.next {
				r.next += uint64(len(content.Items))
			}
			if err != nil && r.up() {
				t.Fatalf("the link is there after %v", err)
			}
			w.pass(time.Duration(choices.byte()) * time.Second)
		}
		alice.send(bob, "after")
		bob.send(alice, "hello")
		w.pass(time.Hour)
		bob.expect(alice, "alice: before", "bob: hello", "alice: after")
		if s := alice.file(file.ID).State; s != ledger.Offered {
			t.Errorf("the file of somebody else is in state %d", s)
		}
		alice.restart()
		alice.wants(bob, ledger.Accepted)
	})
}

// TestManyStreams: whoever begins its items anew all the time makes nobody remember all of
// the names, and what was retired a moment ago stays so.
func TestManyStreams(t *testing.T) {
	w := newWorld(t, "alice")
	r := newRogueContact(w, "rogue", w.people[0])
	w.book.rogue = r.person
	for n := range uint64(100) {
		r.stream, r.next = n+10, 0
		r.must(r.say(wire.Text{ID: wire.MessageID{byte(n)}, Text: "x"}))
		for back := uint64(1); back < min(n, engine.MaxRetired+1); back++ {
			r.stream, r.next = n+10-back, 0
			r.must(r.say(wire.Text{ID: wire.MessageID{byte(n), 1}, Text: "late"}))
		}
	}
	all, err := r.victim.disk.Streams()
	r.victim.must(err)
	if n := len(all[1].Retired); n > engine.MaxRetired {
		t.Errorf("%d names are remembered", n)
	}
	if n := len(r.victim.messages(r.person)); n != 100 {
		t.Errorf("%d messages are kept", n)
	}
}
