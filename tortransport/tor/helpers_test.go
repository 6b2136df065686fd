package tor_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport/internal/socks5"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// start starts a managed daemon that ends with the test.
func start(t testing.TB, cfg tor.Config) *tor.Daemon {
	t.Helper()
	d, err := tor.Start(testContext(t), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// attach attaches to a daemon until the end of the test.
func attach(t testing.TB, cfg tor.AttachConfig) *tor.Daemon {
	t.Helper()
	d, err := tor.Attach(testContext(t), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func testContext(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), testTimeout)
	t.Cleanup(cancel)
	return ctx
}

// within is a context for what is to fail for lack of time.
func within(t testing.TB, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

func newKey(t testing.TB) onion.Key {
	t.Helper()
	k, err := onion.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func parseAddr(t testing.TB, s string) tor.Addr {
	t.Helper()
	a, err := tor.ParseAddr(s)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// shortDir is a temporary folder whose path leaves room for sockets.
func shortDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "t")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// script writes an executable shell script.
func script(t testing.TB, body string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "script")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+body+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// echo answers every connection with what it says, until the test ends. It does not
// wait for the other side to hang up then: a tor that was killed never does.
func echo(t testing.TB, l net.Listener) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var conns sync.WaitGroup
	conns.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			conns.Go(func() {
				defer c.Close()
				defer context.AfterFunc(ctx, func() { c.Close() })()
				_, _ = io.Copy(c, c) // the other side checks what comes back
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		cancel()
		conns.Wait()
	})
}

// publish publishes a service that echoes.
func publish(t testing.TB, d *tor.Daemon, key onion.Key) *tor.Service {
	t.Helper()
	l, err := d.ListenTarget()
	if err != nil {
		t.Fatal(err)
	}
	echo(t, l)
	s, err := d.Publish(tor.ServiceConfig{Key: key, Port: virtualPort, Target: l.Addr()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

const virtualPort = 4001

// dial connects through the SOCKS port of d.
func dial(ctx context.Context, d *tor.Daemon, host string, port uint16) (net.Conn, error) {
	socks := d.SOCKS()
	return socks5.Dialer{Network: socks.Network, Address: socks.Address}.
		Dial(ctx, host, port, socks5.Auth{User: "<torS0X>0", Password: "test"})
}

const (
	// hungAfter is when tor is made to look where the service is, as a transport does:
	// relays may have told it that they know one that has gone.
	hungAfter = 5 * time.Second
	// dialTimeout bounds one of several dials.
	dialTimeout = 30 * time.Second
	// manyDials bounds all of them.
	manyDials = 2 * testTimeout
)

// dialOnce connects to a service through the SOCKS port of d, or gives up.
func dialOnce(ctx context.Context, d *tor.Daemon, a onion.Address) (net.Conn, error) {
	var freshening sync.WaitGroup
	defer freshening.Wait()
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	freshening.Go(func() {
		select {
		case <-time.After(hungAfter):
			_, _ = d.Freshen(ctx, a) // the dial tells whether that was of use
		case <-ctx.Done():
		}
	})
	return dial(ctx, d, a.String(), virtualPort)
}

// ping sends a few bytes there and back.
func ping(t testing.TB, c net.Conn) {
	t.Helper()
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(testTimeout)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(c, "ping"); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 4)
	if _, err := io.ReadFull(c, b); err != nil || string(b) != "ping" {
		t.Fatalf("echo = %q, %v", b, err)
	}
}

// await waits for a channel to be closed.
func await(t testing.TB, c <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(testTimeout):
		t.Fatalf("no %s after %s", what, testTimeout)
	}
}

// wantErr fails the test unless err matches every one of the targets.
func wantErr(t testing.TB, err error, targets ...error) {
	t.Helper()
	for _, target := range targets {
		if !errors.Is(err, target) {
			t.Errorf("error = %v, want one that matches %q", err, target)
		}
	}
}

// wantText fails the test unless the text of err has every one of the parts.
func wantText(t testing.TB, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not contain %q", err, part)
		}
	}
}

// wantReply fails the test unless err is a certain reply of a SOCKS port.
func wantReply(t testing.TB, err error, code byte) {
	t.Helper()
	var reply *socks5.ReplyError
	if !errors.As(err, &reply) || reply.Code != code {
		t.Errorf("error = %v, want SOCKS reply 0x%02x", err, code)
	}
}

func listenLoopback(t testing.TB) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func hostPort(t testing.TB, a net.Addr) (string, uint16) {
	t.Helper()
	ap, err := netip.ParseAddrPort(a.String())
	if err != nil {
		t.Fatal(err)
	}
	return ap.Addr().String(), ap.Port()
}

// debugLog logs everything to w, which only one daemon may use.
func debugLog(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// ask sends a command over the control connection of d.
func ask(t testing.TB, d *tor.Daemon, command string) []string {
	t.Helper()
	answer, err := d.Ask(testContext(t), command)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}
