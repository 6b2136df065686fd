package engine_test

import (
	"slices"
	"testing"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/wire"
)

// meet gives two parties that are connected.
func meet() (a, b *engine.Conversation) {
	a, b = new(engine.Conversation), new(engine.Conversation)
	a.Connected()
	b.Connected()
	return a, b
}

// reconnect gives them a new connection; what was under way is lost.
func reconnect(parties ...*engine.Conversation) {
	for _, p := range parties {
		p.Disconnected()
		p.Connected()
	}
}

// TestRepeatOfWhatWaits: a message that comes again before it was taken is
// neither doubled nor confirmed, however often that happens.
func TestRepeatOfWhatWaits(t *testing.T) {
	a, b := meet()
	if err := a.Send(message(1, "hello")); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		deliver(t, a, b)
		if got := drain(b); got != nil {
			t.Fatal("a message is confirmed that was not taken")
		}
		reconnect(a, b)
	}
	deliver(t, a, b)
	if got := take(b); !slices.Equal(got, []string{"hello"}) {
		t.Fatalf("received %q", got)
	}
	deliver(t, b, a)
	if a.Undelivered() != 0 {
		t.Error("a message that was taken is not confirmed")
	}
}

// TestRepeatOfWhatWasTaken is confirmed again at once.
func TestRepeatOfWhatWasTaken(t *testing.T) {
	a, b := meet()
	if err := a.Send(message(1, "hello")); err != nil {
		t.Fatal(err)
	}
	deliver(t, a, b)
	take(b)
	drain(b) // and lost
	reconnect(a, b)
	deliver(t, a, b)
	if got := b.Events(); got != nil {
		t.Fatalf("receiver has events %v for a repeat", got)
	}
	deliver(t, b, a)
	if a.Undelivered() != 0 {
		t.Error("a repeat is not confirmed")
	}
}

// TestTakenBetweenConnections takes a message while it has not come again, after
// the confirmation of the one before was lost: that one goes first.
func TestTakenBetweenConnections(t *testing.T) {
	a, b := meet()
	for i := byte(1); i <= 2; i++ {
		if err := a.Send(message(i, "x")); err != nil {
			t.Fatal(err)
		}
	}
	deliver(t, a, b)
	b.Taken(wire.MessageID{1})
	drain(b) // and lost
	b.Disconnected()
	reconnect(a, b)
	b.Taken(wire.MessageID{2})
	deliver(t, b, a)
	deliver(t, a, b)
	deliver(t, b, a)
	want := []engine.Event{engine.Delivered{wire.MessageID{1}}, engine.Delivered{wire.MessageID{2}}}
	if got := a.Events(); !slices.Equal(got, want) {
		t.Errorf("sender has events %v", got)
	}
}

// TestTakenTwice: only what waits can be taken.
func TestTakenTwice(t *testing.T) {
	a, b := meet()
	if err := a.Send(message(1, "hello")); err != nil {
		t.Fatal(err)
	}
	deliver(t, a, b)
	b.Taken(wire.MessageID{2})
	if drain(b) != nil {
		t.Error("a message that never came is confirmed")
	}
	b.Taken(wire.MessageID{1})
	b.Taken(wire.MessageID{1})
	content, ok := b.Next()
	if !ok {
		t.Fatal("not confirmed")
	}
	if got, err := wire.Decode(content); err != nil || len(got.(wire.Confirmation).IDs) != 1 {
		t.Errorf("confirmed with %v, %v", got, err)
	}
}

// TestCongestionEndsWhenMessagesAreTaken: so many can wait and no more, and
// their repeats need no room.
func TestCongestionEndsWhenMessagesAreTaken(t *testing.T) {
	a, b := meet()
	for i := range engine.MaxWaiting {
		if err := a.Send(wire.Message{ID: wire.MessageID{byte(i), byte(i >> 8)}, Text: "x"}); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		contents := drain(a)
		for _, content := range contents[:len(contents)-1] {
			if err := b.Receive(content); err != nil {
				t.Fatal(err)
			}
		}
		if b.Congested() {
			t.Fatal("congested although there is room for one")
		}
		reconnect(a, b)
	}
	deliver(t, a, b)
	if !b.Congested() {
		t.Fatalf("not congested with %d messages that wait", engine.MaxWaiting)
	}
	b.Taken(wire.MessageID{0})
	if b.Congested() {
		t.Error("still congested when one was taken")
	}
}
