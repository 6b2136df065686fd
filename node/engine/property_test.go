package engine_test

import (
	"encoding/binary"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/wire"
)

// side is one party with the model of what must be true of it.
type side struct {
	engine.Conversation
	said, heard []string
	waiting     []wire.Message   // received and not taken
	ids         []wire.MessageID // of what was said
	delivered   int              // as many of them, in their order
	wire        [][]byte         // sent and not yet arrived
}

func (s *side) settle(t *rapid.T) {
	for _, e := range s.Events() {
		switch e := e.(type) {
		case engine.Received:
			s.waiting = append(s.waiting, e.Message)
		case engine.Delivered:
			if s.delivered >= len(s.ids) || s.ids[s.delivered] != e.ID {
				t.Fatalf("delivery %d is of another message", s.delivered)
			}
			s.delivered++
		default:
			t.Fatalf("unexpected event %T", e)
		}
	}
}

// take takes the next message, if there is one.
func (s *side) take() {
	if len(s.waiting) > 0 {
		s.heard = append(s.heard, s.waiting[0].Text)
		s.Taken(s.waiting[0].ID)
		s.waiting = s.waiting[1:]
	}
}

// TestNothingLostOrDoubled lets two parties talk over connections that end at
// any moment, losing everything that is under way, and take what they receive
// when they like. What one has heard must always be a prefix of what the other
// has said, and all of it in the end; nothing is delivered that was not heard.
func TestNothingLostOrDoubled(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sides := [2]*side{{}, {}}
		var n uint32
		up := false
		connect := func(on bool) {
			up = on
			for _, s := range sides {
				s.wire = nil
				if on {
					s.Connected()
				} else {
					s.Disconnected()
				}
			}
		}
		pump := func(from, to *side) {
			if content, ok := from.Next(); ok {
				from.wire = append(from.wire, content)
			}
			if len(from.wire) > 0 {
				if err := to.Receive(from.wire[0]); err != nil {
					t.Fatal(err)
				}
				from.wire = from.wire[1:]
			}
		}
		check := func() {
			for i, s := range sides {
				other := sides[1-i]
				s.settle(t)
				other.settle(t)
				if len(other.heard) > len(s.said) || !slices.Equal(other.heard, s.said[:len(other.heard)]) {
					t.Fatalf("said %q, heard %q", s.said, other.heard)
				}
				if s.delivered > len(other.heard) {
					t.Fatalf("%d delivered, only %d heard", s.delivered, len(other.heard))
				}
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"say": func(t *rapid.T) {
				s := sides[rapid.IntRange(0, 1).Draw(t, "who")]
				n++
				m := wire.Message{Text: string(rune('a' + n%26))}
				binary.BigEndian.PutUint32(m.ID[:], n)
				if err := s.Send(m); err != nil {
					t.Fatal(err)
				}
				s.said, s.ids = append(s.said, m.Text), append(s.ids, m.ID)
			},
			"move": func(t *rapid.T) {
				i := rapid.IntRange(0, 1).Draw(t, "from")
				if up {
					pump(sides[i], sides[1-i])
				}
			},
			"take": func(t *rapid.T) {
				sides[rapid.IntRange(0, 1).Draw(t, "who")].take()
			},
			"connect":    func(*rapid.T) { connect(true) },
			"disconnect": func(*rapid.T) { connect(false) },
			"":           func(*rapid.T) { check() },
		})
		connect(true)
		for range 6*int(n) + 8 {
			pump(sides[0], sides[1])
			pump(sides[1], sides[0])
			for _, s := range sides {
				s.settle(t)
				s.take()
			}
		}
		check()
		for i, s := range sides {
			if !slices.Equal(sides[1-i].heard, s.said) || s.delivered != len(s.said) || s.Undelivered() != 0 {
				t.Fatalf("in the end: said %q, heard %q, %d delivered", s.said, sides[1-i].heard, s.delivered)
			}
		}
	})
}
