package tortest_test

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"regexp"
	"testing"

	"github.com/onionwire/onionwire/tortransport/tortest"
)

// fuzzAnswer sends input, ends it and returns all that comes back. An answer
// that is torn by a reset, because the fake did not read all, is cut short.
func fuzzAnswer(t *testing.T, addr string, input []byte) []byte {
	t.Helper()
	conn := dialAddr(t, addr)
	written := make(chan struct{})
	defer func() {
		conn.Close()
		<-written
	}()
	go func() {
		defer close(written)
		conn.Write(input)
		conn.(*net.TCPConn).CloseWrite()
	}()
	answer, err := io.ReadAll(conn)
	if nerr, ok := err.(net.Error); ok && nerr.Timeout() {
		t.Fatalf("the fake hangs after % x", answer)
	}
	return answer
}

// FuzzFakeControl makes sure that no input upsets the fake, and that every
// line it says is one of a reply.
func FuzzFakeControl(f *testing.F) {
	fake := tortest.NewFake(f)
	for _, seed := range []string{
		"PROTOCOLINFO 1\r\n", "AUTHENTICATE \"\\", "AUTHENTICATE\nADD_ONION NEW:BEST Port=80,unix:/x Flags=V3Auth ClientAuthV3=A\n",
		"AUTHENTICATE\nADD_ONION ED25519-V3:AAAA Port=1,[::1]:2\n", "AUTHENTICATE\n+A\n.\n\nDEL_ONION =\n", "AUTHCHALLENGE SAFECOOKIE \"\"\n",
		"AUTHENTICATE\nONION_CLIENT_AUTH_ADD a x25519:\nONION_CLIENT_AUTH_VIEW\nGETINFO version a\nSETEVENTS a\nSIGNAL a\nQUIT\n",
	} {
		f.Add([]byte(seed))
	}
	shape := regexp.MustCompile(`^[1-6][0-9]{2}[ -].*\r\n$`)
	f.Fuzz(func(t *testing.T, input []byte) {
		if bytes.Contains(bytes.ToLower(input), []byte("config-text")) || bytes.Contains(bytes.ToLower(input), []byte("onions/")) {
			return // answered with free text
		}
		lines := bufio.NewReader(bytes.NewReader(fuzzAnswer(t, fake.ControlAddr(), input)))
		for {
			line, err := lines.ReadBytes('\n')
			if err == io.EOF {
				return
			}
			if !shape.Match(line) {
				t.Fatalf("line %q", line)
			}
		}
	})
}

// FuzzFakeSocks makes sure that nobody without a service to talk to gets more
// than the answers of the negotiation and one refusal.
func FuzzFakeSocks(f *testing.F) {
	fake := tortest.NewFake(f)
	for _, seed := range []string{
		"\x05\x01\x00", "\x05\x01\x02", "\x05\x02\x00\x02\x01\x01u\x01p", "\x04\x01",
		"\x05\x01\x00\x05\x01\x00\x03\x07a.onion\x00\x50", "\x05\x00", "",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		answer := fuzzAnswer(t, fake.SocksAddr(), input)
		if len(answer) > 14 || len(answer) > 0 && answer[0] != 5 {
			t.Fatalf("answer % x", answer)
		}
	})
}
