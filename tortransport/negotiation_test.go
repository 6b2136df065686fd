package tortransport

import (
	"errors"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/libp2p/go-libp2p/core/network"
)

// sink is a connection that takes what is written.
type sink struct {
	net.Conn // none: nothing else is called
	io.Writer
}

func (s sink) Write(b []byte) (int, error) { return s.Writer.Write(b) }

// TestAgreementIsNoticed: with the first byte that shows it, however what is said is
// cut into pieces.
func TestAgreementIsNoticed(t *testing.T) {
	const (
		noise  = "\x07/noise\n"
		tls    = "\x0b/tls/1.0.0\n"
		never  = -1
		dials  = network.DirOutbound
		serves = network.DirInbound
	)
	long := "\x80\x10/" + strings.Repeat("x", 512)
	for name, tc := range map[string]struct {
		dir   network.Direction
		said  string
		after int // bytes
	}{
		"nothing":                      {dials, "", never},
		"proposal":                     {dials, negotiationHeader + noise, never},
		"two proposals":                {dials, negotiationHeader + tls + noise, never},
		"Noise handshake":              {dials, negotiationHeader + noise + "\x00\x20xxxx", len(negotiationHeader+noise) + 1},
		"TLS handshake":                {dials, negotiationHeader + tls + "\x03\x03\x01x", len(negotiationHeader+tls) + 4},
		"handshake behind two":         {dials, negotiationHeader + tls + noise + "\x00", len(negotiationHeader+tls+noise) + 1},
		"long line of a dialler":       {dials, negotiationHeader + long, len(negotiationHeader) + 2},
		"encrypted by a dialler":       {dials, strings.Repeat("\x00", 100), never},
		"header of a listener":         {serves, negotiationHeader, never},
		"refusal":                      {serves, negotiationHeader + "\x03na\n", never},
		"answer":                       {serves, negotiationHeader + noise, len(negotiationHeader + noise)},
		"answer behind a refusal":      {serves, negotiationHeader + "\x03na\n" + noise, len(negotiationHeader+noise) + 4},
		"answer and a message":         {serves, negotiationHeader + noise + "\x00\x20xxxx", len(negotiationHeader + noise)},
		"encrypted by a listener":      {serves, strings.Repeat("\x00", 100), never},
		"long line of a listener":      {serves, negotiationHeader + long, never},
		"endless length of a listener": {serves, negotiationHeader + strings.Repeat("\xff", 20), never},
	} {
		t.Run(name, func(t *testing.T) {
			for _, piece := range []int{1, 2, 7, 1 << 20} {
				var sent strings.Builder
				n := &negotiation{Conn: sink{Writer: &sent}, dir: tc.dir}
				for at := 0; at < len(tc.said); at += piece {
					end := min(len(tc.said), at+piece)
					if _, err := n.Write([]byte(tc.said[at:end])); err != nil {
						t.Fatal(err)
					}
					if want := tc.after != never && end >= tc.after; n.Agreed() != want {
						t.Fatalf("in pieces of %d, after %d bytes: %t", piece, end, n.Agreed())
					}
				}
				if sent.String() != tc.said {
					t.Errorf("in pieces of %d: sent %q", piece, sent.String())
				}
				if n.Agreed() && n.said != nil {
					t.Error("what was said is kept")
				}
			}
		})
	}
}

// TestTooManyProposals: they are refused for a while, and then no more.
func TestTooManyProposals(t *testing.T) {
	for dir, give := range map[network.Direction]string{
		network.DirInbound: refusedLine, network.DirOutbound: "\x07/noise\n",
	} {
		n := &negotiation{Conn: sink{Writer: io.Discard}, dir: dir}
		_, err := io.WriteString(n, negotiationHeader)
		sent := 0
		for ; err == nil && sent < 10*maxSaid; sent += len(give) {
			_, err = io.WriteString(n, give)
		}
		if inbound := dir == network.DirInbound; inbound != errors.Is(err, errTalkative) || inbound && sent > maxSaid {
			t.Errorf("%s: after %d bytes: %v", dir, sent, err)
		}
		if n.said != nil || n.Agreed() {
			t.Errorf("%s: %d bytes are kept, agreed: %t", dir, len(n.said), n.Agreed())
		}
	}
}

const refusedLine = "\x03" + refusedProposal

// endless is a peer that never stops.
type endless struct {
	net.Conn // none
	closed   atomic.Bool
}

func (e *endless) Read(b []byte) (int, error) {
	if e.closed.Load() {
		return 0, net.ErrClosed
	}
	return len(b), nil
}

func (e *endless) Close() error {
	e.closed.Store(true)
	return nil
}

// TestTalkativePeer is heard up to the bound, and beyond it when the connection is
// upgraded, which may be after somebody has begun to wait.
func TestTalkativePeer(t *testing.T) {
	for name, end := range map[string]func(*negotiation){
		"upgraded": (*negotiation).lift,
		"closed":   func(n *negotiation) { n.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := &negotiation{Conn: new(endless), dir: network.DirInbound, bounded: make(chan struct{})}
				heard, ended := 0, make(chan error)
				go func() {
					var err error
					for b := make([]byte, 1000); err == nil && heard < 10*maxHeard; {
						var count int
						count, err = n.Read(b)
						heard += count
					}
					ended <- err
				}()
				synctest.Wait()
				if heard < maxHeard || heard > maxHeard+1000 {
					t.Errorf("%d bytes were heard", heard)
				}
				end(n)
				end(n)
				if err := <-ended; (name == "closed") != errors.Is(err, net.ErrClosed) {
					t.Errorf("after %d bytes: %v", heard, err)
				}
			})
		})
	}
}
