package socks5_test

import (
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport/internal/socks5"
)

func TestDial(t *testing.T) {
	for _, network := range []string{"tcp", "unix"} {
		for name, c := range map[string]struct {
			auth  socks5.Auth
			steps []step
		}{
			"no authentication": {socks5.Auth{}, []step{{greeting, "\x05\x00"}, {request, reply}}},
			"password":          {isolated, []step{{authGreeting, "\x05\x02"}, {authRequest, "\x01\x00"}, {request, reply}}},
			"IPv6 in the reply": {isolated, []step{{authGreeting, "\x05\x02"}, {authRequest, "\x01\x00"}, {request, "\x05\x00\x00\x04" + strings.Repeat("\x00", 18)}}},
			"name in the reply": {isolated, []step{{authGreeting, "\x05\x02"}, {authRequest, "\x01\x00"}, {request, "\x05\x00\x00\x03\x03abc\x00\x00"}}},
			"empty name":        {isolated, []step{{authGreeting, "\x05\x02"}, {authRequest, "\x01\x00"}, {request, "\x05\x00\x00\x03\x00\x00\x00"}}},
		} {
			t.Run(network+", "+name, func(t *testing.T) {
				// The service speaks first, in the same segment as the reply.
				last := &c.steps[len(c.steps)-1]
				last.say += "hello"
				d := listen(t, network, play(t, false, append(c.steps, step{"answer", "bye"})...))
				conn, err := d.Dial(testContext(t), host, port, c.auth)
				if err != nil {
					t.Fatal(err)
				}
				defer conn.Close()
				wantRead(t, conn, "hello")
				if _, err := io.WriteString(conn, "answer"); err != nil {
					t.Fatal(err)
				}
				wantRead(t, conn, "bye")
			})
		}
	}
}

func TestDialOutlivesItsContext(t *testing.T) {
	d := listen(t, "tcp", play(t, false, step{greeting, "\x05\x00"}, step{request, reply}, step{"a", "b"}))
	ctx, cancel := contextWithCancel(t)
	c, err := d.Dial(ctx, host, port, socks5.Auth{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	cancel()
	if _, err := io.WriteString(c, "a"); err != nil {
		t.Fatal(err)
	}
	wantRead(t, c, "b")
}

func TestRefusedSteps(t *testing.T) {
	for name, c := range map[string]struct {
		auth  socks5.Auth
		steps []step
	}{
		"version 4":                 {socks5.Auth{}, []step{{greeting, "\x04\x00"}}},
		"no method":                 {socks5.Auth{}, []step{{greeting, "\x05\xff"}}},
		"method not offered":        {socks5.Auth{}, []step{{greeting, "\x05\x02"}}},
		"no isolation":              {isolated, []step{{authGreeting, "\x05\x00"}}},
		"password refused":          {isolated, []step{{authGreeting, "\x05\x02"}, {authRequest, "\x01\x01"}}},
		"password version":          {isolated, []step{{authGreeting, "\x05\x02"}, {authRequest, "\x05\x00"}}},
		"version 4 in the reply":    {socks5.Auth{}, []step{{greeting, "\x05\x00"}, {request, "\x04\x00\x00\x01"}}},
		"unknown kind of address":   {socks5.Auth{}, []step{{greeting, "\x05\x00"}, {request, "\x05\x00\x00\x02"}}},
		"an HTTP server":            {socks5.Auth{}, []step{{greeting, "HTTP/1.1 400 Bad Request\r\n\r\n"}}},
		"HTTP and a password":       {isolated, []step{{authGreeting, "HTTP/1.1 400 Bad Request\r\n\r\n"}}},
		"refused and then accepted": {socks5.Auth{}, []step{{greeting, "\x05\xff\x05\x00" + reply}}},
	} {
		t.Run(name, func(t *testing.T) {
			err := dialErr(t, listen(t, "tcp", play(t, false, c.steps...)), c.auth)
			if !errors.Is(err, socks5.ErrProtocol) {
				t.Errorf("error = %v, want ErrProtocol", err)
			}
			if strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), host) {
				t.Errorf("error %q tells too much", err)
			}
		})
	}
}

func TestShortAnswers(t *testing.T) {
	whole := []step{
		{authGreeting, "\x05\x02"},
		{authRequest, "\x01\x00"},
		{request, "\x05\x00\x00\x03\x03abc\x00\x00"},
	}
	for i := range whole {
		for n := range len(whole[i].say) {
			steps := append([]step(nil), whole[:i+1]...)
			steps[i].say = steps[i].say[:n]
			err := dialErr(t, listen(t, "unix", play(t, true, steps...)), isolated)
			if !errors.Is(err, socks5.ErrProtocol) || !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("%d bytes of answer %d: error = %v", n, i, err)
			}
		}
	}
}

func TestReplyCodes(t *testing.T) {
	texts := map[byte]string{
		0x01: "general SOCKS server failure", 0x02: "not allowed", 0x03: "network unreachable", 0x04: "host unreachable",
		0x05: "refused", 0x06: "timed out", 0x07: "command not supported", 0x08: "address type not supported",
		0xf0: "descriptor not found", 0xf1: "descriptor is invalid", 0xf2: "introduction failed", 0xf3: "rendezvous failed",
		0xf4: "needs client authorisation", 0xf5: "refused the client authorisation", 0xf6: "malformed onion address",
		0xf7: "introduction timed out", 0x09: "0x09", 0xff: "0xff",
	}
	for code, text := range texts {
		for _, rest := range []string{"", "\x00\x01\x00\x00\x00\x00\x00\x00", "\x00\x03\xff"} {
			say := "\x05" + string([]byte{code}) + rest
			if rest == "" {
				say += "\x00\x01" // some servers leave the address out
			}
			err := dialErr(t, listen(t, "unix", play(t, true, step{greeting, "\x05\x00"}, step{request, say})), socks5.Auth{})
			wantCode(t, err, code)
			if !strings.Contains(err.Error(), text) {
				t.Errorf("0x%02x: %q lacks %q", code, err, text)
			}
		}
	}
}

func TestFieldsThatDoNotFit(t *testing.T) {
	long := strings.Repeat("x", 256)
	d := listen(t, "tcp", play(t, false, step{"", ""}))
	for name, c := range map[string]struct {
		host string
		auth socks5.Auth
	}{
		"no host":       {"", socks5.Auth{}},
		"long host":     {long, socks5.Auth{}},
		"long user":     {host, socks5.Auth{User: long, Password: "x"}},
		"long password": {host, socks5.Auth{User: "x", Password: long}},
		"no password":   {host, socks5.Auth{User: "x"}},
		"no user":       {host, socks5.Auth{Password: "x"}},
	} {
		begin := time.Now()
		if c, err := d.Dial(testContext(t), c.host, port, c.auth); err == nil {
			c.Close()
			t.Errorf("%s: no error", name)
		}
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("%s: it took %s", name, took)
		}
	}
	// As long as can be is fine.
	most := strings.Repeat("x", 255)
	d = listen(t, "tcp", play(t, false, step{authGreeting, "\x05\x02"},
		step{"\x01\xff" + most + "\xff" + most, "\x01\x00"}, step{"\x05\x01\x00\x03\xff" + most + "\x12\x34", reply}))
	c, err := d.Dial(testContext(t), most, port, socks5.Auth{User: most, Password: most})
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
}

func TestNoSOCKSPort(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	err = dialErr(t, socks5.Dialer{Network: "tcp", Address: l.Addr().String()}, socks5.Auth{})
	if !strings.Contains(err.Error(), "cannot reach the SOCKS port") {
		t.Errorf("error = %v", err)
	}
}

func wantRead(t testing.TB, c net.Conn, want string) {
	t.Helper()
	if err := c.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, len(want))
	if _, err := io.ReadFull(c, got); err != nil || string(got) != want {
		t.Fatalf("read %q, %v, want %q", got, err, want)
	}
}
