package node_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/multiformats/go-varint"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/wire"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// noFrames are what does not belong on the stream, wherever it comes.
var noFrames = map[string][]byte{
	"a frame that is too long":    varint.ToUvarint(wire.MaxFrame + 1),
	"a length that overflows":     bytes.Repeat([]byte{0xff}, 11),
	"a length in a longer form":   {0x81, 0x00},
	"a frame that is no protobuf": {2, 0xff, 0xff},
	"an empty frame":              {0},
	"a frame of another kind":     {3, 0x1a, 1, 'x'},
}

func frame(t testing.TB, kind wire.Kind, body []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := wire.NewConn(&b).Write(kind, body); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestBadFirstFrame: who begins with something else than a handshake sees the stream
// end, and not a byte.
func TestBadFirstFrame(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	bad := map[string][]byte{
		"a cell":               frame(t, wire.Cell, make([]byte, e2ee.CellSize)),
		"a short message":      frame(t, wire.Handshake, make([]byte, 32)),
		"a message of nothing": frame(t, wire.Handshake, make([]byte, e2ee.Message1Size)),
	}
	for name, b := range noFrames {
		bad[name] = b
	}
	for name, b := range bad {
		t.Run(name, func(t *testing.T) {
			s := newRaw(t, fake).open(t, alice)
			_, _ = s.Write(b)
			wantEnd(t, s)
		})
	}
	if all, err := alice.Contacts(testContext(t)); err != nil || len(all) > 0 {
		t.Errorf("%d contacts have come of it: %v", len(all), err)
	}
}

// TestBadCell: a contact who breaks the protocol loses the link, and nothing else: the
// next one works. Nothing of a content with a fault is taken.
func TestBadCell(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	mallory := newRaw(t, fake)
	_, contact := mallory.join(t, alice)
	for name, b := range noFrames {
		t.Run(name, func(t *testing.T) {
			l := mallory.call(t, alice)
			_, _ = l.Write(b)
			wantEnd(t, l)
		})
	}
	said := 0
	for name, spoil := range map[string]func(*wire.Content){
		"items that are missing":   func(c *wire.Content) { c.First += 7 },
		"no item":                  func(c *wire.Content) { c.Items = [][]byte{{0xff}} },
		"what was never sent":      func(c *wire.Content) { c.Ack = mallory.in; c.Ack.Next += 1000 },
		"a text of nobody's years": func(c *wire.Content) { c.Items[0] = badText(t) },
	} {
		t.Run(name, func(t *testing.T) {
			l := mallory.call(t, alice)
			said++
			c := mallory.content(t, text(byte(100+said), secret+" is spoiled"))
			mallory.next-- // it is not taken
			spoil(&c)
			l.send(t, c)
			for { // what is under way comes before the end
				if _, _, err := l.read(); err != nil {
					break
				}
			}
		})
	}
	mallory.call(t, alice).say(t, text(1, secret))
	alice.awaitKind(t, "message_received")
	if got := textsOf(t, alice, contact.Conversation); len(got) != 1 {
		t.Errorf("there are %d messages, want 1", len(got))
	}
}

// badText is an item with an id that is too short.
func badText(t testing.TB) []byte {
	t.Helper()
	b, err := wire.EncodeItem(wire.Item{Body: text(1, "x")})
	if err != nil {
		t.Fatal(err)
	}
	// The item, the text in it, and its id: each with the length as the second byte.
	b[3]--
	return b
}

// TestSlowHandshake: who sends a byte from time to time does not hold a place for
// long.
func TestSlowHandshake(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, func(c *node.Config) { c.Hurry(node.Impatience{Handshake: 2 * time.Second}) })
	mallory := newRaw(t, fake)
	s := mallory.open(t, alice)
	m, err := mallory.handshake(t, s.Conn().RemotePeer(), true).Write()
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for _, b := range frame(t, wire.Handshake, m) {
			if _, err := s.Write([]byte{b}); err != nil {
				return
			}
			time.Sleep(50 * time.Millisecond) // it would take a minute
		}
	}()
	wantEnd(t, s)
	eventually(t, "the place", func() bool { n, _ := alice.Handshakes(); return n == 0 })
}

// TestEndlessFrame: a frame that never ends holds up the contact who sends it, and
// nobody else.
func TestEndlessFrame(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	bob := newParty(t, fake)
	ofBob, _ := befriend(t, bob, alice)
	mallory := newRaw(t, fake)
	l, _ := mallory.join(t, alice)
	_, _ = l.Write(varint.ToUvarint(wire.MaxFrame))
	_, _ = l.Write(make([]byte, 1000))
	arrives(t, bob, alice, ofBob, secret)
	mallory.call(t, alice).say(t, text(1, secret))
	alice.awaitKind(t, "message_received")
}
