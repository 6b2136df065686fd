package node_test

import (
	"testing"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/contactlink"
	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// TestTrouble tells why somebody cannot be connected to: by a signal, and to whoever
// asks later.
func TestTrouble(t *testing.T) {
	fake := tortest.NewFake(t)
	alice, bob, carol := newParty(t, fake), newParty(t, fake), newParty(t, fake)
	ofBob, err := bob.Link(testContext(t))
	if err != nil {
		t.Fatal(err)
	}
	ofCarol, err := carol.Link(testContext(t))
	if err != nil {
		t.Fatal(err)
	}
	exchanged := ofBob
	exchanged.Onion = ofCarol.Onion
	ofNobody := newLink(t, fake)
	elsewhere := newLink(t, fake)
	one := elsewhere // of two addresses of one who is at none of them
	one.Onion = ofCarol.Onion
	known, err := alice.AddContact(testContext(t), elsewhere, node.AddOptions{})
	if err != nil {
		t.Fatal(err)
	}
	alice.await(t, "not there", func(e node.Event) bool {
		return e.Kind == rpc.PresenceChanged && e.Contact == known.ID && e.Presence.Trouble == rpc.NotThere
	})
	for _, tc := range []struct {
		link contactlink.Link
		want rpc.Trouble
	}{
		{exchanged, rpc.AnotherPeer},
		{ofNobody, rpc.NotThere},
		{one, rpc.AnotherPeer},
	} {
		c, err := alice.AddContact(testContext(t), tc.link, node.AddOptions{})
		if err != nil {
			t.Fatal(err)
		}
		e := alice.await(t, string(tc.want), func(e node.Event) bool {
			return e.Kind == rpc.PresenceChanged && e.Contact == c.ID
		})
		if e.Presence.State != rpc.Offline || e.Presence.Trouble != tc.want {
			t.Errorf("the presence is %+v, want trouble %s", *e.Presence, tc.want)
		}
		if p, err := alice.Presence(testContext(t), c.ID); err != nil || p.Trouble != tc.want {
			t.Errorf("who asks hears %+v, %v", p, err)
		}
	}

	// It is over when they are there.
	c, err := alice.AddContact(testContext(t), ofBob, node.AddOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bob.AddContact(testContext(t), linkOf(t, alice), node.AddOptions{}); err != nil {
		t.Fatal(err)
	}
	e := alice.await(t, "bob", func(e node.Event) bool {
		return e.Kind == rpc.PresenceChanged && e.Contact == c.ID && e.Presence.State == rpc.Online
	})
	if e.Presence.Trouble != "" {
		t.Errorf("somebody who is there has the trouble %s", e.Presence.Trouble)
	}
}

func linkOf(t *testing.T, p *party) contactlink.Link {
	t.Helper()
	link, err := p.Link(testContext(t))
	if err != nil {
		t.Fatal(err)
	}
	return link
}

// newLink returns the link of somebody who has gone.
func newLink(t *testing.T, fake *tortest.Fake) contactlink.Link {
	t.Helper()
	p := newParty(t, fake)
	link := linkOf(t, p)
	p.leave(t)
	return link
}
