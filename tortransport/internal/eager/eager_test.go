package eager_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	mss "github.com/multiformats/go-multistream"
	"go.uber.org/goleak"

	"github.com/onionwire/onionwire/tortransport/internal/eager"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const proposal = "\x13/multistream/1.0.0\n\x07/noise\n"

// pair is a connection whose listener's end is played by serve.
func pair(t testing.TB, serve func(net.Conn)) *eager.Conn {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		theirs, err := l.Accept()
		l.Close()
		if err != nil {
			t.Error(err)
			return
		}
		defer theirs.Close()
		_ = theirs.SetDeadline(time.Now().Add(time.Minute))
		serve(theirs)
	}()
	ours, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	c := eager.New(ours)
	t.Cleanup(func() { c.Close(); <-served })
	_ = ours.SetDeadline(time.Now().Add(time.Minute))
	return c
}

func mustRead(t testing.TB, r io.Reader, want string) {
	t.Helper()
	got := make([]byte, len(want))
	if _, err := io.ReadFull(r, got); err != nil || string(got) != want {
		t.Errorf("read %q, %v, want %q", got, err, want)
	}
}

func mustWrite(t testing.TB, w io.Writer, s string) {
	t.Helper()
	if n, err := io.WriteString(w, s); n != len(s) || err != nil {
		t.Errorf("Write = %d, %v", n, err)
	}
}

// TestOneRoundTrip: the listener gets proposal and message before it has said a
// word, and what it says reaches the dialler once.
func TestOneRoundTrip(t *testing.T) {
	c := pair(t, func(theirs net.Conn) {
		mustRead(t, theirs, proposal+"message")
		mustWrite(t, theirs, proposal+"answer")
		mustRead(t, theirs, "third")
	})
	if _, err := mss.SelectOneOf([]string{"/noise", "/tls/1.0.0"}, c); err != nil {
		t.Fatal(err)
	}
	mustWrite(t, c, "message")
	mustRead(t, c, "answer")
	mustWrite(t, c, "third")
	if c.Disagreement() != nil {
		t.Error("they agree")
	}
}

// TestRealListener negotiates with libp2p's own implementation.
func TestRealListener(t *testing.T) {
	c := pair(t, func(theirs net.Conn) {
		mux := mss.NewMultistreamMuxer[string]()
		mux.AddHandler("/noise", nil)
		if _, _, err := mux.Negotiate(theirs); err != nil {
			t.Error(err)
		}
		_, _ = io.Copy(theirs, theirs)
	})
	if _, err := mss.SelectOneOf([]string{"/noise"}, c); err != nil {
		t.Fatal(err)
	}
	mustWrite(t, c, "message")
	mustRead(t, c, "message")
}

func TestDisagreement(t *testing.T) {
	for name, say := range map[string]string{
		"not available":      "\x13/multistream/1.0.0\n\x03na\n",
		"another protocol":   "\x13/multistream/1.0.0\n\x0b/tls/1.0.0\n",
		"another negotiator": "\x13/multistream/2.0.0\n",
		"an HTTP server":     "HTTP/1.1 400 Bad Request\r\n\r\n",
		"cut":                proposal[:len(proposal)-1],
		"silence":            "",
	} {
		c := pair(t, func(theirs net.Conn) {
			mustRead(t, theirs, proposal+"message")
			mustWrite(t, theirs, say)
		})
		if _, err := mss.SelectOneOf([]string{"/noise", "/tls/1.0.0"}, c); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		mustWrite(t, c, "message")
		for range 2 { // it does not change its mind
			if _, err := c.Read(make([]byte, 100)); !errors.Is(err, eager.ErrDisagreed) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if c.Disagreement() == nil {
			t.Errorf("%s: they do not agree", name)
		}
	}
}

// TestErrorOfTheConnection: what is no word of the listener's is no disagreement.
func TestErrorOfTheConnection(t *testing.T) {
	refused := errors.New("refused")
	for _, err := range []error{refused, io.ErrUnexpectedEOF, net.ErrClosed} {
		ours, theirs := net.Pipe()
		theirs.Close()
		c := eager.New(brokenConn{ours, err})
		mustWrite(t, c, proposal)
		mustRead(t, c, proposal)
		if _, got := c.Read(make([]byte, 1)); !errors.Is(got, err) || c.Disagreement() != nil {
			t.Errorf("error = %v, disagreed %t", got, c.Disagreement() != nil)
		}
		c.Close()
	}
}

type brokenConn struct {
	net.Conn
	err error
}

func (c brokenConn) Read([]byte) (int, error)    { return 0, c.err }
func (c brokenConn) Write(b []byte) (int, error) { return len(b), nil }

// TestAside: what is no negotiation passes unchanged, in both directions.
func TestAside(t *testing.T) {
	for _, first := range []string{"x", "\x13/multistream/2", "\x13/multistream/1.0.0\n\xff\xff\x7f", proposal[:5] + "nonce"} {
		c := pair(t, func(theirs net.Conn) {
			mustRead(t, theirs, first)
			mustWrite(t, theirs, "answer")
		})
		mustWrite(t, c, first)
		mustRead(t, c, "answer")
	}
}

// TestInPieces: how the proposal is cut into writes does not matter.
func TestInPieces(t *testing.T) {
	whole := proposal + "message"
	for cut := 1; cut < len(whole); cut++ {
		c := pair(t, func(theirs net.Conn) {
			mustRead(t, theirs, whole)
			mustWrite(t, theirs, proposal+"answer")
		})
		mustWrite(t, c, whole[:cut])
		mustWrite(t, c, whole[cut:])
		mustRead(t, c, proposal+"answer")
	}
}

// TestListenerSpeaksFirst: who waits for the listener right after the proposal
// does not wait in vain.
func TestListenerSpeaksFirst(t *testing.T) {
	c := pair(t, func(theirs net.Conn) {
		mustRead(t, theirs, proposal)
		mustWrite(t, theirs, proposal+"hello")
	})
	mustWrite(t, c, proposal)
	mustRead(t, c, proposal+"hello")
}

func TestDeadline(t *testing.T) {
	proceed := make(chan struct{})
	c := pair(t, func(theirs net.Conn) {
		mustWrite(t, theirs, proposal[:9])
		<-proceed
		mustWrite(t, theirs, proposal[9:]+"hello")
	})
	mustWrite(t, c, proposal)
	mustRead(t, c, proposal)
	_ = c.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) || c.Disagreement() != nil {
		t.Errorf("error = %v", err)
	}
	_ = c.SetReadDeadline(time.Now().Add(time.Minute))
	close(proceed)
	mustRead(t, c, "hello")
}

// TestStuckWriter: who writes is stuck until somebody reads, which must not wait for
// the writer.
func TestStuckWriter(t *testing.T) {
	const size = 16 << 20
	c := pair(t, func(theirs net.Conn) {
		mustRead(t, theirs, proposal)
		mustWrite(t, theirs, proposal)
		_, _ = io.Copy(theirs, theirs)
	})
	mustWrite(t, c, proposal)
	mustRead(t, c, proposal)
	sent := make(chan error, 1)
	go func() {
		_, err := c.Write(make([]byte, size))
		sent <- err
	}()
	time.Sleep(50 * time.Millisecond)
	if n, err := io.CopyN(io.Discard, c, size); n != size {
		t.Fatalf("%d bytes, %v", n, err)
	}
	if err := <-sent; err != nil {
		t.Fatal(err)
	}
}

// TestClose ends a Read that waits for a proposal which never comes.
func TestClose(t *testing.T) {
	c := pair(t, func(net.Conn) {})
	failed := make(chan error)
	go func() {
		_, err := c.Read(make([]byte, 1))
		failed <- err
	}()
	c.Close()
	if err := <-failed; !errors.Is(err, net.ErrClosed) {
		t.Errorf("error = %v", err)
	}
}

// FuzzAnswer lets a listener answer anything. The dialler reads it unchanged if it
// begins with the proposal, and nothing beyond the proposal otherwise.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte(proposal+"data"), uint8(3))
	f.Add([]byte("\x13/multistream/1.0.0\n\x03na\n"), uint8(200))
	f.Add([]byte{}, uint8(1))
	f.Fuzz(func(t *testing.T, answer []byte, step uint8) {
		ours, theirs := net.Pipe()
		go func() {
			go func() { _, _ = io.Copy(io.Discard, theirs) }()
			_, _ = theirs.Write(answer)
			theirs.Close()
		}()
		c := eager.New(ours)
		defer c.Close()
		mustWrite(t, c, proposal)
		var got bytes.Buffer
		buf := make([]byte, max(1, int(step)))
		var err error
		for err == nil {
			var n int
			n, err = c.Read(buf)
			got.Write(buf[:n])
		}
		if data, agreed := bytes.CutPrefix(answer, []byte(proposal)); agreed {
			if got.String() != proposal+string(data) || c.Disagreement() != nil {
				t.Errorf("read %q, disagreed %t", got.String(), c.Disagreement() != nil)
			}
		} else if got.String() != proposal || c.Disagreement() == nil {
			t.Errorf("read %q, disagreed %t", got.String(), c.Disagreement() != nil)
		}
	})
}
