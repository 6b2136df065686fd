package socks5_test

import (
	"bytes"
	"io"
	"net"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport/internal/socks5"
)

// FuzzReply lets a server answer anything. On success the client has read the
// answers and not a byte of what follows; it never waits past its deadline.
func FuzzReply(f *testing.F) {
	f.Add([]byte("\x05\x00"+reply+"data"), false)
	f.Add([]byte("\x05\x02\x01\x00\x05\x00\x00\x03\x03abc\x00\x00data"), true)
	f.Add([]byte("\x05\x00\x05\x00\x00\x04"), false)
	f.Add([]byte("\x05\x00\x05\xf0\x00\x01"), false)
	f.Add([]byte("\x05\x00\x05\xf0\x00\x01\x00\x00\x00\x00\x00\x00data"), false)
	f.Fuzz(func(t *testing.T, b []byte, auth bool) {
		ours, theirs := net.Pipe()
		defer ours.Close()
		deadline := time.Now().Add(2 * time.Second)
		if err := ours.SetDeadline(deadline); err != nil {
			t.Fatal(err)
		}
		sent := make(chan struct{})
		go func() {
			defer close(sent)
			_, _ = io.Copy(io.Discard, theirs)
		}()
		go func() {
			_, _ = theirs.Write(b) // fails when the client has had enough
			theirs.Close()
		}()
		var credentials socks5.Auth
		if auth {
			credentials = isolated
		}
		c, err := socks5.Connect(ours, host, port, credentials)
		if time.Now().After(deadline) {
			t.Error("it hung")
		}
		var rest []byte
		if err == nil {
			rest, _ = io.ReadAll(c)
		}
		ours.Close()
		<-sent
		if err != nil {
			return
		}
		if want := b[answerLen(b, auth):]; !bytes.Equal(rest, want) {
			t.Errorf("%q: %q is left to read, want %q", b, rest, want)
		}
	})
}

// answerLen is how long well-formed answers are.
func answerLen(b []byte, auth bool) int {
	n := 2
	if auth {
		n += 2
	}
	switch b[n+3] {
	case 1:
		return n + 4 + 4 + 2
	case 4:
		return n + 4 + 16 + 2
	default:
		return n + 4 + 1 + int(b[n+4]) + 2
	}
}
