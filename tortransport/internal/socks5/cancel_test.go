package socks5_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport/internal/socks5"
)

func contextWithCancel(t testing.TB) (context.Context, context.CancelFunc) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	return ctx, cancel
}

// TestCancelAtEveryStep ends the context while the client waits for an answer,
// none of which comes, and expects that both Dial and the socket end with it.
func TestCancelAtEveryStep(t *testing.T) {
	steps := []step{
		{authGreeting, "\x05\x02"},
		{authRequest, "\x01\x00"},
		{request, "\x05\x00\x00\x03"},
		{"", "\x09abc"},
		{"", "\xf0"},
	}
	for _, network := range []string{"tcp", "unix"} {
		for n := range len(steps) + 1 {
			ctx, cancel := contextWithCancel(t)
			closed := make(chan error, 1)
			d := listen(t, network, func(c net.Conn) {
				play(t, true, steps[:n]...)(c)
				if n < len(steps) {
					_, _ = io.ReadFull(c, make([]byte, len(steps[n].want)))
				}
				cancel()
				_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
				_, err := c.Read(make([]byte, 1))
				closed <- err
			})
			c, err := d.Dial(ctx, host, port, isolated)
			if err == nil {
				c.Close()
			}
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%s, step %d: error = %v", network, n, err)
			}
			if err := <-closed; err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("%s, step %d: the socket is still open: %v", network, n, err)
			}
		}
	}
}

func TestDeadline(t *testing.T) {
	d := listen(t, "tcp", play(t, false, step{greeting, "\x05\x00"}))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	begin := time.Now()
	_, err := d.Dial(ctx, host, port, socks5.Auth{})
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) > 5*time.Second {
		t.Errorf("after %s: %v", time.Since(begin), err)
	}
}

func TestContextThatHasEnded(t *testing.T) {
	d := listen(t, "tcp", play(t, false, step{greeting, "\x05\x00"}, step{request, reply}))
	ctx, cancel := contextWithCancel(t)
	cancel()
	if _, err := d.Dial(ctx, host, port, socks5.Auth{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v", err)
	}
}
