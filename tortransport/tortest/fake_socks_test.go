package tortest_test

import (
	"bytes"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base32"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport/tortest"
)

// echoServer answers every connection with what it gets, until the test ends.
func echoServer(tb testing.TB, network, address string) net.Listener {
	tb.Helper()
	l, err := net.Listen(network, address)
	if err != nil {
		tb.Fatal(err)
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			io.Copy(conn, conn) // one at a time is enough
			conn.Close()
		}
	}()
	tb.Cleanup(func() {
		l.Close()
		<-served
	})
	return l
}

// addService adds a service and returns its host name.
func addService(tb testing.TB, c *controller, args string) string {
	tb.Helper()
	reply, _, _ := strings.Cut(c.ask("ADD_ONION NEW:BEST Flags=DiscardPK "+args), "\n")
	id, ok := strings.CutPrefix(reply, "250-ServiceID=")
	if !ok {
		tb.Fatalf("reply %q", reply)
	}
	return id + ".onion"
}

func exchange(tb testing.TB, conn net.Conn, request, reply []byte) {
	tb.Helper()
	if _, err := conn.Write(request); err != nil {
		tb.Fatal(err)
	}
	got := make([]byte, len(reply))
	if n, err := io.ReadFull(conn, got); err != nil || !bytes.Equal(got, reply) {
		tb.Fatalf("to % x: got % x (%v), want % x", request, got[:n], err, reply)
	}
}

func socksGreet(tb testing.TB, conn net.Conn) {
	tb.Helper()
	exchange(tb, conn, []byte{5, 1, 0}, []byte{5, 0})
}

func socksGreetAs(tb testing.TB, conn net.Conn, user, password string) {
	tb.Helper()
	exchange(tb, conn, []byte{5, 2, 0, 2}, []byte{5, 2})
	exchange(tb, conn, slices.Concat([]byte{1, byte(len(user))}, []byte(user), []byte{byte(len(password))}, []byte(password)), []byte{1, 0})
}

// socksAsk sends a request with early data right behind it.
func socksAsk(tb testing.TB, conn net.Conn, host string, port int, early ...string) {
	tb.Helper()
	request := append([]byte{5, 1, 0, 3, byte(len(host))}, host...)
	request = append(request, byte(port>>8), byte(port))
	if _, err := conn.Write(append(request, strings.Join(early, "")...)); err != nil {
		tb.Fatal(err)
	}
}

// socksReply is a reply as the fake words it on a kind of socket.
func socksReply(conn net.Conn, code byte) []byte {
	if conn.LocalAddr().Network() == "unix" {
		return append([]byte{5, code, 0, 4}, make([]byte, 18)...)
	}
	return append([]byte{5, code, 0, 1}, make([]byte, 6)...)
}

// wantRest reads the connection to its end.
func wantRest(tb testing.TB, conn net.Conn, want []byte) {
	tb.Helper()
	got, err := io.ReadAll(conn)
	if err != nil || !bytes.Equal(got, want) {
		tb.Fatalf("got % x (%v), want % x", got, err, want)
	}
}

func TestFakeSocksEcho(t *testing.T) {
	dir := t.TempDir()
	tcp := echoServer(t, "tcp", "127.0.0.1:0")
	unix := echoServer(t, "unix", filepath.Join(dir, "echo.sock"))
	port := tcp.Addr().(*net.TCPAddr).Port
	for name, f := range map[string]*tortest.Fake{"tcp": tortest.NewFake(t), "unix": tortest.NewFake(t, tortest.FakeUnix(dir))} {
		host := addService(t, authenticated(t, f), fmt.Sprintf("Port=80,%s Port=81,%d Port=82,unix:%s", tcp.Addr(), port, unix.Addr()))
		for virtual := 80; virtual <= 82; virtual++ {
			t.Run(fmt.Sprintf("%s %d", name, virtual), func(t *testing.T) {
				conn := dialAddr(t, f.SocksAddr())
				socksGreetAs(t, conn, "<torS0X>0", "token")
				early := bytes.Repeat([]byte("early "), 20000)
				socksAsk(t, conn, "sub."+strings.ToUpper(host), virtual, string(early))
				exchange(t, conn, nil, socksReply(conn, 0))
				exchange(t, conn, nil, early)
				exchange(t, conn, []byte("later"), []byte("later"))
				conn.Close()
			})
		}
	}
}

// TestFakeSocksEarlyData sees data at the service before the reply is out.
func TestFakeSocksEarlyData(t *testing.T) {
	service, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer service.Close()
	f := tortest.NewFake(t)
	held := make(chan struct{})
	f.OnSocks(func(tortest.FakeRequest) tortest.FakeSocksReply {
		close(held)
		return tortest.FakeSocksReply{Delay: 300 * millisecond}
	})
	host := addService(t, authenticated(t, f), "Port=80,"+service.Addr().String())
	conn := dialAddr(t, f.SocksAddr())
	socksGreet(t, conn)
	socksAsk(t, conn, host, 80, "hello")
	<-held
	inbound, err := service.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer inbound.Close()
	exchange(t, inbound, []byte("world"), []byte("hello"))
	exchange(t, conn, nil, append(socksReply(conn, 0), "world"...))
	inbound.Close()
	wantRest(t, conn, nil)
}

// TestFakeLag: what is carried is late in both directions, the reply is not.
func TestFakeLag(t *testing.T) {
	const lag = 50 * millisecond
	f := tortest.NewFake(t)
	f.OnSocks(func(tortest.FakeRequest) tortest.FakeSocksReply { return tortest.FakeSocksReply{Lag: lag} })
	service := echoServer(t, "tcp", "127.0.0.1:0")
	host := addService(t, authenticated(t, f), "Port=80,"+service.Addr().String())
	conn := dialAddr(t, f.SocksAddr())
	socksGreet(t, conn)
	socksAsk(t, conn, host, 80)
	exchange(t, conn, nil, socksReply(conn, 0))
	for range 3 {
		begin := time.Now()
		exchange(t, conn, []byte("hello"), []byte("hello"))
		if took := time.Since(begin); took < 2*lag {
			t.Errorf("an answer after %s, want at least %s", took, 2*lag)
		}
	}
}

func TestFakeSocksRefusals(t *testing.T) {
	f := tortest.NewFake(t)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	missing := filepath.Join(t.TempDir(), "missing")
	host := addService(t, authenticated(t, f), fmt.Sprintf("Port=80,%s Port=81,unix:%s", closed.Addr(), missing))
	_, unknown := onionKey(t)
	for _, test := range []struct {
		name string
		host string
		port int
		code byte
	}{
		{"unknown service", unknown + ".onion", 80, 0xF0},
		{"closed virtual port", host, 8080, 0x05},
		{"nobody at the target", host, 80, 0x01},
		{"no target", host, 81, 0x01},
		{"wrong checksum", strings.Repeat("a", 55) + "d.onion", 80, 0xF6},
		{"version 2 address", "aaaaaaaaaaaaaaaa.onion", 80, 0xF6},
		{"not an onion", "example.com", 80, 0x02},
	} {
		t.Run(test.name, func(t *testing.T) {
			conn := dialAddr(t, f.SocksAddr())
			socksGreet(t, conn)
			socksAsk(t, conn, test.host, test.port)
			wantRest(t, conn, socksReply(conn, test.code))
		})
	}
	want := []tortest.FakeRequest{{Host: unknown + ".onion", Port: 80}, {Host: host, Port: 8080}}
	if got := f.Requests()[:2]; !slices.Equal(got, want) {
		t.Errorf("recorded %v, want %v", got, want)
	}
}

func TestFakeSocksIsolation(t *testing.T) {
	f := tortest.NewFake(t)
	want := []tortest.FakeRequest{
		{User: "<torS0X>0", Password: "one", Host: "a.onion", Port: 1},
		{User: "alice", Host: "b.onion", Port: 2},
		{Host: "c.onion", Port: 3},
	}
	for _, req := range want {
		conn := dialAddr(t, f.SocksAddr())
		if req.User == "" {
			socksGreet(t, conn)
		} else {
			socksGreetAs(t, conn, req.User, req.Password)
		}
		socksAsk(t, conn, req.Host, req.Port)
		wantRest(t, conn, socksReply(conn, 0xF6))
	}
	if got := f.Requests(); !slices.Equal(got, want) {
		t.Errorf("recorded %v, want %v", got, want)
	}
}

func TestFakeSocksMalformed(t *testing.T) {
	f := tortest.NewFake(t)
	short := []byte{5, 1, 0, 1, 0, 0, 0, 0, 0, 0}
	unsupported := []byte{5, 7, 0, 1, 0, 0, 0, 0, 0, 0}
	for _, test := range []struct {
		name    string
		greeted bool
		send    string
		want    []byte
	}{
		{"SOCKS 4", false, "\x04\x01\x00\x50", nil},
		{"no known method", false, "\x05\x01\x01", []byte{5, 0xFF}},
		{"no method", false, "\x05\x00", []byte{5, 0xFF}},
		{"greeting and request at once", false, "\x05\x01\x00\x05\x01\x00\x03", nil},
		{"version", true, "\x04\x01\x00\x03", short},
		{"BIND", true, "\x05\x02\x00\x03", unsupported},
		{"UDP ASSOCIATE", true, "\x05\x03\x00\x03", unsupported},
		{"command", true, "\x05\x09\x00\x03", short},
		{"address type", true, "\x05\x01\x00\x05", short},
		{"empty name", true, "\x05\x01\x00\x03\x00\x00\x50", short},
		{"IPv4", true, "\x05\x01\x00\x01\x7f\x00\x00\x01\x00\x50", []byte{5, 2, 0, 1, 0, 0, 0, 0, 0, 0}},
		{"IPv6", true, "\x05\x01\x00\x04" + strings.Repeat("\x00", 16) + "\x00\x50", []byte{5, 2, 0, 1, 0, 0, 0, 0, 0, 0}},
	} {
		t.Run(test.name, func(t *testing.T) {
			conn := dialAddr(t, f.SocksAddr())
			if test.greeted {
				socksGreet(t, conn)
			}
			if _, err := io.WriteString(conn, test.send); err != nil {
				t.Fatal(err)
			}
			wantRest(t, conn, test.want)
		})
	}
	for _, user := range []string{"<torS0X>", "<torS0X>1", "<torS0X>0x"} {
		conn := dialAddr(t, f.SocksAddr())
		exchange(t, conn, []byte{5, 1, 2}, []byte{5, 2})
		if _, err := conn.Write(append([]byte{1, byte(len(user))}, user+"\x00"...)); err != nil {
			t.Fatal(err)
		}
		wantRest(t, conn, socksReply(conn, 1))
	}
}

func TestFakeSocksClientAuth(t *testing.T) {
	f := tortest.NewFake(t)
	c := authenticated(t, f)
	key, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(key.PublicKey().Bytes())
	echo := echoServer(t, "tcp", "127.0.0.1:0")
	reply := c.ask("ADD_ONION NEW:BEST Flags=DiscardPK,V3Auth ClientAuthV3=" + public + " Port=80," + echo.Addr().String())
	lines := strings.Split(reply, "\n")
	if len(lines) != 3 || lines[1] != "250-ClientAuthV3="+public {
		t.Fatalf("reply %q", reply)
	}
	id := strings.TrimPrefix(lines[0], "250-ServiceID=")
	dial := func(code byte) {
		t.Helper()
		conn := dialAddr(t, f.SocksAddr())
		socksGreet(t, conn)
		socksAsk(t, conn, id+".onion", 80)
		exchange(t, conn, nil, socksReply(conn, code))
		conn.Close()
	}
	dial(0xF4)
	wrong := base64.StdEncoding.EncodeToString(slices.Repeat([]byte{7}, 32))
	c.want("ONION_CLIENT_AUTH_ADD "+id+" x25519:"+wrong, "250 OK")
	dial(0xF5)
	right := base64.StdEncoding.EncodeToString(key.Bytes())
	c.want("ONION_CLIENT_AUTH_ADD "+id+" x25519:"+right, "251 Client for onion existed and replaced")
	dial(0)
	c.want("ONION_CLIENT_AUTH_REMOVE "+id, "250 OK")
	dial(0xF4)
}

// TestFakeStreamOutlivesItsService shows what tor does too: DEL_ONION ends no
// stream.
func TestFakeStreamOutlivesItsService(t *testing.T) {
	f := tortest.NewFake(t)
	c := authenticated(t, f)
	host := addService(t, c, "Port=80,"+echoServer(t, "tcp", "127.0.0.1:0").Addr().String())
	conn := dialAddr(t, f.SocksAddr())
	socksGreet(t, conn)
	socksAsk(t, conn, host, 80)
	exchange(t, conn, nil, socksReply(conn, 0))
	c.want("DEL_ONION "+strings.TrimSuffix(host, ".onion"), "250 OK")
	exchange(t, conn, []byte("still here"), []byte("still here"))
	if err := f.Restart(); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 1)); err == nil {
		t.Error("the stream outlived a restart")
	}
}
