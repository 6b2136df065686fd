package tor_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// introduction is a CIRC event about a circuit to an introduction point.
func introduction(id int, status string, addr onion.Address) string {
	return fmt.Sprintf("CIRC %d %s $A~a,$B~b BUILD_FLAGS=IS_INTERNAL PURPOSE=HS_SERVICE_INTRO HS_STATE=HSSI_CONNECTING REND_QUERY=%s",
		id, status, addr.ServiceID())
}

// TestIntroductions plays the circuits of a service and looks after each whether
// the service says that it is reachable.
func TestIntroductions(t *testing.T) {
	fake := tortest.NewFake(t)
	d := attach(t, tor.AttachConfig{Control: parseAddr(t, fake.ControlAddr())})
	s := publish(t, d, newKey(t))
	if err := s.Ready(testContext(t)); err != nil {
		t.Fatal(err)
	}
	own, other := s.Address(), newKey(t).Address()
	for i, step := range []struct {
		event     string
		reachable bool
	}{
		{introduction(1, "BUILT", own), true},
		{introduction(2, "BUILT", own), true},
		{introduction(3, "LAUNCHED", own), true},
		{introduction(1, "CLOSED", own), true},
		{introduction(3, "FAILED", own), true},
		{introduction(9, "BUILT", other), true},
		{introduction(2, "CLOSED", own), false},
		{introduction(9, "CLOSED", other), false},
		{introduction(4, "EXTENDED", own), false},
		{introduction(4, "BUILT", own), true},
		{"CIRC 4 BUILT $A~a PURPOSE=HS_VANGUARDS", false}, // no longer for introductions
		{"CIRC 4 CLOSED $A~a PURPOSE=HS_VANGUARDS", false},
		{introduction(5, "BUILT", own), true},
		{"CIRC 5", true},
		{"CIRC", true},
		{introduction(5, "FAILED", own), false},
	} {
		fake.Emit(step.event, fmt.Sprintf("STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=100 TAG=t SUMMARY=%d", i))
		awaitSummary(t, d, fmt.Sprint(i))
		for st := range s.Status(testContext(t)) {
			if reachable := st.Phase == tor.Reachable; reachable != step.reachable || !reachable && (st.Phase != tor.Degraded || st.Err == nil) {
				t.Fatalf("after %q (%d): %+v", step.event, i, st)
			}
			break
		}
	}
}

// uploaded are the events of a service that becomes reachable.
func uploaded(addr onion.Address) string {
	lines := []string{
		"HS_DESC UPLOAD % UNKNOWN $A one", "HS_DESC UPLOADED % UNKNOWN $A",
	}
	return strings.ReplaceAll("650 "+strings.Join(lines, "\r\n650 ")+"\r\n", "%", addr.ServiceID())
}

// TestServiceWithoutIntroductions is added anew when tor does nothing about it.
func TestServiceWithoutIntroductions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPort(t)
		d := p.attach(t)
		s := publishNothing(t, d)
		synctest.Wait()
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		key := newKey(t)
		circuit := 0
		taken := func(c string) string {
			if !strings.HasPrefix(c, "ADD_ONION") {
				return ""
			}
			circuit++
			return "250 OK\r\n" + uploaded(key.Address()) + "650 " + introduction(circuit, "BUILT", key.Address()) + "\r\n"
		}
		p.setScript(taken)
		s, err := d.Publish(tor.ServiceConfig{Key: key, Port: 1, Target: listenLoopback(t).Addr()})
		if err != nil {
			t.Fatal(err)
		}
		if st := statusOf(t, s); st.Phase != tor.Reachable {
			t.Fatalf("status %+v", st)
		}
		time.Sleep(time.Hour + time.Second) // between two heartbeats
		if n := len(p.words("ADD_ONION")); n != 2 {
			t.Fatalf("a service that is well was added %d times", n)
		}
		p.setScript(func(c string) string { // with the next heartbeat
			if c != tor.HeartbeatCommand {
				return taken(c)
			}
			p.setScript(taken)
			return "250 OK\r\n650 " + introduction(circuit, "CLOSED", key.Address()) + "\r\n"
		})
		time.Sleep(tor.Heartbeat)
		if st := statusOf(t, s); st.Phase != tor.Degraded {
			t.Errorf("without introduction points: %+v", st)
		}
		time.Sleep(tor.BarrenTime)
		if st := statusOf(t, s); st.Phase != tor.Reachable || st.Uploads != 1 {
			t.Errorf("added anew: %+v", st)
		}
		if n := len(p.words("ADD_ONION", "DEL_ONION")); n != 5 || d.Reconnects() != 0 {
			t.Errorf("%d commands, %d reconnects", n, d.Reconnects())
		}
	})
}

// TestCircuitsThatFail: a network that is away, and one that is merely bad.
func TestCircuitsThatFail(t *testing.T) {
	const failed, extended = "650 CIRC 7 FAILED PURPOSE=GENERAL REASON=TIMEOUT\r\n", "650 CIRC 8 EXTENDED $A~a PURPOSE=GENERAL\r\n"
	for name, c := range map[string]struct {
		events []string // with one heartbeat after the other
		away   bool
	}{
		"all":               {[]string{failed, failed, failed}, true},
		"too few":           {[]string{failed, failed}, false},
		"all at once":       {[]string{strings.Repeat(failed, 20)}, false},
		"some":              {[]string{failed, failed, extended, failed, failed}, false},
		"all for some time": {[]string{failed, failed, failed, failed, extended}, false},
		"behind the first relay": {
			[]string{extended + failed, extended + failed, extended + failed, extended + failed}, false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPort(t)
				d := p.attach(t)
				key := newKey(t)
				events := c.events
				p.setScript(func(command string) string {
					switch {
					case strings.HasPrefix(command, "ADD_ONION"):
						return "250 OK\r\n" + uploaded(key.Address())
					case command == tor.HeartbeatCommand && len(events) > 0:
						e := events[0]
						events = events[1:]
						return "250 OK\r\n" + e
					}
					return ""
				})
				s, err := d.Publish(tor.ServiceConfig{Key: key, Port: 1, Target: listenLoopback(t).Addr()})
				if err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
				time.Sleep(time.Duration(len(c.events)+1) * tor.Heartbeat)
				away := errors.Is(daemonStatus(t, d).Network, tor.ErrNetwork)
				st := statusOf(t, s)
				if away != c.away || away != (st.Phase == tor.Degraded) || away != errors.Is(st.Err, tor.ErrNetwork) {
					t.Errorf("network away: %v, service %+v", away, st)
				}
				if err := d.WaitReady(t.Context()); err != nil {
					t.Error(err)
				}
				// A new tor knows nothing of it.
				p.drop()
				time.Sleep(time.Second)
				if st := daemonStatus(t, d); st.Network != nil || st.State != tor.Connected {
					t.Errorf("with a new tor: %+v", st)
				}
				if st := statusOf(t, s); st.Phase != tor.Reachable {
					t.Errorf("with a new tor: %+v", st)
				}
			})
		})
	}
}
