package engine_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/reach"
	"github.com/onionwire/onionwire/node/wire"
)

// TestStrangerCanOnlyAsk: whatever else is said ends the link, and nothing of it is
// kept.
func TestStrangerCanOnlyAsk(t *testing.T) {
	text := wire.Text{ID: wire.MessageID{1}, Text: "hello"}
	for name, say := range map[string]func(r *rogue) error{
		"a message":    func(r *rogue) error { return r.say(text) },
		"nothing":      func(r *rogue) error { return r.say() },
		"an answer":    func(r *rogue) error { return r.say(wire.Accept{Addresses: r.request().Addresses}) },
		"an offer":     func(r *rogue) error { return r.say(wire.FileOffer{ID: wire.FileID{1}, Name: "x"}) },
		"noise":        func(r *rogue) error { return r.give(make([]byte, 4096)) },
		"a later item": func(r *rogue) error { r.next = 5; return r.say(r.request()) },
		"what is no item": func(r *rogue) error {
			return r.tell(wire.Content{Stream: 1, Items: [][]byte{{1, 2, 3}}})
		},
		"an item of later": func(r *rogue) error {
			return r.tell(wire.Content{Stream: 1, Items: [][]byte{{0xa2, 0x06, 1, 0}}})
		},
		"a request to a group": func(r *rogue) error {
			item, err := wire.EncodeItem(wire.Item{Conversation: make([]byte, 16), Body: r.request()})
			r.must(err)
			return r.tell(wire.Content{Stream: 1, Items: [][]byte{item}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "victim")
			r := newRogue(w, "rogue", w.people[0])
			is(t, say(r), engine.ErrProtocol)
			if r.up() {
				t.Error("the link is there still")
			}
			if events, _ := r.victim.disk.Events(0, 10); len(events) != 0 {
				t.Errorf("%d events are kept", len(events))
			}
			if contacts, _ := r.victim.disk.Contacts(); len(contacts) != 0 {
				t.Errorf("%d contacts are kept", len(contacts))
			}
		})
	}
}

// TestWhoAsksCanSayNoMore until it is accepted.
func TestWhoAsksCanSayNoMore(t *testing.T) {
	w := newWorld(t, "victim")
	r := newRogue(w, "rogue", w.people[0])
	r.must(r.say(r.request()))
	r.must(r.say(r.request()))
	is(t, r.say(wire.Text{ID: wire.MessageID{1}, Text: "hello"}), engine.ErrProtocol)
	if r.up() {
		t.Error("the link is there still")
	}
	r.victim.wants(r.person, ledger.Asking)
	if n := len(r.victim.messages(r.person)); n != 0 {
		t.Errorf("%d messages are kept", n)
	}
}

// TestWordsOfRequestStay: a request that was just seen is not replaced by another.
func TestWordsOfRequestStay(t *testing.T) {
	w := newWorld(t, "victim")
	r := newRogue(w, "rogue", w.people[0])
	r.must(r.say(r.request()))
	second := r.request()
	second.Introduction = "something else"
	r.must(r.say(second))
	if got := r.victim.contact(r.person).Introduction; got != "hello" {
		t.Errorf("it says %q at once", got)
	}
	before := r.victim.cursor()
	for range 60 { // the same words, or others, or another address
		w.pass(time.Minute)
		if !r.up() {
			r.connect()
		}
		r.must(r.say(second))
	}
	if got := r.victim.contact(r.person).Introduction; got != "hello" {
		t.Errorf("it says %q an hour later", got)
	}
	second.Addresses = wire.Addresses{wire.Address(r.newAddress(3))}
	r.must(r.say(second))
	if got := r.victim.contact(r.person).Addresses[0]; got.Onion != r.newAddress(3).Onion {
		t.Error("the answer goes to where nobody is")
	}
	if got := r.victim.eventsOf(before); len(got) != 0 {
		t.Errorf("told %v", got)
	}
	w.pass(23 * time.Hour)
	r.connect()
	before = r.victim.cursor()
	r.must(r.say(second))
	if got := r.victim.contact(r.person).Introduction; got != "something else" {
		t.Errorf("it says %q a day later", got)
	}
	w.pass(25 * time.Hour)
	r.connect()
	r.must(r.say(second))
	if got, want := r.victim.eventsOf(before), []ledger.EventKind{ledger.ContactChanged, ledger.RequestReceived}; !slices.Equal(got, want) {
		t.Errorf("told %v", got)
	}
}

// TestGuestsTakeNoLinks from contacts, however many ask.
func TestGuestsTakeNoLinks(t *testing.T) {
	w, alice, bob := two(t)
	w.befriend(alice, bob)
	alice.send(bob, "hello")
	w.pass(20 * time.Second)
	var all []*rogue
	for i := range 60 {
		r := newRogue(w, fmt.Sprint("rogue ", i), alice)
		r.must(r.say(r.request()))
		all = append(all, r)
	}
	w.pass(time.Second)
	if got := alice.presences(); !slices.Equal(got, []bool{true}) {
		t.Errorf("told %v of bob", got)
	}
	there := 0
	for _, r := range all {
		if r.up() && !r.plug.ended {
			there++
		}
	}
	if there != reach.MaxGuests {
		t.Errorf("%d are there who ask", there)
	}
}

// TestDisplacedAreFew: who can make identities can take the places of those who ask, but
// not at any speed.
func TestDisplacedAreFew(t *testing.T) {
	w := newWorld(t, "victim")
	victim := w.people[0]
	flood := func(name string) (taken int) {
		for i := range 3 * engine.MaxRequests {
			r := newRogue(w, fmt.Sprint(i, name), victim)
			if err := r.say(r.request()); err == nil {
				taken++
			}
			w.people = w.people[:1]
		}
		return taken
	}
	if n := flood(" at first"); n != engine.MaxRequests+engine.MaxDisplaced {
		t.Errorf("%d are taken at first", n)
	}
	w.pass(30 * time.Minute)
	if n := flood(" later"); n != engine.MaxDisplaced/2 {
		t.Errorf("%d are taken half an hour later", n)
	}
}

// TestStrangersAreBounded: the oldest makes room.
func TestStrangersAreBounded(t *testing.T) {
	w := newWorld(t, "victim")
	var all []*rogue
	for n := range engine.MaxStrangers + 3 {
		all = append(all, newRogue(w, string(rune('0'+n))+" is here", w.people[0]))
		w.pass(time.Second)
	}
	for n, r := range all {
		if r.up() != (n >= 3) {
			t.Errorf("stranger %d is there: %t", n, r.up())
		}
	}
	all[10].must(all[10].say(all[10].request()))
	newRogue(w, "z", w.people[0])
	if !all[3].up() {
		t.Error("who has asked counts as a stranger still")
	}
}

// TestTwoLinksOfStranger: what comes first makes it somebody who asks; the other link
// has to be opened again.
func TestTwoLinksOfStranger(t *testing.T) {
	w := newWorld(t, "victim")
	r := newRogue(w, "rogue", w.people[0])
	first, sessions := r.plug, r.sessions
	r.sessions = r.sessions.Clone()
	r.connect()
	r.must(r.say(r.request()))
	r.plug, r.sessions, r.next = first, sessions, 0
	is(t, r.say(r.request()), engine.ErrNoLink)
	r.victim.wants(r.person, ledger.Asking)
}
