package node_test

import (
	"errors"
	"testing"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// TestConfigure gives a profile another name while no node runs on it, which its
// contact hears of later.
func TestConfigure(t *testing.T) {
	fake := tortest.NewFake(t)
	alice, bob := newParty(t, fake), newParty(t, fake)
	befriend(t, alice, bob)
	alice.leave(t)

	p, err := profile.Open(testContext(t), alice.root, "someone", nil)
	if err != nil {
		t.Fatal(err)
	}
	name, bad := "Alice", "\x1b[2J"
	if _, err := node.Configure(testContext(t), p, node.SettingsUpdate{Name: &bad}); !errors.Is(err, node.ErrInvalid) {
		t.Errorf("a name of control characters: %v, want ErrInvalid", err)
	}
	s, err := node.Configure(testContext(t), p, node.SettingsUpdate{Name: &name})
	if err != nil || s.Name != name || !s.ReadReceipts {
		t.Errorf("the settings are %+v, %v", s, err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}

	alice.come(t)
	if s, err := alice.Settings(testContext(t)); err != nil || s.Name != name {
		t.Errorf("the settings of the node are %+v, %v", s, err)
	}
	bob.await(t, "the name", func(e node.Event) bool {
		if e.Kind != "contact_changed" {
			return false
		}
		c, err := bob.Contact(testContext(t), e.Contact)
		return err == nil && c.Name == name
	})
}
