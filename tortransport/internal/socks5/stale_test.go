package socks5_test

import (
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/onionwire/onionwire/tortransport/internal/socks5"
)

// TestStaleRefusal plays what tor does when its first try to find a service
// fails and its second succeeds: it reports the first, and leaves the stream
// open.
func TestStaleRefusal(t *testing.T) {
	for _, code := range []string{"\xf0", "\xf3"} {
		for name, rest := range map[string]string{
			"silent service":  "",
			"service speaks":  "SSH-2.0-server\r\n",
			"service is loud": strings.Repeat("x", 100_000),
			"one byte, gone":  "x",
		} {
			t.Run(name, func(t *testing.T) {
				var calls atomic.Int32
				stale := play(t, rest == "x", step{greeting, "\x05\x00"}, step{request, "\x05" + code + "\x00\x01\x00\x00\x00\x00\x00\x00" + rest})
				good := play(t, false, step{greeting, "\x05\x00"}, step{request, reply + "hello"})
				d := listen(t, "unix", func(c net.Conn) {
					if calls.Add(1) == 1 {
						stale(c)
					} else {
						good(c)
					}
				})
				c, err := d.Dial(testContext(t), host, port, socks5.Auth{})
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close()
				wantRead(t, c, "hello")
			})
		}
	}
}

func TestTrueRefusalIsNotAskedAgain(t *testing.T) {
	for _, code := range []byte{0x01, 0x05, 0xf0, 0xf2, 0xf3, 0xf4, 0xf7} {
		var calls atomic.Int32
		d := listen(t, "unix", func(c net.Conn) {
			calls.Add(1)
			play(t, true, step{greeting, "\x05\x00"}, step{request, "\x05" + string([]byte{code}) + "\x00\x01\x00\x00\x00\x00\x00\x00"})(c)
		})
		wantCode(t, dialErr(t, d, socks5.Auth{}), code)
		if calls.Load() != 1 {
			t.Errorf("0x%02x: %d requests", code, calls.Load())
		}
	}
}

// A server that always does so gets two requests and no more.
func TestStaleTwice(t *testing.T) {
	var calls atomic.Int32
	d := listen(t, "unix", func(c net.Conn) {
		calls.Add(1)
		play(t, true, step{greeting, "\x05\x00"}, step{request, "\x05\xf0\x00\x01"})(c)
		_, _ = io.Copy(io.Discard, c)
	})
	wantCode(t, dialErr(t, d, socks5.Auth{}), 0xf0)
	if calls.Load() != 2 {
		t.Errorf("%d requests", calls.Load())
	}
}
