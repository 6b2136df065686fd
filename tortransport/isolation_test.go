package tortransport_test

import (
	"strings"
	"testing"

	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/onionwire/onionwire/tortransport"
)

func TestIsolation(t *testing.T) {
	f, d := fakeTor(t)
	first, second := newParty(t, d), newParty(t, d)
	ann, bob := randomPeer(t), randomPeer(t)
	for _, dial := range []struct {
		by party
		to peer.ID
	}{{first, ann}, {first, bob}, {first, ann}, {second, ann}} {
		// Nobody is there: the request is what counts.
		dial.by.dialFails(t, testContext(t), onionAddr(t, newKey(t)), dial.to)
	}
	reqs := f.Requests()
	if len(reqs) != 4 {
		t.Fatalf("%d requests, want 4", len(reqs))
	}
	for _, r := range reqs {
		if r.User != "<torS0X>0" || r.Password == "" {
			t.Errorf("the request carries user %q and a password of %d bytes", r.User, len(r.Password))
		}
		if strings.Contains(r.Password, ann.String()) {
			t.Error("the password tells the peer")
		}
	}
	if reqs[0].Password == reqs[1].Password {
		t.Error("two peers share circuits")
	}
	if reqs[0].Password != reqs[2].Password {
		t.Error("one peer gets other circuits with every connection")
	}
	if reqs[0].Password == reqs[3].Password {
		t.Error("two transports share circuits to a peer")
	}
}

func TestIsolationPerConnection(t *testing.T) {
	f, d := fakeTor(t)
	client := partyConfig{}.new(t, tortransport.WithDaemon(d), tortransport.WithIsolationPerConnection())
	p := randomPeer(t)
	client.dialFails(t, testContext(t), onionAddr(t, newKey(t)), p)
	client.dialFails(t, testContext(t), onionAddr(t, newKey(t)), p)
	reqs := f.Requests()
	if len(reqs) != 2 || reqs[0].Password == reqs[1].Password || reqs[1].Password == "" {
		t.Errorf("two connections to a peer share circuits: %d requests", len(reqs))
	}
}
