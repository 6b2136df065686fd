package engine_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/wire"
)

// setBack starts the program on the copy of its disk that was made, once.
func (p *person) setBack() {
	p.Helper()
	p.die()
	p.book.setBack(p)
	p.disk, p.backup, p.seen = p.backup, nil, nil
	p.start()
}

// setBack notes what somebody does not know any more.
func (b *book) setBack(p *person) {
	kept := make(map[ledger.MessageID]ledger.Message)
	conversations, err := p.backup.Conversations()
	p.must(err)
	for _, c := range conversations {
		rows, err := p.backup.Messages(c.ID, 0, 1<<30)
		p.must(err)
		for _, m := range rows {
			kept[m.ID] = m
		}
	}
	for id, line := range b.lines {
		if line.from != p {
			continue
		}
		m, ok := kept[id]
		if !ok {
			line.kept, line.lost = false, true
			continue
		}
		if s := p.state(line.message.Number); s == ledger.Expired || s == ledger.Failed || s == 0 {
			line.given = true
		}
		line.message, line.revived, line.cancelled = m, true, false
	}
}

// TestSetBack: a profile that is set back to an older copy goes on with its contacts.
// What it had said before and does not know is lost to it alone.
func TestSetBack(t *testing.T) {
	for _, count := range []int{1, 5, 30} { // how much was said since
		for name, first := range map[string]int{"its own": 0, "the other side": 1} {
			t.Run(fmt.Sprintf("%s speaks after %d", name, count), func(t *testing.T) {
				w, alice, bob := two(t)
				w.befriend(alice, bob)
				alice.send(bob, "one")
				bob.send(alice, "uno")
				w.pass(time.Minute)
				alice.backup = alice.disk.Clone()
				for range count {
					alice.send(bob, "lost")
					w.pass(10 * time.Second)
					bob.send(alice, "perdu")
					w.pass(10 * time.Second)
				}
				alice.setBack()
				last, err := alice.disk.Counters()
				alice.must(err)
				speaker := w.people[first]
				want := []string{"alice: back", "bob: welcome"}
				for i := range 3 * count { // more than was lost
					speaker.send(w.people[1-first], fmt.Sprint(i))
					want = append(want, fmt.Sprintf("%s: %d", speaker.name, i))
				}
				w.pass(time.Hour)
				alice.send(bob, "back")
				bob.send(alice, "welcome")
				w.pass(time.Hour)
				for i, p := range w.people {
					got := p.messages(w.people[1-i])
					for _, text := range want {
						if !slices.Contains(got, text) {
							t.Fatalf("%s has %q, without %q", p.name, got, text)
						}
					}
					if n := p.waiting(); n != 0 {
						t.Errorf("%s: %d items wait", p.name, n)
					}
				}
				events, err := alice.disk.Events(last.Cursor, 1000)
				alice.must(err)
				if !slices.ContainsFunc(events, func(e ledger.Event) bool {
					return e.Kind == ledger.SetBack && e.Contact == alice.contact(bob).ID
				}) {
					t.Error("nobody is told")
				}
			})
		}
	}
}

// TestConfirmsMoreThanWasSent: a machine can be set back with its memory, so that this is
// no reason to give a contact up.
func TestConfirmsMoreThanWasSent(t *testing.T) {
	w := newWorld(t, "alice")
	alice := w.people[0]
	r := newRogueContact(w, "rogue", alice)
	r.must(r.say())
	m := alice.send(r.person, "hello")
	w.pass(0)
	last := r.heard[len(r.heard)-1]
	content := wire.Content{Stream: 1, Base: 1, Ack: r.ack()}
	content.Ack.Next++
	is(t, r.tell(content), engine.ErrProtocol)
	if r.up() {
		t.Error("the link is there")
	}
	id := alice.contact(r.person).ID
	alice.load(id)
	if o, err := alice.engine.Opening(id, false); err != nil || !o.Handshake {
		t.Errorf("the next link begins with %+v, %v", o, err)
	}
	r.heard = nil
	r.connect()
	r.must(r.say())
	w.pass(0)
	again, items := r.heard[len(r.heard)-1], r.items()
	if _, first := items[0].(wire.Text); again.Stream == last.Stream || !first || len(items) != 3 {
		t.Errorf("%+v follows %+v", r.heard, last)
	}
	w.book.lines[m.ID].arrived = true
	r.must(r.say())
	if s := alice.state(m.Number); s != ledger.Delivered {
		t.Errorf("the message is in state %d", s)
	}
}

// TestNotSetBack: somebody who has not heard yet that our items have begun anew confirms
// those before, which is no reason to alarm anybody.
func TestNotSetBack(t *testing.T) {
	w, alice, bob := two(t)
	w.befriend(alice, bob)
	bob.send(alice, "hello")
	w.pass(time.Hour)
	bob.offline = true
	w.cutAll()
	before := alice.cursor()
	alice.must(alice.engine.BlockContact(alice.now(), 1))
	alice.must(alice.engine.UnblockContact(alice.now(), 1))
	alice.flush()
	alice.restart()
	alice.offline, bob.offline = true, false
	bob.send(alice, "are you there?")
	w.pass(time.Hour)
	alice.offline = false
	w.pass(time.Hour)
	alice.send(bob, "I am")
	w.pass(time.Hour)
	if slices.Contains(alice.eventsOf(before), ledger.SetBack) {
		t.Error("alice is told that she was set back")
	}
	alice.expect(bob, "bob: hello", "bob: are you there?", "alice: I am")
	bob.expect(alice, "bob: hello", "bob: are you there?", "alice: I am")
}
