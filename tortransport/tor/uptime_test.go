package tor_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onionwire/onionwire/tortransport/tor"
)

// TestRestartBehindAFilter: a filter that has connected to another tor without a word
// is found out by the uptime of that, and the services are published again.
func TestRestartBehindAFilter(t *testing.T) {
	for name, tc := range map[string]struct {
		uptimes    []string // one after the other, the last of them for ever
		reconnects uint64
	}{
		"runs":           {[]string{"100", "120", "140", "140"}, 0},
		"was restarted":  {[]string{"100", "120", "3", "23", "43"}, 1},
		"and once more":  {[]string{"100", "9", "29", "8", "28"}, 2},
		"does not count": {[]string{"100", "many", "-1", "", "100"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPort(t)
				d := p.attach(t)
				beats := 0
				p.setScript(func(command string) string {
					if command != tor.HeartbeatCommand {
						return ""
					}
					n := min(beats, len(tc.uptimes)-1)
					beats++
					return fmt.Sprintf("250-uptime=%s\r\n250 OK\r\n", tc.uptimes[n])
				})
				s := publishNothing(t, d)
				time.Sleep(10 * time.Minute)
				if n := d.Reconnects(); n != tc.reconnects {
					t.Errorf("%d reconnects, want %d", n, tc.reconnects)
				}
				if n := uint64(len(p.adds())); n != tc.reconnects+1 {
					t.Errorf("the service was added %d times", n)
				}
				if st := statusOf(t, s); st.Phase != tor.Starting || st.Err != nil {
					t.Errorf("status %+v", st)
				}
			})
		})
	}
}

// TestUptime: that is what a real tor calls it.
func TestUptime(t *testing.T) {
	d := start(t, tor.Config{Torrc: isolated})
	if answer := ask(t, d, tor.HeartbeatCommand); !strings.HasPrefix(answer[0], "uptime=") {
		t.Errorf("tor answers %q", answer)
	}
}
