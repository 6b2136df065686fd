package node_test

import (
	"errors"
	"testing"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/node/vault"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// TestWithoutTor reads and queues at a node without Tor what the next one delivers.
func TestWithoutTor(t *testing.T) {
	fake := tortest.NewFake(t)
	alice, bob := newParty(t, fake), newParty(t, fake)
	befriend(t, alice, bob)
	alice.leave(t)

	p, err := profile.Open(testContext(t), alice.root, "someone", nil)
	if err != nil {
		t.Fatal(err)
	}
	n, err := node.Open(testContext(t), node.Config{Profile: p, Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	contacts, err := n.Contacts(testContext(t))
	if err != nil || len(contacts) != 1 {
		t.Fatalf("the contacts are %+v, %v", contacts, err)
	}
	m, err := n.Send(testContext(t), contacts[0].Conversation, "said offline", node.SendOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if link, err := n.Link(testContext(t)); err != nil || link.Onion != p.Link().Onion {
		t.Errorf("the link leads elsewhere, %v", err)
	}
	if s, err := n.Status(testContext(t)); err != nil || s.Waiting != 1 || s.Reachable || s.Tor != "off" {
		t.Errorf("the status is %+v, %v", s, err)
	}
	if presence, err := n.Presence(testContext(t), contacts[0].ID); err != nil || presence.State != rpc.Offline {
		t.Errorf("the contact is %+v, %v", presence, err)
	}
	if err := n.Ready(testContext(t)); !errors.Is(err, node.ErrUnavailable) {
		t.Errorf("Ready returned %v, want ErrUnavailable", err)
	}
	// What hangs up, listens or dials elsewhere is left out.
	stranger, err := profile.Create(testContext(t), t.TempDir(), "stranger", vault.WithoutPassphrase())
	if err != nil {
		t.Fatal(err)
	}
	defer stranger.Close()
	asked, err := n.AddContact(testContext(t), stranger.Link(), node.AddOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := n.BlockContact(testContext(t), asked.ID); err != nil {
		t.Error(err)
	}
	if err := errors.Join(n.Close(), p.Close()); err != nil {
		t.Fatal(err)
	}

	alice.come(t)
	bob.await(t, "what was said offline", func(e node.Event) bool {
		if e.Kind != "message_received" {
			return false
		}
		got, err := bob.Message(testContext(t), e.Message)
		return err == nil && got.Text == m.Text
	})
}
