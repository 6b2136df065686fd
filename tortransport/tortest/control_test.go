package tortest_test

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/proxy"

	"github.com/onionwire/onionwire/tortransport/tortest"
)

// endpoint splits an address of a client into what net.Dial takes.
func endpoint(addr string) (network, address string) {
	if path, ok := strings.CutPrefix(addr, "unix:"); ok {
		return "unix", path
	}
	return "tcp", addr
}

// control is an authenticated connection to a client's control port.
type control struct {
	t *testing.T
	*textproto.Conn
}

func dialControl(t *testing.T, c *tortest.Client) control {
	t.Helper()
	conn, err := textproto.Dial(endpoint(c.Control))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	ctl := control{t, conn}
	if c.CookieFile == "" {
		ctl.ask("AUTHENTICATE %q", c.Password)
		return ctl
	}
	cookie, err := os.ReadFile(c.CookieFile)
	if err != nil {
		t.Fatal(err)
	}
	ctl.ask("AUTHENTICATE %s", hex.EncodeToString(cookie))
	return ctl
}

// ask sends a command that must succeed and returns the reply.
func (c control) ask(format string, args ...any) string {
	c.t.Helper()
	if err := c.PrintfLine(format, args...); err != nil {
		c.t.Fatal(err)
	}
	_, reply, err := c.ReadResponse(250)
	if err != nil {
		c.t.Fatalf("%s: %v", strings.Fields(format)[0], err)
	}
	return reply
}

// echoOnion makes an onion service of the client that echoes, and returns its
// address. It lives as long as the test.
func echoOnion(t *testing.T, c *tortest.Client) string {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	// Whoever is gone, or was killed, may be missed late or never: nobody waits for that.
	ctx, cancel := context.WithCancel(context.Background())
	var conns sync.WaitGroup
	conns.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			conns.Go(func() {
				defer conn.Close()
				defer context.AfterFunc(ctx, func() { conn.Close() })()
				_, _ = io.Copy(conn, conn) // the other side checks what comes back
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		cancel()
		conns.Wait()
	})
	ctl := dialControl(t, c)
	ctl.ask("SETEVENTS HS_DESC")
	id, err := ctl.Cmd("ADD_ONION NEW:ED25519-V3 Flags=DiscardPK Port=80,%s", l.Addr())
	if err != nil {
		t.Fatal(err)
	}
	ctl.StartResponse(id)
	_, reply, err := ctl.ReadResponse(250)
	ctl.EndResponse(id)
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := strings.Cut(reply, "\n")
	service := strings.TrimPrefix(line, "ServiceID=")
	for {
		event, err := ctl.ReadLine()
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(event, "650 HS_DESC UPLOADED "+service) {
			return service + ".onion:80"
		}
	}
}

func dialSocks(ctx context.Context, c *tortest.Client, addr string) (net.Conn, error) {
	network, address := endpoint(c.Socks)
	d, err := proxy.SOCKS5(network, address, nil, nil)
	if err != nil {
		return nil, err
	}
	return d.(proxy.ContextDialer).DialContext(ctx, "tcp", addr)
}

// echo sends and receives once and returns how long that took, a minute at most.
func echo(conn net.Conn) (time.Duration, error) {
	begin := time.Now()
	if err := conn.SetDeadline(begin.Add(time.Minute)); err != nil {
		return 0, err
	}
	want := []byte("to the service and back")
	if _, err := conn.Write(want); err != nil {
		return 0, err
	}
	got := make([]byte, len(want))
	if _, err := io.ReadFull(conn, got); err != nil {
		return 0, err
	}
	if string(got) != string(want) {
		return 0, fmt.Errorf("echo is %q", got)
	}
	return time.Since(begin), nil
}

func startClient(t *testing.T, n *tortest.Network, cfg tortest.ClientConfig) *tortest.Client {
	t.Helper()
	c, err := n.StartClient(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
