package node_test

import (
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/rpc"
)

// TestPingThroughTor: the round trip is one through six relays, and tor tells of the
// circuits that it takes.
func TestPingThroughTor(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	id := contactOf(t, p.alice, p.bob.profile.Peer()).ID
	t.Logf("round trip of %v", pinged(t, p.alice, id))
	p.alice.CutConnections()
	awaitPresence(t, p.alice, id, "offline")
	if trip := pinged(t, p.alice, id); time.Duration(trip) > time.Minute {
		t.Errorf("round trip of %v, which is a dial", trip)
	}
	info := torInfo(t, p.alice)
	count := make(map[string]int)
	for _, c := range info.Circuits {
		if c.State == "BUILT" {
			count[c.Purpose] += c.Count
		}
	}
	t.Logf("circuits: %v", count)
	if count["HS_SERVICE_INTRO"] == 0 || count["HS_CLIENT_REND"] == 0 || count["OTHER"] != 0 {
		t.Errorf("circuits are %+v", info.Circuits)
	}
	if s := info.Services[0]; s.Phase != "reachable" || s.Uploaded == 0 || s.Uploaded > s.Uploads {
		t.Errorf("the service is %+v", s)
	}
	if s, err := p.alice.Status(testContext(t)); err != nil || s.BootstrapPhase == "" || s.NetworkError != "" {
		t.Errorf("the status is %+v, %v", s, err)
	}
	p.alice.await(t, "a change of status", func(e rpc.Event) bool { return e.Kind == rpc.StatusChanged })
}
