package tortest_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport/tortest"
)

const millisecond = time.Millisecond

// wantSilence makes sure that nothing arrives for a moment.
func wantSilence(tb testing.TB, conn net.Conn) {
	tb.Helper()
	conn.SetReadDeadline(time.Now().Add(50 * millisecond))
	n, err := conn.Read(make([]byte, 1))
	if n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		tb.Fatalf("read %d bytes: %v", n, err)
	}
	conn.SetReadDeadline(time.Now().Add(10 * time.Second))
}

func TestFakeOnCommand(t *testing.T) {
	events := slices.Repeat([]string{"650 HS_DESC JUNK"}, 5000)
	flood := strings.Repeat("650 HS_DESC JUNK\r\n", 5000)
	for _, test := range []struct {
		name  string
		reply tortest.FakeReply
		want  string
		ends  bool
	}{
		{"nothing scripted", tortest.FakeReply{}, "250-version=0.4.9.11\r\n250 OK\r\n", false},
		{"refusal", tortest.FakeReply{Lines: []string{"551 no"}}, "551 no\r\n", false},
		{"junk", tortest.FakeReply{Raw: "\x00\xff\r\n\r\nJUNK"}, "\x00\xff\r\n\r\nJUNK", false},
		{"cut", tortest.FakeReply{Cut: 9}, "250-versi", true},
		{"cut refusal", tortest.FakeReply{Lines: []string{"551 no"}, Cut: 2}, "55", true},
		{"cut behind the end", tortest.FakeReply{Lines: []string{"551 no"}, Cut: 99}, "551 no\r\n", true},
		{"drop", tortest.FakeReply{Drop: true}, "", true},
		{"silence", tortest.FakeReply{Silent: true}, "", false},
		{"events before", tortest.FakeReply{Before: events}, flood + "250-version=0.4.9.11\r\n250 OK\r\n", false},
		{"events behind", tortest.FakeReply{After: events}, "250-version=0.4.9.11\r\n250 OK\r\n" + flood, false},
		{"only events", tortest.FakeReply{Silent: true, Before: events}, flood, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := tortest.NewFake(t)
			c := authenticated(t, f)
			heard := make(chan string, 1)
			f.OnCommand(func(cmd string) tortest.FakeReply {
				heard <- cmd
				return test.reply
			})
			c.send("GETINFO version")
			got := make([]byte, len(test.want))
			if _, err := io.ReadFull(c.lines, got); err != nil || string(got) != test.want {
				t.Fatalf("got %.80q (%v), want %.80q", got, err, test.want)
			}
			if cmd := <-heard; cmd != "GETINFO version" {
				t.Errorf("the hook heard %q", cmd)
			}
			if test.ends {
				c.wantEOF()
				return
			}
			wantSilence(t, c)
			f.OnCommand(nil)
			c.want("GETCONF", "250 OK")
		})
	}
}

func TestFakeOnCommandDelay(t *testing.T) {
	f := tortest.NewFake(t)
	c := authenticated(t, f)
	f.OnCommand(func(string) tortest.FakeReply { return tortest.FakeReply{Delay: 60 * millisecond} })
	begin := time.Now()
	c.want("GETCONF", "250 OK")
	if d := time.Since(begin); d < 60*millisecond {
		t.Errorf("answered after %v", d)
	}
}

// TestFakeOnCommandEffects shows which scripts leave a command undone: the
// controller of a cut reply has a service, a refused one has none.
func TestFakeOnCommandEffects(t *testing.T) {
	for name, test := range map[string]struct {
		reply    tortest.FakeReply
		services int
	}{
		"cut":     {tortest.FakeReply{Cut: 1}, 1},
		"refused": {tortest.FakeReply{Lines: []string{"551 no"}, Cut: 99}, 0},
		"dropped": {tortest.FakeReply{Drop: true}, 0},
	} {
		f := tortest.NewFake(t)
		c := authenticated(t, f)
		f.OnCommand(func(string) tortest.FakeReply { return test.reply })
		c.send("ADD_ONION NEW:BEST Flags=Detach Port=80")
		io.Copy(io.Discard, c)
		if n := len(f.Services()); n != test.services {
			t.Errorf("%s: %d services, want %d", name, n, test.services)
		}
	}
}

// TestFakeHookRestarts restarts the fake while it carries out a command: no
// service may come out of that.
func TestFakeHookRestarts(t *testing.T) {
	f := tortest.NewFake(t)
	c := authenticated(t, f)
	f.OnCommand(func(string) tortest.FakeReply {
		if err := f.Restart(); err != nil {
			t.Error(err)
		}
		return tortest.FakeReply{}
	})
	c.send("ADD_ONION NEW:BEST Flags=Detach Port=80")
	c.wantEOF()
	f.Close()
	if left := f.Services(); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

func TestFakeOnSocks(t *testing.T) {
	echo := echoServer(t, "tcp", "127.0.0.1:0")
	granted := "\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"
	for _, test := range []struct {
		name  string
		reply tortest.FakeSocksReply
		want  string
		ends  bool
	}{
		{"nothing scripted", tortest.FakeSocksReply{}, granted + "early", false},
		{"late", tortest.FakeSocksReply{Delay: 50 * millisecond}, granted + "early", false},
		{"code", tortest.FakeSocksReply{Code: 0xF3}, "\x05\xf3\x00\x01\x00\x00\x00\x00\x00\x00", true},
		{"late code", tortest.FakeSocksReply{Code: 0x08, Delay: 50 * millisecond}, "\x05\x08\x00\x01\x00\x00\x00\x00\x00\x00", true},
		{"junk", tortest.FakeSocksReply{Raw: []byte("HTTP/1.1 400")}, "HTTP/1.1 400", true},
		{"short", tortest.FakeSocksReply{Raw: []byte("\x05\x00\x00")}, "\x05\x00\x00", true},
		{"short and open", tortest.FakeSocksReply{Raw: []byte("\x05\x00\x00"), Silent: true}, "\x05\x00\x00", false},
		{"drop", tortest.FakeSocksReply{Drop: true}, "", true},
		{"never", tortest.FakeSocksReply{Silent: true}, "", false},
		{"cut towards the client", tortest.FakeSocksReply{CutReceived: 3}, granted + "ear", true},
		{"cut behind the reply", tortest.FakeSocksReply{CutReceived: -1}, granted, true},
		{"cut before the first byte", tortest.FakeSocksReply{CutSent: -1}, granted, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := tortest.NewFake(t)
			host := addService(t, authenticated(t, f), "Port=80,"+echo.Addr().String())
			heard := make(chan tortest.FakeRequest, 1)
			f.OnSocks(func(req tortest.FakeRequest) tortest.FakeSocksReply {
				heard <- req
				return test.reply
			})
			conn := dialAddr(t, f.SocksAddr())
			socksGreetAs(t, conn, "user", "pw")
			socksAsk(t, conn, host, 80, "early")
			exchange(t, conn, nil, []byte(test.want))
			if got, want := <-heard, (tortest.FakeRequest{User: "user", Password: "pw", Host: host, Port: 80}); got != want {
				t.Errorf("the hook heard %+v, want %+v", got, want)
			}
			if test.ends {
				if n, err := conn.Read(make([]byte, 1)); n != 0 || err == nil {
					t.Error("the connection is still open")
				}
			} else {
				wantSilence(t, conn)
			}
			conn.Close()
		})
	}
}

// TestFakeCutSent counts what reaches the service before the cut.
func TestFakeCutSent(t *testing.T) {
	service, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer service.Close()
	f := tortest.NewFake(t)
	f.OnSocks(func(tortest.FakeRequest) tortest.FakeSocksReply { return tortest.FakeSocksReply{CutSent: 100_000} })
	host := addService(t, authenticated(t, f), "Port=80,"+service.Addr().String())
	conn := dialAddr(t, f.SocksAddr())
	socksGreet(t, conn)
	data := bytes.Repeat([]byte("0123456789"), 15_000)
	socksAsk(t, conn, host, 80, string(data))
	inbound, err := service.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer inbound.Close()
	wantRest(t, inbound, data[:100_000])
	exchange(t, conn, nil, socksReply(conn, 0))
	if n, err := conn.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Error("the client's connection is still open")
	}
}
