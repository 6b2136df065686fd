package node_test

import (
	"testing"

	"github.com/onionwire/onionwire/node"
)

// TestBlocked blocks a contact in the middle of a conversation, and then thinks better
// of it.
func TestBlocked(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	arrives(t, p.alice, p.bob, p.ofAlice, "hello")
	all, err := p.bob.Contacts(testContext(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.bob.BlockContact(testContext(t), all[0].ID); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the end of the connection", func() bool {
		return p.bob.ConnectionCount() == 0 && p.alice.LinkCount() == 0
	})
	said := p.alice.say(t, p.ofAlice, "are you angry?")
	// She dials, and is turned away before there is a connection for the others.
	eventually(t, "the end of the dial", func() bool {
		if p.bob.ConnectionCount() > 0 || p.bob.LinkCount() > 0 {
			t.Fatal("somebody who is blocked was let in")
		}
		presence, err := p.alice.Presence(testContext(t), 1)
		if err != nil {
			t.Fatal(err)
		}
		return presence.State == "offline"
	})
	// It may have left: who is turned away learns that a round trip later.
	if m, err := p.alice.Message(testContext(t), said[0]); err != nil || m.Deliveries[0].State == "delivered" {
		t.Errorf("the message is %+v, %v", m.Deliveries, err)
	}
	if err := p.bob.UnblockContact(testContext(t), all[0].ID); err != nil {
		t.Fatal(err)
	}
	p.bob.say(t, p.ofBob, "not any more")
	p.alice.awaitTexts(t, p.ofAlice, []string{"not any more"})
	p.bob.awaitTexts(t, p.ofBob, []string{"hello", "are you angry?"})
}

// TestInvite makes contacts of two without a question, once.
func TestInvite(t *testing.T) {
	t.Parallel()
	alice, bob := newPartyOn(t, sharedTor(t, 0)), newPartyOn(t, sharedTor(t, 1))
	late := newPartyOn(t, sharedTor(t, 0))
	link, err := bob.NewInvite(testContext(t), node.InviteOptions{Note: "for alice"})
	if err != nil {
		t.Fatal(err)
	}
	open, err := bob.Invites(testContext(t))
	if err != nil || len(open) != 1 || open[0].Note != "for alice" {
		t.Errorf("invites are %+v, %v", open, err)
	}
	contact, err := alice.AddContact(testContext(t), link, node.AddOptions{})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the acceptance", func() bool {
		c, err := alice.Contact(testContext(t), contact.ID)
		return err == nil && c.State == "accepted"
	})
	arrives(t, alice, bob, contact.Conversation, "thank you")
	if open, err = bob.Invites(testContext(t)); err != nil || len(open) != 0 {
		t.Errorf("invites are %+v, %v, after one was used", open, err)
	}
	if _, err := late.AddContact(testContext(t), link, node.AddOptions{}); err != nil {
		t.Fatal(err)
	}
	asked := bob.awaitKind(t, "request_received")
	if c, err := bob.Contact(testContext(t), asked.Contact); err != nil || c.State != "asking" {
		t.Errorf("who comes with a used invite is %+v, %v", c, err)
	}
}
