package tor_test

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// circuitLines answers GETINFO circuit-status.
func circuitLines(lines ...string) tortest.FakeReply {
	return tortest.FakeReply{Raw: "250+circuit-status=\r\n" + strings.Join(lines, "\r\n") + "\r\n.\r\n250 OK\r\n"}
}

func TestCircuitsAreCounted(t *testing.T) {
	addr := newKey(t).Address()
	d := attach(t, scripted(t, "GETINFO circuit-status", circuitLines(
		"1 BUILT $A~a,$B~b BUILD_FLAGS=IS_INTERNAL PURPOSE=HS_SERVICE_INTRO REND_QUERY="+addr.ServiceID(),
		"2 BUILT $A~a,$B~b BUILD_FLAGS=IS_INTERNAL PURPOSE=HS_SERVICE_INTRO REND_QUERY="+addr.ServiceID(),
		"3 LAUNCHED PURPOSE=GENERAL",
		"4 BUILT $A~a PURPOSE="+addr.ServiceID(),
		"5 "+strings.Repeat("X", 1000)+" PURPOSE=GENERAL",
		"6",
		`7 BUILT PURPOSE="`,
	)))
	counts, err := d.Circuits(testContext(t))
	if err != nil {
		t.Fatal(err)
	}
	want := map[tor.CircuitKind]int{
		{Purpose: "HS_SERVICE_INTRO", Status: "BUILT"}: 2,
		{Purpose: "GENERAL", Status: "LAUNCHED"}:       1,
		{Purpose: "OTHER", Status: "BUILT"}:            1,
		{Purpose: "GENERAL", Status: "OTHER"}:          1,
	}
	if !maps.Equal(counts, want) {
		t.Errorf("circuits are %v, want %v", counts, want)
	}
}

func TestCircuitsThatAreHidden(t *testing.T) {
	d := attach(t, scripted(t, "GETINFO circuit-status", tortest.FakeReply{Lines: []string{"510 Command filtered"}}))
	if _, err := d.Circuits(testContext(t)); !errors.Is(err, tor.ErrRefused) {
		t.Errorf("error is %v, want ErrRefused", err)
	}
}

// Whatever a control port says, no word of it is told that is none of tor's, and there
// are never many.
func FuzzCountCircuits(f *testing.F) {
	f.Add("circuit-status=4 BUILT $A~a PURPOSE=HS_SERVICE_REND HS_STATE=HSSR_JOINED\n5 EXTENDED PURPOSE=GENERAL")
	f.Add("4 BUILT \"")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		counts := tor.CountCircuits([]string{text})
		if len(counts) > 129 {
			t.Errorf("%d kinds", len(counts))
		}
		for k, n := range counts {
			for _, word := range []string{k.Purpose, k.Status} {
				if word == "" || len(word) > 40 || strings.Trim(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") != "" {
					t.Errorf("kind %+v", k)
				}
			}
			if n < 1 {
				t.Errorf("%d of %+v", n, k)
			}
		}
	})
}
