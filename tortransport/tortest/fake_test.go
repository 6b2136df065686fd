package tortest_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport/tortest"
)

// controller is a plain client of a control port.
type controller struct {
	tb testing.TB
	net.Conn
	lines *bufio.Reader
}

// dialAddr connects to HOST:PORT or unix:PATH.
func dialAddr(tb testing.TB, addr string) net.Conn {
	tb.Helper()
	network := "tcp"
	if path, ok := strings.CutPrefix(addr, "unix:"); ok {
		network, addr = "unix", path
	}
	conn, err := net.DialTimeout(network, addr, 5*time.Second)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	return conn
}

func dialController(tb testing.TB, addr string) *controller {
	tb.Helper()
	conn := dialAddr(tb, addr)
	return &controller{tb: tb, Conn: conn, lines: bufio.NewReader(conn)}
}

// authenticated is a controller of a fake that asks for no secret.
func authenticated(tb testing.TB, f *tortest.Fake) *controller {
	tb.Helper()
	c := dialController(tb, f.ControlAddr())
	c.want("AUTHENTICATE", "250 OK")
	return c
}

func (c *controller) send(line string) {
	c.tb.Helper()
	if _, err := io.WriteString(c, line+"\r\n"); err != nil {
		c.tb.Fatal(err)
	}
}

// reply reads one reply or event, its lines joined by "\n"; "EOF" at the end.
func (c *controller) reply() string {
	c.tb.Helper()
	var reply []string
	data := false
	for {
		line, err := c.lines.ReadString('\n')
		if err == io.EOF {
			return strings.Join(append(reply, line+"EOF"), "\n")
		}
		if err != nil {
			c.tb.Fatalf("after %q: %v", reply, err)
		}
		line = strings.TrimSuffix(line, "\r\n")
		reply = append(reply, line)
		switch {
		case data:
			data = line != "."
		case len(line) > 3 && line[3] == '+':
			data = true
		case len(line) < 4 || line[3] != '-':
			return strings.Join(reply, "\n")
		}
	}
}

func (c *controller) ask(line string) string {
	c.tb.Helper()
	c.send(line)
	return c.reply()
}

func (c *controller) want(line, reply string) {
	c.tb.Helper()
	if got := c.ask(line); got != reply {
		c.tb.Fatalf("%.60s: got %q, want %q", line, got, reply)
	}
}

func (c *controller) wantEOF() {
	c.tb.Helper()
	if _, err := c.lines.ReadByte(); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		c.tb.Fatalf("the connection is still open (%v)", err)
	}
}

// eventually waits for a condition that another goroutine of the fake brings
// about.
func eventually(tb testing.TB, what string, condition func() bool) {
	tb.Helper()
	for deadline := time.Now().Add(5 * time.Second); !condition(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			tb.Fatal("never happened: " + what)
		}
	}
}

func TestFakeAddresses(t *testing.T) {
	f := tortest.NewFake(t)
	for _, addr := range []string{f.ControlAddr(), f.SocksAddr()} {
		if !strings.HasPrefix(addr, "127.0.0.1:") {
			t.Errorf("address %q is not loopback TCP", addr)
		}
	}
	dir := t.TempDir()
	f = tortest.NewFake(t, tortest.FakeUnix(dir))
	if got, want := f.ControlAddr(), "unix:"+filepath.Join(dir, "control.sock"); got != want {
		t.Errorf("control address %q, want %q", got, want)
	}
	if got, want := f.SocksAddr(), "unix:"+filepath.Join(dir, "socks.sock"); got != want {
		t.Errorf("SOCKS address %q, want %q", got, want)
	}
	authenticated(t, f).want("QUIT", "250 closing connection")
}

func TestFakeDoesNotStart(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	if _, err := tortest.StartFake(tortest.FakeUnix(missing)); err == nil {
		t.Error("started in a folder that does not exist")
	}
	if _, err := tortest.StartFake(tortest.FakeCookie(filepath.Join(missing, "cookie"))); err == nil {
		t.Error("started without its cookie")
	}
}

func TestFakeClose(t *testing.T) {
	cookie := filepath.Join(t.TempDir(), "cookie")
	f, err := tortest.StartFake(tortest.FakeCookie(cookie))
	if err != nil {
		t.Fatal(err)
	}
	f.OnCommand(func(string) tortest.FakeReply { return tortest.FakeReply{Delay: time.Hour} })
	f.OnSocks(func(tortest.FakeRequest) tortest.FakeSocksReply {
		return tortest.FakeSocksReply{Delay: time.Hour, Code: 1}
	})
	c := dialController(t, f.ControlAddr())
	c.send("AUTHENTICATE")
	s := dialAddr(t, f.SocksAddr())
	socksGreet(t, s)
	socksAsk(t, s, "example.onion", 80)
	eventually(t, "both hooks are waiting", func() bool { return len(f.Commands()) == 1 && len(f.Requests()) == 1 })
	f.Close()
	f.Close()
	c.wantEOF()
	if _, err := os.Stat(cookie); !os.IsNotExist(err) {
		t.Errorf("the cookie is still there: %v", err)
	}
	if _, err := net.Dial("tcp", f.ControlAddr()); err == nil {
		t.Error("the control port is still open")
	}
}

func TestFakeRestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cookie")
	f := tortest.NewFake(t, tortest.FakeCookie(path), tortest.FakePassword("pw"))
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	c := dialController(t, f.ControlAddr())
	c.want(`AUTHENTICATE "pw"`, "250 OK")
	c.ask("ADD_ONION NEW:BEST Flags=Detach Port=80")
	f.SetBootstrap(10, "conn", "Connecting")
	if err := f.Restart(); err != nil {
		t.Fatal(err)
	}
	c.wantEOF()
	if left := f.Services(); len(left) != 0 {
		t.Errorf("services survived: %v", left)
	}
	after, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(before) == string(after) || len(after) != 32 {
		t.Error("the cookie is not a new one")
	}
	c = dialController(t, f.ControlAddr())
	c.want(`AUTHENTICATE "pw"`, "250 OK")
	c.want("GETINFO status/bootstrap-phase", "250-status/bootstrap-phase=NOTICE BOOTSTRAP PROGRESS=100 TAG=done SUMMARY=\"Done\"\n250 OK")
}

func TestFakeDropControl(t *testing.T) {
	f := tortest.NewFake(t)
	c := authenticated(t, f)
	c.ask("ADD_ONION NEW:BEST Port=80")
	c.ask("ADD_ONION NEW:BEST Flags=Detach Port=80")
	if n := len(f.Services()); n != 2 {
		t.Fatalf("%d services, want 2", n)
	}
	f.DropControl()
	if n := len(f.Services()); n != 1 {
		t.Errorf("%d services, want the detached one", n)
	}
	c.wantEOF()
	authenticated(t, f)
}

func TestFakeServiceEndsWithItsConnection(t *testing.T) {
	f := tortest.NewFake(t)
	c := authenticated(t, f)
	c.ask("ADD_ONION NEW:BEST Port=80")
	c.Close()
	eventually(t, "the service is gone", func() bool { return len(f.Services()) == 0 })
}
