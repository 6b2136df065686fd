package notify_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"go.uber.org/goleak"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/notify"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bus is a session bus with a desktop on it, of one connection.
type bus struct {
	capabilities []string
	shown        chan []any // what Notify was called with
	refuse       bool
}

// serve answers a client until it goes.
func (b *bus) serve(conn net.Conn) {
	defer conn.Close()
	r := bufio.NewReader(conn)
	if _, err := r.ReadByte(); err != nil { // the NUL that comes first
		return
	}
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		switch {
		case strings.HasPrefix(line, "AUTH EXTERNAL"):
			_, _ = conn.Write([]byte("OK 0123456789abcdef0123456789abcdef\r\n"))
		case strings.HasPrefix(line, "BEGIN"):
			b.answer(r, conn)
			return
		case strings.HasPrefix(line, "NEGOTIATE_UNIX_FD"):
			_, _ = conn.Write([]byte("ERROR\r\n"))
		default:
			_, _ = conn.Write([]byte("REJECTED EXTERNAL\r\n"))
		}
	}
}

func (b *bus) answer(r *bufio.Reader, conn net.Conn) {
	for serial := uint32(1); ; serial++ {
		m, err := dbus.DecodeMessage(r)
		if err != nil {
			return
		}
		reply := &dbus.Message{Type: dbus.TypeMethodReply, Headers: map[dbus.HeaderField]dbus.Variant{
			dbus.FieldReplySerial: dbus.MakeVariant(m.Serial()),
		}}
		switch m.Headers[dbus.FieldMember].Value() {
		case "Hello":
			reply.Body = []any{":1.1"}
		case "GetCapabilities":
			reply.Body = []any{b.capabilities}
		case "Notify":
			if b.refuse {
				reply.Type = dbus.TypeError
				reply.Headers[dbus.FieldErrorName] = dbus.MakeVariant("org.freedesktop.DBus.Error.Failed")
				break
			}
			b.shown <- m.Body
			reply.Body = []any{uint32(7)}
		}
		if len(reply.Body) > 0 {
			reply.Headers[dbus.FieldSignature] = dbus.MakeVariant(dbus.SignatureOf(reply.Body...))
		}
		if err := send(conn, reply, serial); err != nil {
			return
		}
	}
}

// send gives the message a serial, which the library keeps to itself: bytes 8 to 12.
func send(conn net.Conn, m *dbus.Message, serial uint32) error {
	var raw bytes.Buffer
	if err := m.EncodeTo(&raw, binary.LittleEndian); err != nil {
		return err
	}
	binary.LittleEndian.PutUint32(raw.Bytes()[8:], serial)
	_, err := conn.Write(raw.Bytes())
	return err
}

// listen puts a server at the address of the session bus.
func listen(t *testing.T, serve func(net.Conn)) {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "bus")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if conn, err := l.Accept(); err == nil {
			serve(conn)
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+socket)
}

func TestDesktop(t *testing.T) {
	for _, test := range []struct {
		name         string
		capabilities []string
		want         string
	}{
		{"markup", []string{"body", "body-markup"}, "&lt;b&gt;1 &amp; 2"},
		{"plain", []string{"body"}, "<b>1 & 2"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := &bus{capabilities: test.capabilities, shown: make(chan []any, 1)}
			listen(t, b.serve)
			if err := notify.Desktop(t.Context(), notify.Notice{Title: "Bob", Body: "<b>1 & 2"}); err != nil {
				t.Fatal(err)
			}
			shown := <-b.shown
			if shown[0] != "onionwire" || shown[3] != "Bob" || shown[4] != test.want {
				t.Errorf("shown %q", shown[:5])
			}
		})
	}
}

func TestNoDesktop(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	if err := notify.Desktop(t.Context(), notify.Notice{}); !errors.Is(err, notify.ErrUnavailable) {
		t.Errorf("error %v without a bus", err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "none"))
	if err := notify.Desktop(t.Context(), notify.Notice{}); !errors.Is(err, notify.ErrUnavailable) {
		t.Errorf("error %v at a bus that is gone", err)
	}
}

func TestRefused(t *testing.T) {
	b := &bus{refuse: true}
	listen(t, b.serve)
	if err := notify.Desktop(t.Context(), notify.Notice{}); !errors.Is(err, notify.ErrUnavailable) {
		t.Errorf("error %v", err)
	}
}

// A bus that says nothing is not waited for longer than the context allows.
func TestSilentBus(t *testing.T) {
	listen(t, func(c net.Conn) {
		var b [1024]byte
		for { // until the other side goes
			if _, err := c.Read(b[:]); err != nil {
				c.Close()
				return
			}
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := notify.Desktop(ctx, notify.Notice{}); !errors.Is(err, notify.ErrUnavailable) {
		t.Errorf("error %v", err)
	}
}
