package node_test

import (
	"testing"
	"time"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/node/wire"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// TestDisappearing: messages of a conversation with a timer disappear on both sides,
// from the list and from what can be searched, and nothing else does.
func TestDisappearing(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	bob, _ := watched(t, fake, nil)
	ofAlice, ofBob := befriend(t, alice, bob)
	arrives(t, alice, bob, ofAlice, secret+" stays")
	if err := alice.SetTimer(testContext(t), ofAlice, rpc.Duration(time.Second)); err != nil {
		t.Fatal(err)
	}
	bob.awaitKind(t, "timer_changed")
	if c, err := bob.Conversation(testContext(t), ofBob); err != nil || c.Timer != rpc.Duration(time.Second) {
		t.Errorf("the timer is %v: %v", c.Timer, err)
	}
	arrives(t, alice, bob, ofAlice, secret+" goes")
	arrives(t, bob, alice, ofBob, secret+" goes as well")
	last := func(p *party, id ledger.ConversationID) ledger.MessageNumber {
		c, err := p.Conversation(testContext(t), id)
		if err != nil {
			t.Fatal(err)
		}
		return c.Last
	}
	for p, id := range map[*party]ledger.ConversationID{alice: ofAlice, bob: ofBob} {
		if err := p.MarkRead(testContext(t), id, last(p, id)); err != nil {
			t.Fatal(err)
		}
	}
	for p, id := range map[*party]ledger.ConversationID{alice: ofAlice, bob: ofBob} {
		for range 2 {
			p.awaitKind(t, "message_deleted")
		}
		if got := textsOf(t, p, id); len(got) != 1 || got[0] != secret+" stays" {
			t.Errorf("what is left is %q", got)
		}
		for word, want := range map[string]int{"goes": 0, "well": 0, "stays": 1} {
			found, err := p.Search(testContext(t), word, 0, 0, 10)
			if err != nil || len(found) != want {
				t.Errorf("%d messages have the word %q, want %d: %v", len(found), word, want, err)
			}
		}
	}
	if err := alice.Err(); err != nil {
		t.Error(err)
	}
}

// TestTimersOfAHostileContact: no timer is too long, or too short, for a node.
func TestTimersOfAHostileContact(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	mallory := newRaw(t, fake)
	l, contact := mallory.join(t, alice)
	for i, timer := range []uint32{1<<32 - 1, 1 << 31, 1, 0} {
		m := text(byte(i+1), secret)
		m.Timer, m.Written = timer, wire.MaxWritten
		l.say(t, wire.Timer{Seconds: timer}, m)
		e := alice.awaitKind(t, "message_received")
		if err := alice.MarkRead(testContext(t), contact.Conversation, e.Message); err != nil {
			t.Fatal(err)
		}
	}
	alice.awaitKind(t, "message_deleted")
	if got := textsOf(t, alice, contact.Conversation); len(got) != 3 {
		t.Errorf("%d messages are left, want 3", len(got))
	}
}

// TestTextsOfAHostileContact: texts that are hard to keep or to search are messages
// like others.
func TestTextsOfAHostileContact(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	mallory := newRaw(t, fake)
	l, contact := mallory.join(t, alice)
	texts := []string{
		"\x00", "a\x00b", "'); DROP TABLE messages; --", "\u202e" + secret, "NEAR(\"", "*", "\U0010ffff", "\ufeff",
		string(make([]byte, wire.MaxText)), "' OR 1=1", "\r\n\x1b[2J",
	}
	for i, s := range texts {
		l.say(t, text(byte(i+1), s))
		alice.awaitKind(t, "message_received")
	}
	got := textsOf(t, alice, contact.Conversation)
	for i, s := range texts {
		if got[i] != s {
			t.Errorf("%q has become %q", s, got[i])
		}
		if len(s) > 100 {
			continue
		}
		if _, err := alice.Search(testContext(t), s, 0, 0, 10); err != nil {
			t.Errorf("search for %q: %v", s, err)
		}
	}
	for _, m := range func() []node.Message {
		all, err := alice.Messages(testContext(t), contact.Conversation, 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}() {
		if err := alice.DeleteMessage(testContext(t), m.Number); err != nil {
			t.Fatal(err)
		}
	}
	if err := alice.Err(); err != nil {
		t.Error(err)
	}
}
