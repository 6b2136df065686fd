package node_test

import (
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// TestHandshakesAtOnce: a contact who ends several handshakes in the same moment has
// more sessions than are kept, and no more than that comes of it.
func TestHandshakesAtOnce(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	mallory := newRaw(t, fake)
	_, contact := mallory.join(t, alice)
	for range 3 {
		var links []*rawLink
		var handshakes []*e2ee.Handshake
		for range 4 {
			l, h := mallory.greet(t, alice)
			links, handshakes = append(links, l), append(handshakes, h)
		}
		release := alice.Hold()
		for i, l := range links {
			if err := l.write(handshakes[i]); err != nil {
				t.Fatal(err)
			}
		}
		eventually(t, "the sessions", func() bool { return alice.Inputs() >= len(links) })
		release()
		alice.Hold()()
		if err := alice.Err(); err != nil {
			t.Fatal(err)
		}
	}
	mallory.call(t, alice).say(t, text(1, secret))
	alice.awaitKind(t, "message_received")
	if got := textsOf(t, alice, contact.Conversation); len(got) != 1 {
		t.Errorf("there are %d messages", len(got))
	}
}
