package engine_test

import (
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
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
	w.pass(2 * time.Minute)
	r.must(r.say(second))
	if got := r.victim.contact(r.person).Introduction; got != "something else" {
		t.Errorf("it says %q two minutes later", got)
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
