package socks5_test

import (
	"context"
	"errors"
	"io"
	"net"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/onionwire/onionwire/tortransport/internal/socks5"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	host = "abcdefghijklmnop.onion"
	port = 0x1234
)

var isolated = socks5.Auth{User: "user", Password: "secret"}

// listen opens a SOCKS port that hands every connection to serve, one after the
// other, and closes it after that.
func listen(t testing.TB, network string, serve func(net.Conn)) socks5.Dialer {
	t.Helper()
	address := "127.0.0.1:0"
	if network == "unix" {
		address = filepath.Join(t.TempDir(), "s")
	}
	l, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			serve(c)
			c.Close()
		}
	})
	t.Cleanup(func() {
		l.Close()
		running.Wait()
	})
	return socks5.Dialer{Network: network, Address: l.Addr().String()}
}

// step is one thing that the client sends and the answer to it.
type step struct{ want, say string }

const (
	greeting     = "\x05\x01\x00"
	authGreeting = "\x05\x01\x02"
	authRequest  = "\x01\x04user\x06secret"
	request      = "\x05\x01\x00\x03\x16" + host + "\x12\x34"
	reply        = "\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"
)

// play goes through the steps and fails the test if the client sends something
// else. It returns when the client hangs up, or behind the last step if hangUp.
func play(t testing.TB, hangUp bool, steps ...step) func(net.Conn) {
	t.Helper()
	return func(c net.Conn) {
		for _, s := range steps {
			got := make([]byte, len(s.want))
			if _, err := io.ReadFull(c, got); err != nil {
				return // the client does not go on, the test knows whether it should
			}
			if string(got) != s.want {
				t.Errorf("client sent %q, want %q", got, s.want)
			}
			if _, err := io.WriteString(c, s.say); err != nil {
				return
			}
		}
		if !hangUp {
			_, _ = io.Copy(io.Discard, c)
		}
	}
}

func testContext(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// dialErr is the error of a Dial that must fail.
func dialErr(t testing.TB, d socks5.Dialer, auth socks5.Auth) error {
	t.Helper()
	c, err := d.Dial(testContext(t), host, port, auth)
	if err == nil {
		c.Close()
		t.Fatal("Dial succeeded")
	}
	return err
}

func wantCode(t testing.TB, err error, code byte) {
	t.Helper()
	var refused *socks5.ReplyError
	if !errors.As(err, &refused) || refused.Code != code {
		t.Errorf("error = %v, want reply 0x%02x", err, code)
	}
}
