package socks5_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport/internal/socks5"
)

// dialEarly is DialEarly in the form of Dial.
func dialEarly(d socks5.Dialer) func(context.Context, string, uint16, socks5.Auth) (net.Conn, error) {
	return func(ctx context.Context, host string, port uint16, auth socks5.Auth) (net.Conn, error) {
		c, err := d.DialEarly(ctx, host, port, auth, nil)
		if err != nil {
			return nil, err
		}
		return c, nil
	}
}

// replies collects what onReply is told.
type replies struct {
	mu  sync.Mutex
	all []error
}

func (r *replies) note(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, err)
}

func (r *replies) want(t testing.TB, want error) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.all) != 1 || !errors.Is(r.all[0], want) {
		t.Errorf("onReply was called with %v, want %v, once", r.all, want)
	}
}

// TestEarlyData: the request and the data arrive before anything is answered.
func TestEarlyData(t *testing.T) {
	for _, network := range []string{"tcp", "unix"} {
		for _, answer := range []string{
			reply,
			"\x05\x00\x00\x04" + strings.Repeat("\x00", 18),
			"\x05\x00\x00\x03\x03abc\x00\x00",
		} {
			d := listen(t, network, play(t, false,
				step{authGreeting, "\x05\x02"}, step{authRequest, "\x01\x00"},
				step{request + "early", answer + "welcome"}, step{"late", "bye"}))
			var told replies
			c, err := d.DialEarly(testContext(t), host, port, isolated, told.note)
			if err != nil {
				t.Fatal(err)
			}
			if n, err := c.Write([]byte("early")); n != 5 || err != nil {
				t.Fatalf("Write = %d, %v", n, err)
			}
			wantRead(t, c, "welcome")
			if _, err := c.Write([]byte("late")); err != nil {
				t.Fatal(err)
			}
			wantRead(t, c, "bye")
			c.Close()
			told.want(t, nil)
		}
	}
}

// TestServiceSpeaksFirst: who reads before writing gets the request sent too.
func TestServiceSpeaksFirst(t *testing.T) {
	d := listen(t, "unix", play(t, false, step{greeting, "\x05\x00"}, step{request, reply + "hello"}))
	c, err := d.DialEarly(testContext(t), host, port, socks5.Auth{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	wantRead(t, c, "hello")
}

func TestEarlyRefusal(t *testing.T) {
	d := listen(t, "unix", play(t, true, step{greeting, "\x05\x00"}, step{request + "early", "\x05\xf2\x00\x01\x00\x00\x00\x00\x00\x00"}))
	var told replies
	c, err := d.DialEarly(testContext(t), host, port, socks5.Auth{}, told.note)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Write([]byte("early")); err != nil {
		t.Fatal(err)
	}
	for range 2 { // it stays refused
		_, err := c.Read(make([]byte, 10))
		wantCode(t, err, 0xf2)
	}
	var refused *socks5.ReplyError
	if len(told.all) != 1 || !errors.As(told.all[0], &refused) {
		t.Errorf("onReply was told %v", told.all)
	}
}

func TestEarlyJunk(t *testing.T) {
	for _, answer := range []string{"HTTP/1.1 400 Bad Request\r\n\r\n", "\x05", "\x05\x00\x00\x09", "\x05\x00\x00\x03\xffabc"} {
		d := listen(t, "tcp", play(t, true, step{greeting, "\x05\x00"}, step{request, answer}))
		c, err := d.DialEarly(testContext(t), host, port, socks5.Auth{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Read(make([]byte, 10)); !errors.Is(err, socks5.ErrProtocol) {
			t.Errorf("%q: error = %v", answer, err)
		}
		c.Close()
	}
}

// TestDeadlineInTheAnswer: half an answer is not lost with a deadline.
func TestDeadlineInTheAnswer(t *testing.T) {
	proceed := make(chan struct{})
	d := listen(t, "unix", func(c net.Conn) {
		play(t, true, step{greeting, "\x05\x00"}, step{request, reply[:5]})(c)
		<-proceed
		_, _ = io.WriteString(c, reply[5:]+"hello")
		_, _ = io.Copy(io.Discard, c)
	})
	c, err := d.DialEarly(testContext(t), host, port, socks5.Auth{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("error = %v", err)
	}
	close(proceed)
	wantRead(t, c, "hello")
}

// TestCloseEndsTheWait: Read and whoever waits for the reply learn of Close.
func TestCloseEndsTheWait(t *testing.T) {
	d := listen(t, "unix", play(t, false, step{greeting, "\x05\x00"}, step{request, ""}))
	var told replies
	c, err := d.DialEarly(testContext(t), host, port, socks5.Auth{}, told.note)
	if err != nil {
		t.Fatal(err)
	}
	failed := make(chan error, 1)
	go func() {
		_, err := c.Read(make([]byte, 1))
		failed <- err
	}()
	time.Sleep(10 * time.Millisecond)
	c.Close()
	if err := <-failed; !errors.Is(err, net.ErrClosed) {
		t.Errorf("error = %v", err)
	}
	told.want(t, net.ErrClosed)
}

// TestConcurrentUse has a server that answers as it reads, so that who writes is
// stuck until somebody reads: the first Read must not wait for that.
func TestConcurrentUse(t *testing.T) {
	const size = 1 << 20
	d := listen(t, "unix", func(c net.Conn) {
		play(t, true, step{greeting, "\x05\x00"}, step{request, reply})(c)
		_, _ = io.Copy(c, c)
	})
	c, err := d.DialEarly(testContext(t), host, port, socks5.Auth{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	sent := make(chan error, 1)
	go func() {
		for range size / 1024 {
			if _, err := c.Write(make([]byte, 1024)); err != nil {
				sent <- err
				return
			}
		}
		sent <- nil
	}()
	time.Sleep(50 * time.Millisecond) // until the writer is stuck
	if n, err := io.CopyN(io.Discard, c, size); n != size {
		t.Fatalf("%d bytes, %v", n, err)
	}
	if err := <-sent; err != nil {
		t.Fatal(err)
	}
}

func TestIPAddresses(t *testing.T) {
	for host, want := range map[string]string{
		"192.0.2.7":        "\x05\x01\x00\x01\xc0\x00\x02\x07\x12\x34",
		"::ffff:192.0.2.7": "\x05\x01\x00\x01\xc0\x00\x02\x07\x12\x34",
		"2001:db8::1":      "\x05\x01\x00\x04\x20\x01\x0d\xb8" + strings.Repeat("\x00", 11) + "\x01\x12\x34",
	} {
		d := listen(t, "unix", play(t, false, step{greeting, "\x05\x00"}, step{want, reply}))
		c, err := d.Dial(testContext(t), host, port, socks5.Auth{})
		if err != nil {
			t.Fatalf("%s: %v", host, err)
		}
		c.Close()
	}
	d := listen(t, "unix", play(t, false))
	if c, err := d.Dial(testContext(t), "fe80::1%eth0", port, socks5.Auth{}); err == nil {
		c.Close()
		t.Error("an address with a zone was asked for")
	}
}

// TestRefusalBehindBrokenPipe: a write that fails because tor has refused and hung
// up tells the refusal.
func TestRefusalBehindBrokenPipe(t *testing.T) {
	gone := make(chan struct{})
	d := listen(t, "unix", func(c net.Conn) {
		play(t, true, step{greeting, "\x05\x00"}, step{request, "\x05\x05\x00\x01\x00\x00\x00\x00\x00\x00"})(c)
		c.Close()
		close(gone)
	})
	c, err := d.DialEarly(testContext(t), host, port, socks5.Auth{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Write(nil); err != nil {
		t.Fatal(err)
	}
	<-gone
	_, err = c.Write([]byte("early"))
	wantCode(t, err, 0x05)
}
