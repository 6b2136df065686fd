package sdnotify_test

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/sdnotify"
)

const testTimeout = 2 * time.Minute

// listen plays a service manager.
func listen(t *testing.T) *net.UnixConn {
	t.Helper()
	dir, err := os.MkdirTemp("", "ow-") // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		conn.Close()
		os.RemoveAll(dir)
	})
	t.Setenv("NOTIFY_SOCKET", path)
	t.Setenv("WATCHDOG_USEC", "")
	t.Setenv("WATCHDOG_PID", "")
	return conn
}

// hear returns what comes next.
func hear(t *testing.T, conn *net.UnixConn) string {
	t.Helper()
	conn.SetReadDeadline(time.Now().Add(testTimeout))
	b := make([]byte, 1024)
	n, err := conn.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	return string(b[:n])
}

func take(t *testing.T) *sdnotify.Manager {
	t.Helper()
	m, err := sdnotify.Take()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestTold(t *testing.T) {
	conn := listen(t)
	m := take(t)
	for _, v := range []string{"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"} {
		if _, ok := os.LookupEnv(v); ok {
			t.Errorf("children are told %s", v)
		}
	}
	for _, tc := range []struct {
		tell func() error
		want string
	}{
		{m.Ready, "READY=1\n"},
		{func() error { return m.Status("Tor is at 45%\nREADY=1") }, "STATUS=Tor is at 45% READY=1\n"},
		{func() error { return m.Status(strings.Repeat("ü", 200)) }, "STATUS=" + strings.Repeat("ü", 100) + "\n"},
		{m.Stopping, "STOPPING=1\n"},
	} {
		if err := tc.tell(); err != nil {
			t.Fatal(err)
		}
		if got := hear(t, conn); got != tc.want {
			t.Errorf("it hears %q, want %q", got, tc.want)
		}
	}
	conn.Close()
	if m.Ready() == nil {
		t.Error("a manager that is gone takes it")
	}
}

func TestNobody(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", "")
	m := take(t)
	if m != nil {
		t.Fatal("there is a manager")
	}
	if err := errors.Join(m.Ready(), m.Status("x"), m.Stopping()); err != nil {
		t.Error(err)
	}
	m.Follow(t.Context(), nil)
}

func TestNonsense(t *testing.T) {
	for _, env := range [][2]string{{"vsock:2:1", ""}, {"/run/notify", "soon"}, {"/run/notify", "-1"}, {"/run/notify", "99999999999999999"}} {
		t.Setenv("NOTIFY_SOCKET", env[0])
		t.Setenv("WATCHDOG_USEC", env[1])
		if _, err := sdnotify.Take(); err == nil {
			t.Errorf("%q is taken", env)
		}
	}
}

// The watchdog hears of a service that answers, and of no other.
func TestFollow(t *testing.T) {
	conn := listen(t)
	t.Setenv("WATCHDOG_USEC", "750000")
	t.Setenv("WATCHDOG_PID", strconv.Itoa(os.Getpid()))
	m := take(t)
	var text atomic.Value
	text.Store("one")
	ctx, cancel := context.WithCancel(t.Context())
	var following sync.WaitGroup
	following.Go(func() {
		m.Follow(ctx, func(context.Context) (string, error) {
			if s := text.Load().(string); s != "" {
				return s, nil
			}
			return "", errors.New("it hangs")
		})
	})
	defer following.Wait()
	defer cancel()
	for _, want := range []string{"WATCHDOG=1\n", "STATUS=one\n", "WATCHDOG=1\n", "WATCHDOG=1\n"} {
		if got := hear(t, conn); got != want {
			t.Errorf("it hears %q, want %q", got, want)
		}
	}
	text.Store("two")
	for hear(t, conn) != "STATUS=two\n" {
	}
	text.Store("")
	conn.SetReadDeadline(time.Now().Add(500 * time.Millisecond))
	for b := make([]byte, 64); ; { // what was on its way
		if _, err := conn.Read(b); err != nil {
			break
		}
	}
	conn.SetReadDeadline(time.Now().Add(time.Second))
	if n, err := conn.Read(make([]byte, 64)); err == nil {
		t.Errorf("a service that does not answer is told to be alive, in %d bytes", n)
	}
}

// A watchdog of another process is not ours.
func TestOtherProcess(t *testing.T) {
	conn := listen(t)
	t.Setenv("WATCHDOG_USEC", "750000")
	t.Setenv("WATCHDOG_PID", "1")
	m := take(t)
	ctx, cancel := context.WithCancel(t.Context())
	var following sync.WaitGroup
	following.Go(func() { m.Follow(ctx, func(context.Context) (string, error) { return "here", nil }) })
	if got := hear(t, conn); got != "STATUS=here\n" {
		t.Errorf("it hears %q", got)
	}
	cancel()
	following.Wait()
}
