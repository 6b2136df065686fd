package tor_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

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

func TestSilenceEndsTheConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newConn(t, func(string) string { return "" }, nil)
		begin := time.Now()
		waiting := make(chan error)
		go func() { // its turn never comes
			time.Sleep(time.Second)
			_, err := c.Request(t.Context(), "SECOND")
			waiting <- err
		}()
		_, err := c.Request(t.Context(), "FIRST secret")
		wantErr(t, err, tor.ErrControl)
		wantText(t, err, "no answer to FIRST within")
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("error %q tells the argument", err)
		}
		if took := time.Since(begin); took != tor.RequestTimeout {
			t.Errorf("it took %s", took)
		}
		wantErr(t, <-waiting, tor.ErrControl)
	})
}

func TestSilenceEndsTheDaemon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, err := tor.AttachOver(t.Context(), serve(t, func(cmd string) string {
			if strings.HasPrefix(cmd, "ADD_ONION") {
				return ""
			}
			return obliging(cmd)
		}))
		if err != nil {
			t.Fatal(err)
		}
		s, err := d.Publish(tor.ServiceConfig{Key: newKey(t), Port: 1, Target: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1}})
		if err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		if err := s.Close(); err != nil { // waits for the answer to ADD_ONION
			t.Errorf("Close: %v", err)
		}
		if took := time.Since(begin); took != tor.RequestTimeout {
			t.Errorf("Close took %s", took)
		}
		<-d.Done()
		wantErr(t, d.Err(), tor.ErrControl)
		wantErr(t, s.Ready(t.Context()), tor.ErrClosed)
		d.Close()
	})
}

func TestCloseDoesNotWaitForAnAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, err := tor.AttachOver(t.Context(), serve(t, func(cmd string) string {
			if strings.HasPrefix(cmd, "ADD_ONION") {
				return ""
			}
			return obliging(cmd)
		}))
		if err != nil {
			t.Fatal(err)
		}
		s, err := d.Publish(tor.ServiceConfig{Key: newKey(t), Port: 1, Target: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1}})
		if err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		d.Close()
		if took := time.Since(begin); took != 0 {
			t.Errorf("Close took %s", took)
		}
		wantErr(t, s.Ready(t.Context()), tor.ErrClosed)
	})
}

func TestLateAnswerIsNotTheNextOnes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newConn(t, func(cmd string) string {
			if cmd == "SLOW" {
				time.Sleep(10 * time.Second)
			}
			return "250 " + cmd + "\r\n"
		}, nil)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begin := time.Now()
		_, err := c.Request(ctx, "SLOW")
		wantErr(t, err, context.DeadlineExceeded)
		if errors.Is(err, tor.ErrControl) || time.Since(begin) != time.Second {
			t.Errorf("after %s: %v", time.Since(begin), err)
		}
		r, err := c.Request(t.Context(), "FAST")
		if err != nil || len(r) != 1 || r[0] != "FAST" {
			t.Errorf("answer %q, %v", r, err)
		}
	})
}

func TestUnansweredRequestsCanBeCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe() // nobody reads what we write
		defer theirs.Close()
		c := tor.NewControlConn(ours, func(string) {})
		_, err := c.Request(t.Context(), "ANYTHING")
		wantErr(t, err, tor.ErrControl)
		c.Close()
	})
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
			await(t, conn.Closed(), time.Second, "end of the connection")
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

func TestRefusalsTellNoSecrets(t *testing.T) {
	key := newKey(t)
	for name, c := range map[string]struct{ text, want string }{
		"address":         {"no " + key.Address().String(), "no " + key.Address().Short()},
		"service id":      {"no " + key.Address().ServiceID() + ", sorry", "no " + key.Address().Short() + ", sorry"},
		"key":             {"bad " + key.ControlString() + " here", "bad ED25519-V3:… here"},
		"terminal":        {"a\x1b[2Jb", "a?[2Jb"},
		"long":            {strings.Repeat("ab ", 1000), strings.Repeat("ab ", 85) + "a"},
		"what tor says":   {`Unrecognized key "net/listeners/socks"`, `Unrecognized key "net/listeners/socks"`},
		"another address": {strings.Repeat("a", 56), "…"},
	} {
		t.Run(name, func(t *testing.T) {
			conn := newConn(t, func(string) string { return "552 " + c.text + "\r\n" }, nil)
			_, err := conn.Request(t.Context(), "COMMAND argument")
			wantErr(t, err, tor.ErrRefused)
			var refused *tor.RefusedError
			if !errors.As(err, &refused) || refused.Command != "COMMAND" || refused.Code != 552 || refused.Text != c.want {
				t.Errorf("%+v, want the text %q", refused, c.want)
			}
		})
	}
}

func TestSuccessesOtherThan250(t *testing.T) {
	for code, ok := range map[string]bool{"250": true, "251": true, "252": true, "259": true, "260": false, "100": false, "450": false, "551": false} {
		c := newConn(t, func(string) string { return code + " text\r\n" }, nil)
		if _, err := c.Request(t.Context(), "X"); (err == nil) != ok || !ok && !errors.Is(err, tor.ErrRefused) {
			t.Errorf("%s: %v", code, err)
		}
	}
}
