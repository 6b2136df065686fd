package tor_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// hungStreams and hungCircuits are those of a tor with dials to ours and to another
// service.
func hungStreams(ours, other onion.Address, more string) string {
	return "250+stream-status=\r\n" +
		"11 SENTCONNECT 4 " + ours.String() + ":4001\r\n" +
		"12 SENTCONNECT 4 " + ours.String() + ":4001\r\n" +
		"13 SUCCEEDED 5 " + ours.String() + ":4001\r\n" +
		"14 SENTCONNECT 6 " + other.String() + ":4001\r\n" +
		"15 NEW 0 " + ours.String() + ":4001\r\n" + more +
		".\r\n250 OK\r\n"
}

func hungCircuits(ours, other onion.Address) string {
	const client = " BUILT $A~a PURPOSE=HS_CLIENT_REND HS_STATE="
	return "250+circuit-status=\r\n" +
		"4" + client + "HSCR_JOINED REND_QUERY=" + ours.ServiceID() + "\r\n" +
		"7" + client + "HSCR_ESTABLISHED_WAITING REND_QUERY=" + ours.ServiceID() + "\r\n" +
		"8" + client + "HSCR_ESTABLISHED_WAITING REND_QUERY=" + other.ServiceID() + "\r\n" +
		"9" + client + "HSCR_ESTABLISHED_IDLE REND_QUERY=" + ours.ServiceID() + "\r\n" +
		".\r\n250 OK\r\n"
}

// TestFreshenByScript has control ports of all kinds.
func TestFreshenByScript(t *testing.T) {
	const filtered = "510 Command filtered\r\n"
	for name, tc := range map[string]struct {
		descriptors []string // revisions, before and after
		fetches     []string // the end of each
		command     string   // one with another answer
		answer      string
		closed      []string
		err         error
		fetched     int
	}{
		"moved":                  {[]string{"1", "2"}, []string{"RECEIVED"}, "", "", []string{"7", "4"}, nil, 1},
		"as it was":              {[]string{"1", "1"}, []string{"RECEIVED"}, "", "", []string{"4"}, nil, 1},
		"unknown":                {nil, nil, "", "", []string{"4"}, nil, 0},
		"second directory":       {[]string{"1", "2"}, []string{"FAILED NOT_FOUND", "RECEIVED"}, "", "", []string{"7", "4"}, nil, 2},
		"no end of directories":  {[]string{"1"}, slices.Repeat([]string{"FAILED NOT_FOUND"}, 99), "", "", []string{"4"}, tor.ErrNotFetched, tor.MaxFetches},
		"a circuit has gone":     {[]string{"1", "2"}, []string{"RECEIVED"}, "CLOSECIRCUIT 7", "552 Unknown circuit\r\n", []string{"7", "4"}, nil, 1},
		"hides descriptors":      {nil, nil, "GETINFO hs/", filtered, []string{"4"}, tor.ErrRefused, 0},
		"does not fetch":         {[]string{"1"}, nil, "HSFETCH", filtered, []string{"4"}, tor.ErrRefused, 0},
		"hides circuits":         {[]string{"1", "2"}, []string{"RECEIVED"}, "GETINFO circuit-status", filtered, []string{"4"}, tor.ErrRefused, 1},
		"hides streams":          {[]string{"1", "2"}, []string{"RECEIVED"}, "GETINFO stream-status", filtered, []string{"7"}, tor.ErrRefused, 1},
		"hides what is fetched":  {[]string{"1"}, nil, "SETEVENTS STATUS_CLIENT HS_DESC", filtered, []string{"4"}, tor.ErrRefused, 0},
		"does not close":         {[]string{"1", "2"}, []string{"RECEIVED"}, "CLOSECIRCUIT", filtered, []string{"7", "4"}, tor.ErrRefused, 1},
		"nonsense for a circuit": {[]string{"1", "2"}, []string{"RECEIVED"}, "GETINFO circuit-status", "250 circuit-status=x \" y\r\n", []string{"4"}, nil, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ours, other := newKey(t).Address(), newKey(t).Address()
				p := newPort(t)
				fetched, late, asked := 0, "", []string(nil)
				p.setScript(func(command string) string {
					if id, ok := strings.CutPrefix(command, "CLOSECIRCUIT "); ok {
						asked = append(asked, id)
					}
					switch {
					case tc.command != "" && strings.HasPrefix(command, tc.command):
						return tc.answer
					case command == "GETINFO hs/client/desc/id/"+ours.ServiceID() && len(tc.descriptors) == 0:
						return "551 Not found in cache\r\n"
					case command == "GETINFO hs/client/desc/id/"+ours.ServiceID():
						revision := tc.descriptors[0]
						tc.descriptors = tc.descriptors[1:]
						return "250+hs/client/desc/id/x=\r\nhs-descriptor 3\r\nrevision-counter " + revision + "\r\n.\r\n250 OK\r\n"
					case command == "HSFETCH "+ours.ServiceID():
						end, reason, _ := strings.Cut(tc.fetches[fetched], " ")
						fetched++
						return "250 OK\r\n650 HS_DESC REQUESTED " + ours.ServiceID() + " NO_AUTH $A x\r\n" +
							"650 HS_DESC RECEIVED " + other.ServiceID() + " NO_AUTH $A x\r\n" +
							"650 HS_DESC " + end + " " + ours.ServiceID() + " NO_AUTH $A x REASON=" + reason + "\r\n"
					case command == "GETINFO stream-status":
						defer func() { late = "16 SENTCONNECT 5 " + ours.String() + ":4001\r\n" }()
						return hungStreams(ours, other, late)
					case command == "GETINFO circuit-status":
						return hungCircuits(ours, other)
					}
					return ""
				})
				d := p.attach(t)
				closed, err := d.Freshen(t.Context(), ours)
				if !slices.Equal(asked, tc.closed) {
					t.Errorf("asked to close %q, want %q", asked, tc.closed)
				}
				if tc.command != "CLOSECIRCUIT" && closed != len(asked) {
					t.Errorf("told of %d circuits", closed)
				}
				if fetched != tc.fetched {
					t.Errorf("%d fetches, want %d", fetched, tc.fetched)
				}
				if tc.err != nil {
					wantErr(t, err, tc.err)
				} else if err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// TestFreshenLeavesDirectories: tor is made to fetch a descriptor a few times in a quarter
// of an hour, for each service.
func TestFreshenLeavesDirectories(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPort(t)
		revision := 0
		p.setScript(func(command string) string {
			word, argument, _ := strings.Cut(command, " ")
			switch {
			case strings.HasPrefix(argument, "hs/client/desc/id/"):
				revision++
				return fmt.Sprintf("250+x=\r\nrevision-counter %d\r\n.\r\n250 OK\r\n", revision)
			case word == "HSFETCH":
				return "250 OK\r\n650 HS_DESC RECEIVED " + argument + " NO_AUTH $A x\r\n"
			case word == "GETINFO" && strings.HasSuffix(argument, "-status"):
				return "250 " + argument + "=\r\n"
			}
			return ""
		})
		d := p.attach(t)
		a, b := newKey(t).Address(), newKey(t).Address()
		for i, step := range []struct {
			addr    onion.Address
			pause   time.Duration
			fetches int // so far
			err     error
		}{
			{a, time.Minute, 1, nil},
			{a, 0, 2, nil},
			{a, 0, 3, nil},
			{a, tor.RequeryPeriod - time.Minute - time.Second, 3, tor.ErrNotFetched},
			{a, 0, 3, tor.ErrNotFetched},
			{b, time.Second, 4, nil},
			{a, 0, 5, nil}, // in place of the first
			{a, time.Minute, 5, tor.ErrNotFetched},
			{a, 0, 6, nil},
		} {
			_, err := d.Freshen(t.Context(), step.addr)
			if !errors.Is(err, step.err) {
				t.Errorf("step %d: %v, want %v", i, err, step.err)
			}
			if n := len(p.words("HSFETCH")); n != step.fetches {
				t.Errorf("step %d: %d fetches so far, want %d", i, n, step.fetches)
			}
			time.Sleep(step.pause)
		}
	})
}
