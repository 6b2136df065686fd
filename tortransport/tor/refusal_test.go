package tor_test

import (
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport/tor"
)

func TestRefusalsTellNoSecrets(t *testing.T) {
	key := newKey(t)
	for name, c := range map[string]struct{ text, want string }{
		"address":           {"no " + key.Address().String(), "no " + key.Address().Short()},
		"service id":        {"no " + key.Address().ServiceID() + ", sorry", "no " + key.Address().Short() + ", sorry"},
		"key":               {"bad " + key.ControlString() + " here", "bad ED25519-V3:… here"},
		"terminal":          {"a\x1b[2Jb", "a?[2Jb"},
		"long":              {strings.Repeat("ab ", 1000), strings.Repeat("ab ", 85) + "a"},
		"what tor says":     {`Unrecognized key "net/listeners/socks"`, `Unrecognized key "net/listeners/socks"`},
		"cut in an address": {strings.Repeat("A", 4080) + " " + key.Address().String(), "… …"},
		"endless":           {strings.Repeat("A", 100_000), "…"},
		"another address":   {strings.Repeat("a", 56), "…"},
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

// hastyConn is a control port that answers and hangs up before the client's
// write has even returned.
type hastyConn struct {
	net.Conn // none: what is not here is not called
	answer   io.Reader
	asked    chan struct{}
	closed   chan struct{}
	once     sync.Once
	err      error // of the write
}

func (c *hastyConn) Read(b []byte) (int, error) {
	<-c.asked
	return c.answer.Read(b)
}

func (c *hastyConn) Write(b []byte) (int, error) {
	close(c.asked)
	<-c.closed
	return len(b), c.err
}

func (c *hastyConn) SetWriteDeadline(time.Time) error { return nil }

func (c *hastyConn) Close() error {
	c.once.Do(func() { close(c.closed) })
	return nil
}

// Tor hangs up behind the refusal of a password. The refusal counts.
func TestRefusalBeforeTheEnd(t *testing.T) {
	for i := range 100 {
		conn := &hastyConn{
			answer: strings.NewReader("515 Authentication failed\r\n"),
			asked:  make(chan struct{}), closed: make(chan struct{}),
		}
		if i%2 == 0 {
			conn.err = errors.New("broken pipe")
		}
		c := tor.NewControlConn(conn, func(string) {})
		_, err := c.Request(t.Context(), "AUTHENTICATE")
		c.Close()
		if !errors.Is(err, tor.ErrRefused) {
			t.Fatalf("error = %v, want a refusal", err)
		}
	}
}
