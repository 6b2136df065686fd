package engine_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/wire"
)

func message(n byte, text string) wire.Message {
	return wire.Message{ID: wire.MessageID{n}, Text: text}
}

func drain(c *engine.Conversation) [][]byte {
	var out [][]byte
	for {
		content, ok := c.Next()
		if !ok {
			return out
		}
		out = append(out, content)
	}
}

func deliver(t *testing.T, from, to *engine.Conversation) {
	t.Helper()
	for _, content := range drain(from) {
		if err := to.Receive(content); err != nil {
			t.Fatal(err)
		}
	}
}

// take takes all messages that have been received, and returns their texts.
func take(c *engine.Conversation) []string {
	var texts []string
	for _, e := range c.Events() {
		if r, ok := e.(engine.Received); ok {
			c.Taken(r.Message.ID)
			texts = append(texts, r.Message.Text)
		}
	}
	return texts
}

func TestDeliveredOnlyWhenConfirmed(t *testing.T) {
	var a, b engine.Conversation
	a.Connected()
	b.Connected()
	if err := a.Send(message(1, "hello")); err != nil {
		t.Fatal(err)
	}
	deliver(t, &a, &b)
	if got := a.Events(); len(got) != 0 {
		t.Fatalf("sender has events %v before any confirmation", got)
	}
	if got := b.Events(); !slices.Equal(got, []engine.Event{engine.Received{message(1, "hello")}}) {
		t.Fatalf("receiver has events %v", got)
	}
	if got := drain(&b); got != nil {
		t.Fatal("a message is confirmed that was not taken")
	}
	b.Taken(wire.MessageID{1})
	deliver(t, &b, &a)
	if got := a.Events(); !slices.Equal(got, []engine.Event{engine.Delivered{wire.MessageID{1}}}) {
		t.Fatalf("sender has events %v", got)
	}
	if n := a.Undelivered(); n != 0 {
		t.Errorf("%d messages undelivered", n)
	}
}

func TestLostConnectionLosesAndDoublesNothing(t *testing.T) {
	var a, b engine.Conversation
	a.Connected()
	b.Connected()
	for i := byte(1); i <= 3; i++ {
		if err := a.Send(message(i, string('0'+rune(i)))); err != nil {
			t.Fatal(err)
		}
	}
	// Two arrive, their confirmations do not, and the third is lost.
	for _, content := range drain(&a)[:2] {
		if err := b.Receive(content); err != nil {
			t.Fatal(err)
		}
	}
	got := take(&b)
	drain(&b)
	a.Disconnected()
	b.Disconnected()
	if got := drain(&a); got != nil {
		t.Fatal("something is sent without a connection")
	}
	a.Connected()
	b.Connected()
	deliver(t, &a, &b)
	got = append(got, take(&b)...)
	deliver(t, &b, &a)
	if !slices.Equal(got, []string{"1", "2", "3"}) {
		t.Errorf("received %q", got)
	}
	if n := len(a.Events()); n != 3 || a.Undelivered() != 0 {
		t.Errorf("%d delivered, %d left", n, a.Undelivered())
	}
}

func TestMadeUpConfirmationIsIgnored(t *testing.T) {
	var a engine.Conversation
	a.Connected()
	if err := a.Send(message(1, "hello")); err != nil {
		t.Fatal(err)
	}
	forged, err := wire.EncodeConfirmation(wire.Confirmation{IDs: []wire.MessageID{{2}, {3}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Receive(forged); err != nil {
		t.Fatal(err)
	}
	if len(a.Events()) != 0 || a.Undelivered() != 1 {
		t.Error("a confirmation of other messages has delivered ours")
	}
}

func TestSendRefused(t *testing.T) {
	var a engine.Conversation
	if err := a.Send(message(1, "")); !errors.Is(err, engine.ErrEmpty) {
		t.Errorf("empty: %v", err)
	}
	if err := a.Send(message(1, strings.Repeat("x", wire.MaxText+1))); !errors.Is(err, wire.ErrTextTooLong) {
		t.Errorf("too long: %v", err)
	}
	if err := a.Send(message(1, "\xff")); !errors.Is(err, wire.ErrContent) {
		t.Errorf("not UTF-8: %v", err)
	}
	if a.Undelivered() != 0 {
		t.Error("a refused message is in the outbox")
	}
	for i := range engine.MaxOutbox {
		if err := a.Send(wire.Message{ID: wire.MessageID{byte(i), byte(i >> 8), 1}, Text: "x"}); err != nil {
			t.Fatalf("message %d: %v", i, err)
		}
	}
	if err := a.Send(message(1, "x")); !errors.Is(err, engine.ErrOutboxFull) {
		t.Errorf("full: %v", err)
	}
}

func TestDuplicateIDRefused(t *testing.T) {
	var a engine.Conversation
	if err := a.Send(message(1, "x")); err != nil {
		t.Fatal(err)
	}
	if err := a.Send(message(1, "y")); !errors.Is(err, engine.ErrDuplicate) {
		t.Errorf("error %v", err)
	}
}

func TestCongestionEndsWhenConfirmationsLeave(t *testing.T) {
	var b engine.Conversation
	b.Connected()
	for i := 0; !b.Congested(); i++ {
		if i > 1<<16 {
			t.Fatal("never congested")
		}
		content, err := wire.EncodeMessage(wire.Message{ID: wire.MessageID{byte(i), byte(i >> 8)}, Text: "x"})
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Receive(content); err != nil {
			t.Fatal(err)
		}
		take(&b)
	}
	if _, ok := b.Next(); !ok || b.Congested() {
		t.Error("sending confirmations does not end the congestion")
	}
}

func TestContentOfLaterVersionsIsPassedOver(t *testing.T) {
	var b engine.Conversation
	b.Connected()
	if err := b.Receive([]byte("\x1a\x01x")); err != nil {
		t.Fatal(err)
	}
	if len(drain(&b)) != 0 || len(b.Events()) != 0 {
		t.Error("unknown content was answered")
	}
	if err := b.Receive([]byte{0xff}); !errors.Is(err, wire.ErrContent) {
		t.Errorf("malformed content: %v", err)
	}
}

// TestDeliveriesKeepTheirOrder loses one confirmation with a connection, while
// the next one has not been sent yet.
func TestDeliveriesKeepTheirOrder(t *testing.T) {
	var a, b engine.Conversation
	a.Connected()
	b.Connected()
	for i := byte(1); i <= 2; i++ {
		if err := a.Send(message(i, "x")); err != nil {
			t.Fatal(err)
		}
		if err := b.Receive(drain(&a)[0]); err != nil {
			t.Fatal(err)
		}
		take(&b)
		if i == 1 {
			drain(&b) // and lost
		}
	}
	a.Connected()
	b.Connected()
	deliver(t, &b, &a)
	deliver(t, &a, &b)
	deliver(t, &b, &a)
	want := []engine.Event{engine.Delivered{wire.MessageID{1}}, engine.Delivered{wire.MessageID{2}}}
	if got := a.Events(); !slices.Equal(got, want) {
		t.Errorf("sender has events %v", got)
	}
}
