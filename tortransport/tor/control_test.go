package tor_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/onionwire/onionwire/tortransport/tor"
)

// script of a control port: what it sends for a command. An empty answer is
// silence.
type answers func(command string) string

// serve plays a control port on a pipe until that is closed, and returns our end.
func serve(t *testing.T, f answers) net.Conn {
	t.Helper()
	ours, theirs := net.Pipe()
	var running sync.WaitGroup
	running.Go(func() {
		defer theirs.Close()
		lines := bufio.NewScanner(theirs)
		for lines.Scan() {
			if _, err := io.WriteString(theirs, f(lines.Text())); err != nil {
				return
			}
		}
	})
	t.Cleanup(func() {
		ours.Close()
		running.Wait()
	})
	return ours
}

// obliging answers as a tor that has nothing to say.
func obliging(command string) string {
	switch word, _, _ := strings.Cut(command, " "); word {
	case "PROTOCOLINFO":
		return "250-PROTOCOLINFO 1\r\n250-AUTH METHODS=NULL\r\n250-VERSION Tor=\"0.4.9.11\"\r\n250 OK\r\n"
	case "GETINFO":
		return "250-status/bootstrap-phase=NOTICE BOOTSTRAP PROGRESS=50 TAG=half SUMMARY=\"Half\"\r\n250 OK\r\n"
	default:
		return "250 OK\r\n"
	}
}

func newConn(t *testing.T, f answers, onEvent func(string)) tor.ControlConn {
	t.Helper()
	if onEvent == nil {
		onEvent = func(string) {}
	}
	c := tor.NewControlConn(serve(t, f), onEvent)
	t.Cleanup(c.Close)
	return c
}

func TestEndlessAnswersAreBounded(t *testing.T) {
	for name, c := range map[string]struct{ begin, repeat string }{
		"line":           {"250 ", "x"},
		"lines":          {"", "250-a=b\r\n"},
		"empty lines":    {"", "250-\r\n"},
		"data":           {"250+a=\r\n", "line\r\n"},
		"event":          {"650-HS_DESC\r\n", "650-x\r\n"},
		"event line":     {"650 ", "x"},
		"no line at all": {"", "\x00"},
	} {
		t.Run(name, func(t *testing.T) {
			ours, theirs := net.Pipe()
			conn := tor.NewControlConn(ours, func(string) { t.Error("there was no whole event") })
			defer conn.Close()
			sent, chunk := 0, []byte(strings.Repeat(c.repeat, 4096/len(c.repeat)))
			_, err := io.WriteString(theirs, c.begin)
			for err == nil {
				var n int
				n, err = theirs.Write(chunk)
				sent += n
			}
			if sent > tor.MaxReply+2*len(chunk) {
				t.Errorf("%d bytes of one answer were read", sent)
			}
			await(t, conn.Closed(), "end of the connection")
			_, err = conn.Request(t.Context(), "X")
			wantErr(t, err, tor.ErrControl)
		})
	}
}

func TestEventsBetweenAnswers(t *testing.T) {
	const n = 50_000
	flood := strings.Repeat("650 STATUS_CLIENT NOTICE CIRCUIT_ESTABLISHED\r\n", n)
	events := 0
	c := newConn(t, func(cmd string) string { return flood + "250 " + cmd + "\r\n" + flood }, func(string) { events++ })
	for i := range 3 {
		want := fmt.Sprint("R", i)
		if r, err := c.Request(t.Context(), want); err != nil || r[0] != want {
			t.Fatalf("answer %q, %v, want %q", r, err, want)
		}
	}
	c.Close()
	if events < 5*n {
		t.Errorf("%d events arrived, at least %d were sent before the last answer", events, 5*n)
	}
}

func TestConcurrentRequestsUnderEvents(t *testing.T) {
	events := 0
	c := newConn(t, func(cmd string) string {
		return strings.Repeat("650 HS_DESC x y\r\n", 20) + "250-one\r\n250 " + cmd + "\r\n"
	}, func(string) { events++ })
	var asking sync.WaitGroup
	for i := range 50 {
		asking.Go(func() {
			for j := range 20 {
				want := fmt.Sprintf("R%d-%d", i, j)
				if r, err := c.Request(t.Context(), want); err != nil || len(r) != 2 || r[1] != want {
					t.Errorf("answer %q, %v, want %q", r, err, want)
				}
			}
		})
	}
	asking.Wait()
	c.Close()
	if events != 50*20*20 {
		t.Errorf("%d events", events)
	}
}

func TestLineBreaksAreNotSent(t *testing.T) {
	c := newConn(t, func(string) string { return "250 OK\r\n" }, nil)
	for _, line := range []string{"GETINFO a\r\nSIGNAL HALT", "GETINFO a\nb", "GETINFO a\rb"} {
		if _, err := c.Request(t.Context(), line); err == nil {
			t.Errorf("%q was sent", line)
		}
	}
	if _, err := c.Request(t.Context(), "GETINFO 100%d"); err != nil {
		t.Error(err)
	}
}
