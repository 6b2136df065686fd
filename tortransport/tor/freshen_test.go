//go:build unix

package tor_test

import (
	"context"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport/internal/socks5"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// TestFreshen takes a service from a tor that has stopped, and that the relays still take
// for connected, to another. Who knows the service from before waits for the one that has
// stopped, until tor is made to look again.
func TestFreshen(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		token           string // of the dial that hangs
		question, hangs string
	}{
		"a circuit to it is open":      {"first", "GETINFO stream-status", "SENTCONNECT"},
		"it is yet to be connected to": {"second", "GETINFO circuit-status", "HSCR_ESTABLISHED_WAITING"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			other, _ := pair(t)
			stopped := start(t, tor.Config{Torrc: privateNetwork(t).Torrc()}.WithHeartbeat(time.Hour))
			dialer := start(t, tor.Config{Torrc: privateNetwork(t).Torrc()})
			key := newKey(t)
			dialAs := func(ctx context.Context, token string) (net.Conn, error) {
				socks := dialer.SOCKS()
				return socks5.Dialer{Network: socks.Network, Address: socks.Address}.
					Dial(ctx, key.Address().String(), virtualPort, socks5.Auth{User: "<torS0X>0", Password: token})
			}
			freshen := func() int {
				t.Helper()
				closed, err := dialer.Freshen(testContext(t), key.Address())
				if err != nil {
					t.Error(err)
				}
				return closed
			}
			if n := freshen(); n != 0 {
				t.Errorf("a service that nobody has dialled: %d circuits are given up", n)
			}
			s := publish(t, stopped, key)
			if err := s.Ready(testContext(t)); err != nil {
				t.Fatal(err)
			}
			c, err := dialAs(testContext(t), "first")
			if err != nil {
				t.Fatal(err)
			}
			if n := freshen(); n != 0 {
				t.Errorf("a service that is as it was: %d circuits are given up", n)
			}
			ping(t, c)

			if err := syscall.Kill(stopped.Child(), syscall.SIGSTOP); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = syscall.Kill(stopped.Child(), syscall.SIGCONT) }) // so that it ends at once
			if err := publish(t, other, key).Ready(testContext(t)); err != nil {
				t.Fatal(err)
			}
			begin := time.Now()
			ctx := within(t, manyDials)
			reached := make(chan net.Conn, 1)
			go func() {
				defer close(reached)
				for ctx.Err() == nil {
					if c, err := dialAs(ctx, tc.token); err == nil {
						reached <- c
						return
					}
				}
			}()
			for !strings.Contains(strings.Join(ask(t, dialer, tc.question), " "), tc.hangs) {
				time.Sleep(10 * time.Millisecond)
			}
			if n := freshen(); n == 0 {
				t.Error("no circuit is given up")
			}
			for again := time.NewTicker(hungAfter); ; {
				select {
				case c, ok := <-reached:
					if !ok {
						t.Fatal("no dial reached the service")
					}
					t.Logf("reached after %s", time.Since(begin).Round(time.Millisecond))
					ping(t, c)
					return
				case <-again.C: // the directory may not have had the new descriptor
					closed, err := dialer.Freshen(testContext(t), key.Address())
					t.Logf("another %d circuits are given up, %v", closed, err)
				}
			}
		})
	}
}
