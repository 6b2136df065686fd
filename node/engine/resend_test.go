package engine_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
)

// silence lets nothing more come from a person, who can still be reached.
func (p *person) silence(on bool) {
	for _, c := range p.cables {
		for _, l := range c.ends {
			if l.person == p {
				l.ended = on
			}
		}
	}
}

// TestSameBytesAreSentAgain on the next link, before and after a restart.
func TestSameBytesAreSentAgain(t *testing.T) {
	for _, restart := range []bool{false, true} {
		w, alice, bob := two(t)
		w.befriend(alice, bob)
		bob.silence(true)
		for i := range 3 {
			alice.send(bob, fmt.Sprint(i))
		}
		first := slices.Clone(alice.seen[len(alice.seen)-3:])
		w.pass(time.Second)
		w.cutAll()
		if restart {
			alice.restart()
		}
		alice.seen = nil
		w.pass(time.Minute)
		for i, cell := range first {
			if !slices.ContainsFunc(alice.seen, func(b []byte) bool { return bytes.Equal(b, cell) }) {
				t.Errorf("cell %d was not sent again (restart: %t)", i, restart)
			}
		}
		bob.expect(alice, "alice: 0", "alice: 1", "alice: 2")
		if alice.waiting() != 0 {
			t.Error("something waits")
		}
	}
}

// TestSealedAnew after a handshake: the other side may have lost the session.
func TestSealedAnew(t *testing.T) {
	w, alice, bob := two(t)
	w.befriend(alice, bob)
	w.cutAll()
	w.pass(time.Minute)
	w.cutAll()
	bob.offline = true
	w.pass(10 * time.Minute)
	bob.silence(true)
	alice.send(bob, "hello")
	w.pass(time.Minute)
	// Bob loses his sessions, and nothing else.
	id := bob.contact(alice).ID
	sessions, err := bob.disk.Sessions(id)
	bob.must(err)
	bob.die()
	for _, s := range sessions {
		bob.must(bob.disk.Apply(ledger.DropSession{Contact: id, ID: s.ID}))
	}
	bob.start()
	bob.offline = false
	w.pass(time.Hour)
	bob.expect(alice, "alice: hello")
	if alice.waiting() != 0 {
		t.Error("something waits")
	}
}

// TestManyMessagesShareCells: what waits for somebody who returns leaves in few cells.
func TestManyMessagesShareCells(t *testing.T) {
	w, alice, bob := two(t)
	w.befriend(alice, bob)
	bob.offline = true
	w.cutAll()
	w.pass(time.Minute)
	var want []string
	for i := range 1000 {
		text := fmt.Sprint("message number ", i)
		alice.send(bob, text)
		want = append(want, "alice: "+text)
	}
	alice.restart()
	alice.written, alice.seen = 0, nil
	bob.offline = false
	w.pass(time.Hour)
	bob.expect(alice, want...)
	size := 0
	for _, cell := range alice.seen {
		size += len(cell)
	}
	if alice.written > 6 || size > 100_000 {
		t.Errorf("%d cells of %d bytes", alice.written, size)
	}
}

// TestWindow: so much is on its way and no more, until it is confirmed.
func TestWindow(t *testing.T) {
	for name, tt := range map[string]struct{ text, most int }{
		"short": {10, engine.MaxInFlight},
		"long":  {60_000, engine.MaxInFlightBytes/65_536 + 1},
	} {
		t.Run(name, func(t *testing.T) {
			w, alice, bob := two(t)
			w.befriend(alice, bob)
			bob.silence(true)
			for range 40 {
				alice.send(bob, strings.Repeat("x", tt.text))
			}
			cells, err := alice.disk.AllCells()
			alice.must(err)
			if len(cells) > tt.most || len(cells) < 7 {
				t.Errorf("%d cells are on their way", len(cells))
			}
			w.pass(time.Minute)
			w.cutAll()
			w.pass(time.Hour)
			if n := len(bob.messages(alice)); n != 40 {
				t.Errorf("%d messages have come", n)
			}
		})
	}
}

// TestQueueIsBounded, and what the engine says by itself has room still.
func TestQueueIsBounded(t *testing.T) {
	w, alice, bob := two(t)
	w.befriend(alice, bob)
	bob.offline = true
	w.cutAll()
	w.pass(time.Minute)
	id := alice.conversation(bob).ID
	for range engine.MaxQueued {
		m, err := alice.engine.Send(alice.now(), id, "x", engine.SendOptions{})
		alice.must(err)
		w.book.said(alice, bob, m)
	}
	_, err := alice.engine.Send(alice.now(), id, "x", engine.SendOptions{})
	is(t, err, engine.ErrQueueFull)
	_, err = alice.engine.OfferFile(alice.now(), id, engine.NewFile{Name: "x"})
	is(t, err, engine.ErrQueueFull)
	alice.settings.Name = "alicia"
	alice.must(alice.engine.SetSettings(alice.now(), alice.settings))
	alice.flush()
	// Bob has lost all, and asks: the answer has room, too, and all gets moving.
	bob.must(bob.engine.DeleteContact(bob.now(), 1, false))
	bob.offline = false
	bob.add(alice)
	w.pass(time.Hour)
	if n := len(bob.messages(alice)); n != engine.MaxQueued || alice.waiting() != 0 {
		t.Errorf("%d messages have come, %d items wait", n, alice.waiting())
	}
}

// TestAllQueuesAreBounded together.
func TestAllQueuesAreBounded(t *testing.T) {
	w := newWorld(t, "alice")
	alice := w.people[0]
	for i := range engine.MaxQueuedTotal/engine.MaxQueued + 1 {
		link := alice.link()
		link.Peer = fmt.Append(nil, "peer ", i)
		_, err := alice.engine.AddContact(alice.now(), link)
		alice.must(err)
	}
	n := 0
	for i := range engine.MaxQueuedTotal/engine.MaxQueued + 1 {
		for {
			if _, err := alice.engine.Send(alice.now(), ledger.ConversationID(i+1), "x", engine.SendOptions{}); err != nil {
				is(t, err, engine.ErrQueueFull)
				break
			}
			n++
		}
	}
	if n += engine.MaxQueuedTotal/engine.MaxQueued + 1; n != engine.MaxQueuedTotal {
		t.Errorf("%d items wait", n)
	}
}
