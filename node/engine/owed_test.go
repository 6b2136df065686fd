package engine_test

import (
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/wire"
)

// TestConfirmationOnALostLink: what has come again on another link, while the first was
// still written on, is confirmed on that one when the first is gone.
func TestConfirmationOnALostLink(t *testing.T) {
	w, alice, _ := two(t)
	mallory := newRogueContact(w, "mallory", alice)
	item, err := wire.EncodeItem(wire.Item{Body: wire.Profile{Name: "Mallory"}})
	mallory.must(err)
	content := wire.Content{
		Stream: mallory.stream, Base: mallory.base, First: mallory.next, Ack: mallory.ack(), Items: [][]byte{item},
	}
	b, err := content.Encode()
	mallory.must(err)
	sealed, err := mallory.sessions.Seal(b, mallory.now())
	mallory.must(err)

	first := mallory.plug
	first.ended = true // the confirmation is lost
	mallory.must(mallory.give(sealed.Cell))
	mallory.connect()
	mallory.must(mallory.give(sealed.Cell))
	first.cut()
	w.pass(time.Minute)
	if !mallory.up() {
		t.Fatal("the other link is gone")
	}
	last := mallory.heard[len(mallory.heard)-1]
	if want := content.First + 1; last.Ack.Next != want {
		t.Errorf("all below %d was confirmed on the other link, want %d", last.Ack.Next, want)
	}
}
