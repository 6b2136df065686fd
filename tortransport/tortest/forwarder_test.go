package tortest_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport/tortest"
)

const linkDelay = 50 * time.Millisecond

// link returns the two ends of a connection through a forwarder.
func link(t *testing.T) (near, far *net.TCPConn) {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	port, stop, err := tortest.NewForwarder(l.Addr().String(), linkDelay)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	c, err := net.Dial("tcp4", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	s, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return c.(*net.TCPConn), s.(*net.TCPConn)
}

func TestForwarderDelaysBothDirections(t *testing.T) {
	near, far := link(t)
	for name, ends := range map[string][2]net.Conn{"there": {near, far}, "back": {far, near}} {
		begin := time.Now()
		if _, err := ends[0].Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(ends[1], make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begin); took < linkDelay {
			t.Errorf("%s took %s, less than the delay", name, took)
		}
	}
}

// A forwarder that sent one chunk per delay would need half a minute.
func TestForwarderDelayIsNoRateLimit(t *testing.T) {
	near, far := link(t)
	want := bytes.Repeat([]byte("0123456789abcdef"), 10<<20/16)
	begin := time.Now()
	written := make(chan error, 1)
	go func() {
		_, err := near.Write(want)
		written <- errors.Join(err, near.CloseWrite())
	}()
	got, err := io.ReadAll(far)
	if err := errors.Join(err, <-written); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%d bytes arrived, %d were sent, or they differ", len(got), len(want))
	}
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("%d bytes took %s", len(got), took)
	}
}

func TestForwarderKeepsHalfClose(t *testing.T) {
	near, far := link(t)
	if _, err := near.Write([]byte("question")); err != nil {
		t.Fatal(err)
	}
	if err := near.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(far); err != nil || string(got) != "question" {
		t.Fatalf("arrived: %q, %v", got, err)
	}
	if _, err := far.Write([]byte("answer")); err != nil {
		t.Fatal(err)
	}
	far.Close()
	if got, err := io.ReadAll(near); err != nil || string(got) != "answer" {
		t.Fatalf("came back: %q, %v", got, err)
	}
}

// Nobody reads: the writer must be stopped, or memory would grow without end.
func TestForwarderIsBounded(t *testing.T) {
	near, _ := link(t)
	const tooMuch = 16 * tortest.MaxInFlight // the kernel buffers as well
	sent := 0
	for sent < tooMuch {
		if err := near.SetWriteDeadline(time.Now().Add(time.Second)); err != nil {
			t.Fatal(err)
		}
		n, err := near.Write(make([]byte, 1<<20))
		sent += n
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Errorf("%d bytes were taken from a link that nobody reads", sent)
}

// A cut passes on, so that a relay notices that another one died.
func TestForwarderPassesOnACut(t *testing.T) {
	near, far := link(t)
	if err := near.SetLinger(0); err != nil {
		t.Fatal(err)
	}
	near.Close()
	if err := far.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := far.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("Read = %v, want the end of the connection", err)
	}
}
