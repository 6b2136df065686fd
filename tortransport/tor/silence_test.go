package tor_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onionwire/onionwire/tortransport/tor"
)

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
