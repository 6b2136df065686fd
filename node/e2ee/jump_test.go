package e2ee_test

import (
	"encoding/binary"
	"fmt"
	"runtime"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
)

// skip lets a peer seal n cells that get lost, of which it needs the keys only.
func skip(peer *reference.Session, n int) {
	if peer.Own == nil {
		peer.SendingStep(draw(fmt.Sprint("step of ", peer.SendingBase, peer.Ns)))
	}
	for range n {
		peer.SealRaw(make([]byte, 0), make([]byte, 4), fixed("nonce", 24))
	}
}

// claiming returns a cell with the next key of the peer, which says that it is
// cell n and that the chain before had previous.
func claiming(peer *reference.Session, n, previous uint32) []byte {
	header := peer.Header()
	binary.BigEndian.PutUint32(header, n)
	binary.BigEndian.PutUint32(header[4:], previous)
	return peer.Clone().SealRaw(header, reference.Pad([]byte("claimed"), e2ee.CellSize), fixed("nonce", 24))
}

func TestJumpAtItsBoundWithinAChain(t *testing.T) {
	for _, opened := range []int{0, 1} {
		s, peer := initiatorWithPeer(t)
		for range opened {
			wantOpens(t, s, from(t, peer, "first"), []byte("first"))
		}
		skip(peer, e2ee.MaxJump)
		within := from(t, peer, "within")
		beyond := from(t, peer, "beyond")
		before := e2ee.StateOf(s)
		_, err := s.Open(beyond, now)
		wantErr(t, err, e2ee.ErrGap)
		wantUnchanged(t, s, before)
		wantOpens(t, s, within, []byte("within"))
		if n := len(s.Missing()); n != e2ee.MaxJump || s.Lost() != 0 {
			t.Errorf("%d cells are missing and %d lost", n, s.Lost())
		}
		wantOpens(t, s, beyond, []byte("beyond"))
	}
}

// A cell of the next chain skips the end of one and the beginning of the other;
// both count.
func TestJumpAtItsBoundAcrossChains(t *testing.T) {
	for _, tt := range []struct {
		end, beginning int
		want           error
	}{
		{e2ee.MaxJump, 0, nil},
		{0, e2ee.MaxJump, nil},
		{e2ee.MaxJump / 2, e2ee.MaxJump / 2, nil},
		{e2ee.MaxJump + 1, 0, e2ee.ErrGap},
		{0, e2ee.MaxJump + 1, e2ee.ErrGap},
		{e2ee.MaxJump/2 + 1, e2ee.MaxJump / 2, e2ee.ErrGap},
	} {
		t.Run(fmt.Sprintf("%d and %d", tt.end, tt.beginning), func(t *testing.T) {
			s, peer := initiatorWithPeer(t)
			wantOpens(t, s, from(t, peer, "first"), []byte("first"))
			skip(peer, tt.end)
			if _, err := peer.Open(seal(t, s, nil), 0); err != nil {
				t.Fatal(err)
			}
			skip(peer, tt.beginning)
			cell := from(t, peer, "next chain")
			before := e2ee.StateOf(s)
			opened, err := s.Open(cell, now)
			wantErr(t, err, tt.want)
			if tt.want != nil {
				wantUnchanged(t, s, before)
				return
			}
			if want := uint64(1 + tt.end + tt.beginning); opened.Number != want {
				t.Errorf("the cell is number %d, want %d", opened.Number, want)
			}
			if n := len(s.Missing()); n != tt.end+tt.beginning {
				t.Errorf("%d cells are missing", n)
			}
		})
	}
}

// Whatever counts a header claims, it is refused before any key is computed: as
// cheaply as a cell that opens nowhere.
func TestEnormousClaimsCostNothing(t *testing.T) {
	s, peer := initiatorWithPeer(t)
	wantOpens(t, s, from(t, peer, "first"), []byte("first"))
	inChain := func(n, previous uint32) []byte { return claiming(peer, n, previous) }
	next, nextPeer := initiatorWithPeer(t)
	wantOpens(t, next, from(t, nextPeer, "first"), []byte("first"))
	if _, err := nextPeer.Open(seal(t, next, nil), 0); err != nil {
		t.Fatal(err)
	}
	skip(nextPeer, 0)
	inNext := func(n, previous uint32) []byte { return claiming(nextPeer, n, previous) }

	for _, tt := range []struct {
		name string
		s    *e2ee.Session
		cell []byte
		want error
	}{
		{"4000 million in the chain", s, inChain(4_000_000_000, 0), e2ee.ErrGap},
		{"the last cell of the chain", s, inChain(1<<32-2, 0), e2ee.ErrGap},
		{"beyond the last cell", s, inChain(1<<32-1, 0), e2ee.ErrMalformed},
		{"4000 million in the next", next, inNext(4_000_000_000, 1), e2ee.ErrGap},
		{"4000 million before the next", next, inNext(0, 4_000_000_000), e2ee.ErrGap},
		{"both, which 32 bits do not hold", next, inNext(1<<32-1, 1<<32-1), e2ee.ErrGap},
		{"a sum of 2^32", next, inNext(1<<31, 1<<31+1), e2ee.ErrGap},
		{"a sum of 2^32 + 1", next, inNext(1<<32-1, 3), e2ee.ErrGap},
		{"fewer than have come", next, inNext(0, 0), e2ee.ErrMalformed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := e2ee.StateOf(tt.s)
			_, err := tt.s.Open(tt.cell, now)
			wantErr(t, err, tt.want)
			wantUnchanged(t, tt.s, before)

			// The keys that were skipped would be kept in memory, 1024 of them in 50 KB.
			nowhere := append(append([]byte(nil), tt.cell[:100]...), make([]byte, e2ee.CellSize-100)...)
			claimed := allocated(func() { _, _ = tt.s.Open(tt.cell, now) })
			refused := allocated(func() { _, _ = tt.s.Open(nowhere, now) })
			if claimed > refused+1024 {
				t.Errorf("a claim takes %d bytes, a cell that opens nowhere %d", claimed, refused)
			}
		})
	}
}

// allocated returns how many bytes of memory f takes, on average.
func allocated(f func()) uint64 {
	const times = 50
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range times {
		f()
	}
	runtime.ReadMemStats(&after)
	return (after.TotalAlloc - before.TotalAlloc) / times
}

// The first cell of a responder's first chain has no chain before it.
func TestFirstChainHasNoneBefore(t *testing.T) {
	s, peer := responderWithPeer(t)
	skip(peer, 0)
	for _, previous := range []uint32{1, e2ee.MaxJump, 1<<32 - 1} {
		before := e2ee.StateOf(s)
		_, err := s.Open(claiming(peer, 0, previous), now)
		wantErr(t, err, e2ee.ErrMalformed)
		wantUnchanged(t, s, before)
	}
	wantOpens(t, s, from(t, peer, "first"), []byte("first"))
}

// The ratchet part is the same in all cells of a chain.
func TestRatchetPartChangesWithTheChainOnly(t *testing.T) {
	s, peer := initiatorWithPeer(t)
	for _, at := range []int{8, 8 + 32, 8 + 32 + 1184, 8 + 2303} {
		header := peer.Header()
		header[at] ^= 1
		before := e2ee.StateOf(s)
		_, err := s.Open(peer.Clone().SealRaw(header, reference.Pad(nil, e2ee.CellSize), fixed("nonce", 24)), now)
		wantErr(t, err, e2ee.ErrMalformed)
		wantUnchanged(t, s, before)
	}
	wantOpens(t, s, from(t, peer, "right"), []byte("right"))
}

// A ciphertext for another key gives another secret: such a cell does not open,
// and does not keep the right one from it.
func TestWrongCiphertextInAStep(t *testing.T) {
	s, peer := responderWithPeer(t)
	skip(peer, 0)
	header := peer.Header()
	header[8+32+1184] ^= 1
	before := e2ee.StateOf(s)
	_, err := s.Open(peer.Clone().SealRaw(header, reference.Pad(nil, e2ee.CellSize), fixed("nonce", 24)), now)
	wantErr(t, err, e2ee.ErrDecrypt)
	wantUnchanged(t, s, before)
	wantOpens(t, s, from(t, peer, "right"), []byte("right"))
}
