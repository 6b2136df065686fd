package e2ee_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
	"pgregory.net/rapid"
)

const (
	overhead = 24 + 4 + 16
	oneCell  = e2ee.CellSize - overhead // the most that one CellSize holds
)

func TestCellBounds(t *testing.T) {
	if e2ee.MaxContent != 66560 || e2ee.MaxCell != 69632 || oneCell != 4052 {
		t.Errorf("MaxContent %d, MaxCell %d, one cell %d differ from the specification",
			e2ee.MaxContent, e2ee.MaxCell, oneCell)
	}
}

func TestAnySizeOpens(t *testing.T) {
	a, b := newSessions(t)
	sizes := []int{0, 1, 2, e2ee.MaxContent - 1, e2ee.MaxContent}
	for n := oneCell; n < e2ee.MaxContent; n += e2ee.CellSize {
		sizes = append(sizes, n-1, n, n+1)
	}
	for n := 0; n < e2ee.MaxContent; n += 641 {
		sizes = append(sizes, n)
	}
	for _, n := range sizes {
		content := bytes.Repeat([]byte{0xee}, n)
		cell := seal(t, a, content)
		want := (n + overhead + e2ee.CellSize - 1) / e2ee.CellSize * e2ee.CellSize
		if len(cell) != want || len(cell)%e2ee.CellSize != 0 || len(cell) > e2ee.MaxCell {
			t.Errorf("%d bytes became a cell of %d, want %d", n, len(cell), want)
		}
		wantOpens(t, b, cell, content)
	}
}

// A keystroke, a receipt and a contact card cannot be told apart.
func TestSmallContentsLookAlike(t *testing.T) {
	a, _ := newSessions(t)
	for n := range oneCell + 1 {
		if cell := seal(t, a, make([]byte, n)); len(cell) != e2ee.CellSize {
			t.Fatalf("%d bytes became a cell of %d", n, len(cell))
		}
	}
}

func TestOversizeIsRefused(t *testing.T) {
	a, b := newSessions(t)
	cell, err := a.Seal(make([]byte, e2ee.MaxContent+1))
	wantErr(t, err, e2ee.ErrTooLarge)
	if cell != nil {
		t.Error("a cell came with the error")
	}
	wantOpens(t, b, seal(t, a, []byte("next")), []byte("next"))
}

func TestEveryFlippedByteOfACellIsRefused(t *testing.T) {
	a, b := newSessions(t)
	cell := seal(t, a, []byte("whole"))
	for i := range cell {
		cell[i] ^= 1 << (i % 8)
		if _, err := b.Open(cell); err == nil {
			t.Fatalf("byte %d was changed and nobody noticed", i)
		}
		cell[i] ^= 1 << (i % 8)
	}
	wantOpens(t, b, cell, []byte("whole"))
}

func TestOtherCellLengthsAreRefused(t *testing.T) {
	a, b := newSessions(t)
	cell := seal(t, a, make([]byte, e2ee.MaxContent))
	long := append(bytes.Clone(cell), make([]byte, e2ee.CellSize)...)
	for _, n := range []int{0, 1, 40, e2ee.CellSize - 1, e2ee.CellSize + 1, len(cell) - 1, len(cell) + 1, len(long)} {
		_, err := b.Open(long[:n])
		wantErr(t, err, e2ee.ErrMalformed)
	}
	_, err := b.Open(cell[:e2ee.CellSize])
	wantErr(t, err, e2ee.ErrDecrypt)
	wantOpens(t, b, cell, make([]byte, e2ee.MaxContent))
}

// TestPadding has a peer seal paddings that Seal never makes.
func TestPadding(t *testing.T) {
	for _, tt := range []struct {
		name  string
		plain func() []byte
		want  error
	}{
		{"right", func() []byte { return refPad([]byte("abc"), e2ee.CellSize) }, nil},
		{"more than needed", func() []byte { return refPad([]byte("abc"), e2ee.MaxCell) }, nil},
		{"first byte not zero", func() []byte {
			p := refPad([]byte("abc"), e2ee.CellSize)
			p[7] = 1
			return p
		}, e2ee.ErrMalformed},
		{"last byte not zero", func() []byte {
			p := refPad([]byte("abc"), e2ee.CellSize)
			p[len(p)-1] = 0x80
			return p
		}, e2ee.ErrMalformed},
		{"length one too large", func() []byte { return withLength(oneCell + 1) }, e2ee.ErrMalformed},
		{"length at the end", func() []byte { return withLength(oneCell) }, nil},
		{"length negative as int32", func() []byte { return withLength(1 << 31) }, e2ee.ErrMalformed},
		{"length enormous", func() []byte { return withLength(1<<32 - 1) }, e2ee.ErrMalformed},
		{"content over the limit", func() []byte {
			return refPad(make([]byte, e2ee.MaxContent+1), e2ee.MaxCell)
		}, e2ee.ErrMalformed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, peer := withReferencePeer(t)
			before := *peer
			content, err := s.Open(peer.sealPlain(t, make([]byte, 24), tt.plain()))
			wantErr(t, err, tt.want)
			if err == nil {
				return
			}
			if content != nil {
				t.Error("content came with the error")
			}
			cell := before.sealPlain(t, make([]byte, 24), refPad([]byte("due"), e2ee.CellSize))
			wantOpens(t, s, cell, []byte("due"))
		})
	}
}

func withLength(n uint32) []byte {
	p := make([]byte, e2ee.CellSize-24-16)
	binary.BigEndian.PutUint32(p, n)
	return p
}

// withReferencePeer returns an initiator's session and the chain on which the
// responder, a reference, sends. All random bytes are fixed.
func withReferencePeer(tb rapid.TB) (*e2ee.Session, *refChain) {
	tb.Helper()
	alice, bob := newPerson(tb, "alice"), newPerson(tb, "bob")
	cfg := alice.expecting(bob)
	cfg.Rand = bytes.NewReader(counting(0, 64+32))
	a := must[*e2ee.Handshake](tb)(e2ee.NewInitiator(cfg))
	peer := newReference(tb, bob, alice, false, referenceOptions{ephemeral: counting(1, 32)})
	peer.read(tb, write(tb, a))
	if err := a.Read(peer.write(tb, peer.payload2(tb, counting(2, 32), 0))); err != nil {
		tb.Fatal(err)
	}
	peer.read(tb, write(tb, a))
	_, chain := peer.chains(tb)
	return session(tb, a), chain
}
