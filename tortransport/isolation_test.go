package tortransport_test

import (
	"strings"
	"testing"
)

func TestIsolation(t *testing.T) {
	f, d := fakeTor(t)
	addr := onionAddr(t, newKey(t)) // nobody is there: the request is what counts
	first, second := newParty(t, d), newParty(t, d)
	ann, bob := randomPeer(t), randomPeer(t)
	first.dialFails(t, testContext(t), addr, ann)
	first.dialFails(t, testContext(t), addr, bob)
	first.dialFails(t, testContext(t), addr, ann)
	second.dialFails(t, testContext(t), addr, ann)
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
