package rpc_test

import (
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// dialAs connects as another user. The thread that does so ends afterwards: its user
// is its own.
func dialAs(t *testing.T, path string, uid int) *raw {
	t.Helper()
	type result struct {
		c   net.Conn
		err error
	}
	done := make(chan result)
	go func() {
		runtime.LockOSThread() // for ever
		if _, _, errno := syscall.RawSyscall(unix.SYS_SETRESUID, uintptr(uid), uintptr(uid), uintptr(uid)); errno != 0 {
			done <- result{nil, errno}
			return
		}
		c, err := net.Dial("unix", path)
		done <- result{c, err}
	}()
	r := <-done
	if r.err != nil {
		t.Fatal(r.err)
	}
	t.Cleanup(func() { r.c.Close() })
	r.c.SetDeadline(time.Now().Add(patience))
	return &raw{Conn: r.c}
}

// Modes that somebody has changed let other users in, whom the socket itself then
// refuses. Only root can become somebody else to try; others see that they are not
// refused themselves.
func TestOtherUsersAreRefused(t *testing.T) {
	s := start(t)
	if os.Geteuid() != 0 {
		s.client(t, s.secret(t)).must(t, "ping", nil, nil)
		return
	}
	for path, mode := range map[string]os.FileMode{filepath.Dir(s.path): 0o755, s.path: 0o666} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	c := dialAs(t, s.path, 65534)
	buf := make([]byte, 1)
	if n, err := c.Conn.Read(buf); n != 0 || err == nil {
		t.Error("another user is answered")
	}
	eventually(t, "it is in the log", func() bool { return strings.Contains(s.log.String(), "another user") })
	s.client(t, s.secret(t)).must(t, "ping", nil, nil)
}
