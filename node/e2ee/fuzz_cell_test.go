package e2ee_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
)

// talking returns a session that has a receiving chain with skipped keys and can
// be given a next chain, and the peer twice: before it has taken the step to
// that, and after.
func talking(tb testing.TB) (s *e2ee.Session, peer, next *reference.Session) {
	tb.Helper()
	s, peer = initiatorWithPeer(tb)
	skip(peer, 3)
	wantOpens(tb, s, from(tb, peer, "first"), []byte("first"))
	next = peer.Clone()
	if _, err := next.Open(seal(tb, s, nil), 0); err != nil {
		tb.Fatal(err)
	}
	skip(next, 0)
	return s, peer, next
}

func FuzzOpen(f *testing.F) {
	s, peer, next := talking(f)
	saved := save(f, s)
	genuine := map[string]bool{}
	for _, cell := range [][]byte{from(f, peer, "due"), from(f, next, "next")} {
		genuine[string(cell)] = true
		f.Add(cell)
	}
	f.Add([]byte{})
	f.Add(make([]byte, e2ee.CellSize))
	f.Add(make([]byte, e2ee.MaxCell))
	f.Fuzz(func(t *testing.T, cell []byte) {
		s := must[*e2ee.Session](t)(load(t, saved))
		before := e2ee.StateOf(s)
		opened, err := s.Open(cell, now)
		switch {
		case err != nil:
			wantRefusal(t, err)
			wantUnchanged(t, s, before)
		case !genuine[string(cell)]:
			t.Errorf("opened a cell that the peer did not seal: %q", opened.Content)
		}
	})
}

// FuzzOpenKeyed has a peer with the right keys write any header and plaintext:
// in the receiving chain, in the next one, and in the place of a skipped cell.
// What the fuzzer does not say of the ratchet part is right, and plain is
// followed by as many zeros as make a cell.
func FuzzOpenKeyed(f *testing.F) {
	s, peer, next := talking(f)
	saved := save(f, s)
	pad := reference.Pad([]byte("abc"), e2ee.CellSize)[:7]
	for chain := range uint8(3) {
		f.Add(chain, uint32(4), uint32(4), uint16(0), []byte{}, pad)
		f.Add(chain, uint32(1<<32-1), uint32(1<<32-1), uint16(0), []byte{}, pad)
		f.Add(chain, uint32(4_000_000_000), uint32(0), uint16(31), []byte{0x80}, pad)
		f.Add(chain, uint32(0), uint32(4), uint16(32), bytes.Repeat([]byte{0xff}, 3), []byte{0xff, 0xff, 0xff, 0xff})
	}
	f.Fuzz(func(t *testing.T, chain uint8, n, previous uint32, at uint16, change, plain []byte) {
		if len(plain) > e2ee.MaxCell-overhead+4 {
			return
		}
		who := peer.Clone()
		if chain%3 == 1 {
			who = next.Clone()
		}
		header := who.Header()
		binary.BigEndian.PutUint32(header, n)
		binary.BigEndian.PutUint32(header[4:], previous)
		for i := range change {
			header[8+(int(at)+i)%reference.PartSize] ^= change[i]
		}
		size := reference.SizeFor(max(len(plain)-4, 0))
		plaintext := append(bytes.Clone(plain), make([]byte, size-overhead+4-len(plain))...)
		cellKey, _ := who.Trace.ChainStep(who.Sending.CK)
		if chain%3 == 2 { // one of those skipped
			cellKey = skippedKey(t, s, int(n%3))
			binary.BigEndian.PutUint32(header, n%3)
		}
		cell := who.SealWith(who.Sending.HK, cellKey, header, fixed("nonce", 24), reference.RawState(plaintext)...)

		session := must[*e2ee.Session](t)(load(t, saved))
		before := e2ee.StateOf(session)
		opened, err := session.Open(cell, now)
		if err != nil {
			wantRefusal(t, err)
			wantUnchanged(t, session, before)
			return
		}
		if !bytes.Equal(reference.Pad(opened.Content, size), plaintext) {
			t.Error("opened something else than the plaintext holds")
		}
		if number := uint64(binary.BigEndian.Uint32(header)); chain%3 != 1 && opened.Number != number ||
			chain%3 == 1 && opened.Number != number+uint64(previous) {
			t.Errorf("cell %d opened as %d", number, opened.Number)
		}
		if again, err := session.Open(cell, now); err == nil {
			t.Errorf("opened twice, the second time as %d", again.Number)
		}
		seal(t, session, nil)
		reload(t, session)
	})
}

// skippedKey returns the key of one of the three cells that were skipped, from
// where it is at the end of a saved session.
func skippedKey(t *testing.T, s *e2ee.Session, n int) []byte {
	t.Helper()
	const size = 4 + 8 + 32
	state := e2ee.StateOf(s)
	end := len(state) - (2-n)*size
	return state[end-32 : end]
}
