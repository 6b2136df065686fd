package socks5_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

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
			for _, early := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s, early %t", name, early), func(t *testing.T) {
					stale := "\x05" + code + "\x00\x01\x00\x00\x00\x00\x00\x00" + rest
					d := listen(t, "unix", play(t, rest == "x", step{greeting, "\x05\x00"}, step{request, stale}, step{"hello", "bye"}))
					dial := d.Dial
					if early {
						dial = dialEarly(d)
					}
					c, err := dial(testContext(t), host, port, socks5.Auth{})
					if err != nil {
						t.Fatal(err)
					}
					defer c.Close()
					if rest == "x" {
						wantRead(t, c, "x")
						return
					}
					if _, err := io.WriteString(c, "hello"); err != nil {
						t.Fatal(err)
					}
					wantRead(t, c, rest+"bye")
				})
			}
		}
	}
}

func TestTrueRefusal(t *testing.T) {
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

// A refusal without its address is one, even if the socket stays open.
func TestRefusalCutShort(t *testing.T) {
	d := listen(t, "unix", play(t, false, step{greeting, "\x05\x00"}, step{request, "\x05\xf0\x00\x01"}))
	wantCode(t, dialErr(t, d, socks5.Auth{}), 0xf0)
}

// TestStaleRefusalKeepsDeadline: the look at what follows the refusal has a
// deadline of its own, which is not the user's.
func TestStaleRefusalKeepsDeadline(t *testing.T) {
	d := listen(t, "unix", play(t, false, step{greeting, "\x05\x00"}, step{request, "\x05\xf0\x00\x01\x00\x00\x00\x00\x00\x00"}))
	c, err := d.DialEarly(testContext(t), host, port, socks5.Auth{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	begin := time.Now()
	if err := c.SetDeadline(begin.Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(begin) < time.Second {
		t.Errorf("after %s: %v", time.Since(begin), err)
	}
}
