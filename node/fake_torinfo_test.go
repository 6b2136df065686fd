package node_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

func torInfo(t testing.TB, p *party) node.TorInfo {
	t.Helper()
	info, err := p.TorInfo(testContext(t))
	if err != nil {
		t.Fatal(err)
	}
	return info
}

// TestTorInfo: what Tor is doing is told, and not where to.
func TestTorInfo(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	link, err := alice.Link(testContext(t))
	if err != nil {
		t.Fatal(err)
	}
	service := strings.TrimSuffix(link.Onion.String(), ".onion")
	const relay = "$0123456789ABCDEF0123456789ABCDEF01234567~relay"
	answer := tortest.FakeReply{Raw: "250+circuit-status=\r\n" +
		"1 BUILT " + relay + " PURPOSE=HS_SERVICE_INTRO HS_STATE=HSSI_ESTABLISHED REND_QUERY=" + service + "\r\n" +
		"2 BUILT " + relay + " PURPOSE=HS_SERVICE_INTRO HS_STATE=HSSI_ESTABLISHED REND_QUERY=" + service + "\r\n" +
		"3 EXTENDED " + relay + " PURPOSE=GENERAL\r\n.\r\n250 OK\r\n"}
	fake.OnCommand(func(command string) tortest.FakeReply {
		if command == "GETINFO circuit-status" {
			return answer
		}
		return tortest.FakeReply{}
	})
	info := torInfo(t, alice)
	want := []rpc.CircuitCount{{Purpose: "GENERAL", State: "EXTENDED", Count: 1}, {Purpose: "HS_SERVICE_INTRO", State: "BUILT", Count: 2}}
	if !slices.Equal(info.Circuits, want) || info.CircuitsError != "" {
		t.Errorf("circuits are %+v (%s), want %+v", info.Circuits, info.CircuitsError, want)
	}
	if info.State != "connected" || info.Version == "" || info.Managed || info.Bootstrap != 100 || info.BootstrapPhase == "" {
		t.Errorf("tor is %+v", info)
	}
	if len(info.Services) != 1 || info.Services[0].Phase != "reachable" || info.Services[0].Uploaded == 0 {
		t.Errorf("the services are %+v", info.Services)
	}
	if info.LastError != "" || !info.LastErrorAt.IsZero() {
		t.Errorf("something was wrong: %q at %v", info.LastError, info.LastErrorAt)
	}
	all, err := json.Marshal(info)
	if err != nil || told.Match(all) || strings.Contains(string(all), relay[1:]) {
		t.Errorf("too much is told: %s, %v", all, err)
	}

	answer = tortest.FakeReply{Lines: []string{"510 Command filtered"}}
	if info := torInfo(t, alice); len(info.Circuits) != 0 || info.CircuitsError == "" {
		t.Errorf("circuits that are hidden are %+v (%s)", info.Circuits, info.CircuitsError)
	}
}

// TestTorTrouble: whoever listens learns that Tor is lost, and that it is back, and what
// was wrong is remembered.
func TestTorTrouble(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	fake.DropControl()
	alice.await(t, "the loss", func(e node.Event) bool {
		s, err := alice.Status(testContext(t))
		return e.Kind == rpc.StatusChanged && err == nil && s.Tor == "connected" && torInfo(t, alice).Restarts > 0
	})
	if err := alice.Ready(testContext(t)); err != nil {
		t.Fatal(err)
	}
	info := torInfo(t, alice)
	if info.State != "connected" || info.LastError == "" || info.LastErrorAt.IsZero() {
		t.Errorf("tor is %+v", info)
	}
	fake.Emit(`STATUS_CLIENT WARN BOOTSTRAP PROGRESS=100 TAG=conn SUMMARY="Connecting" WARNING="No route to host"`)
	eventually(t, "the warning", func() bool {
		s, err := alice.Status(testContext(t))
		if err != nil {
			t.Fatal(err)
		}
		return s.BootstrapWarning == "No route to host" && s.BootstrapPhase == "Connecting" &&
			torInfo(t, alice).LastError == "No route to host"
	})
}
