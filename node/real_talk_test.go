package node_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/ledger"
)

// TestOfflineInTurn goes from a request to a conversation between two who are never
// there when the other one says something.
func TestOfflineInTurn(t *testing.T) {
	t.Parallel()
	alice, bob := newPartyOn(t, sharedTor(t, 0)), newPartyOn(t, sharedTor(t, 1))
	link, err := bob.Link(testContext(t))
	if err != nil {
		t.Fatal(err)
	}
	bob.leave(t)
	contact, err := alice.AddContact(testContext(t), link, node.AddOptions{Introduction: "It is me."})
	if err != nil {
		t.Fatal(err)
	}
	if contact.State != "requested" {
		t.Errorf("state is %s", contact.State)
	}
	early, err := alice.Send(testContext(t), contact.Conversation, "I cannot wait", node.SendOptions{})
	if err != nil {
		t.Fatal(err)
	}
	alice.leave(t)
	bob.come(t)
	alice.come(t) // which dials
	asked := bob.awaitKind(t, "request_received")
	from, err := bob.Contact(testContext(t), asked.Contact)
	if err != nil {
		t.Fatal(err)
	}
	if from.State != "asking" || from.Introduction != "It is me." {
		t.Errorf("the request is %+v", from)
	}
	if m, err := alice.Message(testContext(t), early.Number); err != nil || m.Deliveries[0].State != "queued" {
		t.Errorf("a message to somebody who has not accepted is %+v, %v", m.Deliveries, err)
	}
	alice.leave(t)
	if err := bob.AcceptContact(testContext(t), asked.Contact); err != nil {
		t.Fatal(err)
	}
	bob.leave(t)
	alice.come(t)
	bob.come(t)
	got := bob.awaitKind(t, "message_received")
	if m, err := bob.Message(testContext(t), got.Message); err != nil || m.Text != "I cannot wait" {
		t.Errorf("%+v arrived, %v", m, err)
	}
	alice.awaitDelivery(t, early.Number)
	if c, err := alice.Contact(testContext(t), contact.ID); err != nil || c.State != "accepted" {
		t.Errorf("the contact is %+v, %v", c, err)
	}

	var toBob, toAlice []string
	for n := range 3 {
		for i := range 5 {
			toBob = append(toBob, fmt.Sprint("to bob ", n, i))
			toAlice = append(toAlice, fmt.Sprint("to alice ", n, i))
		}
		bob.leave(t)
		alice.say(t, contact.Conversation, toBob[5*n:]...)
		alice.leave(t)
		bob.come(t)
		bob.say(t, got.Conversation, toAlice[5*n:]...)
		alice.come(t)
		bob.awaitTexts(t, got.Conversation, append([]string{"I cannot wait"}, toBob...))
		alice.awaitTexts(t, contact.Conversation, toAlice)
	}
	alice.awaitNothingWaits(t)
	bob.awaitNothingWaits(t)
}

// say sends messages.
func (p *party) say(t testing.TB, in ledger.ConversationID, texts ...string) (numbers []ledger.MessageNumber) {
	t.Helper()
	for _, text := range texts {
		m, err := p.Send(testContext(t), in, text, node.SendOptions{})
		if err != nil {
			t.Fatal(err)
		}
		numbers = append(numbers, m.Number)
	}
	return numbers
}

// awaitDelivery waits until one is told that a message was delivered.
func (p *party) awaitDelivery(t testing.TB, number ledger.MessageNumber) {
	t.Helper()
	p.await(t, "delivery", func(e node.Event) bool { return e.Message == number && e.Delivery == "delivered" })
}

// awaitTexts waits until as many messages have come as are wanted, and compares them.
func (p *party) awaitTexts(t testing.TB, in ledger.ConversationID, want []string) {
	t.Helper()
	var got []string
	eventually(t, fmt.Sprintf("%d messages", len(want)), func() bool {
		got = p.heardIn(t, in)
		return len(got) >= len(want)
	})
	if !slices.Equal(got, want) {
		t.Fatalf("%q arrived, want %q", got, want)
	}
}

// heardIn returns what others have said in a conversation, in its order.
func (p *party) heardIn(t testing.TB, in ledger.ConversationID) (texts []string) {
	t.Helper()
	for before := ledger.MessageNumber(0); ; {
		page, err := p.Messages(testContext(t), in, before, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range page {
			if m.Sender != 0 {
				texts = append(texts, m.Text)
			}
			before = m.Number
		}
		if len(page) < 1000 {
			slices.Reverse(texts)
			return texts
		}
	}
}

// awaitNothingWaits waits until all that was said is delivered.
func (p *party) awaitNothingWaits(t testing.TB) {
	t.Helper()
	eventually(t, "an empty queue", func() bool {
		s, err := p.Status(testContext(t))
		if err != nil {
			t.Fatal(err)
		}
		return s.Waiting == 0
	})
}
