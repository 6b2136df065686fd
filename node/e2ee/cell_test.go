package e2ee_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
)

const overhead = 24 + 2312 + 16 + 4 + 16

func TestCellBounds(t *testing.T) {
	if e2ee.MaxContent != 66560 || e2ee.MaxCell != 69632 || e2ee.OneCell != 1724 || overhead != 2372 {
		t.Errorf("MaxContent %d, MaxCell %d, OneCell %d differ from the specification",
			e2ee.MaxContent, e2ee.MaxCell, e2ee.OneCell)
	}
}

func TestAnySizeOpens(t *testing.T) {
	a, b := newSessions(t)
	sizes := []int{0, 1, 2, e2ee.MaxContent - 1, e2ee.MaxContent}
	for n := e2ee.OneCell; n < e2ee.MaxContent; n += e2ee.CellSize {
		sizes = append(sizes, n-1, n, n+1)
	}
	for n := 0; n < e2ee.MaxContent; n += 1641 {
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

// A keystroke, a receipt and a contact card cannot be told apart, nor can the
// first cell of a chain.
func TestSmallContentsLookAlike(t *testing.T) {
	a, b := newSessions(t)
	for n := 0; n <= e2ee.OneCell; n += 7 {
		cell := seal(t, a, make([]byte, n))
		if len(cell) != e2ee.CellSize {
			t.Fatalf("%d bytes became a cell of %d", n, len(cell))
		}
		wantOpens(t, b, cell, make([]byte, n))
		if n%100 == 0 {
			a, b = b, a
		}
	}
}

func TestOversizeIsRefused(t *testing.T) {
	a, b := newSessions(t)
	before := e2ee.StateOf(a)
	cell, err := a.Seal(make([]byte, e2ee.MaxContent+1))
	wantErr(t, err, e2ee.ErrTooLarge)
	if cell != nil {
		t.Error("a cell came with the error")
	}
	wantUnchanged(t, a, before)
	wantOpens(t, b, seal(t, a, []byte("next")), []byte("next"))
}

// Of every byte one bit, in cells that belong to the receiving chain, to the
// next one, and to one before.
func TestEveryFlippedByteOfACellIsRefused(t *testing.T) {
	a, b := newSessions(t)
	skipped := seal(t, a, []byte("skipped"))
	wantOpens(t, b, seal(t, a, nil), nil)
	wantOpens(t, a, seal(t, b, nil), nil)
	for name, cell := range map[string][]byte{
		"earlier chain": skipped,
		"next chain":    seal(t, a, []byte("next")),
	} {
		before := e2ee.StateOf(b)
		for i := range cell {
			cell[i] ^= 1 << (i % 8)
			if _, err := b.Open(cell, now); err == nil {
				t.Fatalf("%s: byte %d was changed and nobody noticed", name, i)
			}
			cell[i] ^= 1 << (i % 8)
		}
		wantUnchanged(t, b, before)
		if _, err := b.Open(cell, now); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	cell := seal(t, a, []byte("whole"))
	before := e2ee.StateOf(b)
	for i := range cell {
		cell[i] ^= 0x80 >> (i % 8)
		_, err := b.Open(cell, now)
		wantErr(t, err, e2ee.ErrDecrypt)
		cell[i] ^= 0x80 >> (i % 8)
	}
	wantUnchanged(t, b, before)
	wantOpens(t, b, cell, []byte("whole"))
}

func TestOtherCellLengthsAreRefused(t *testing.T) {
	a, b := newSessions(t)
	cell := seal(t, a, make([]byte, e2ee.MaxContent))
	long := append(bytes.Clone(cell), make([]byte, e2ee.CellSize)...)
	for n := range len(long) + 1 {
		if n%e2ee.CellSize == 0 && n > 0 && n < len(long) {
			continue
		}
		_, err := b.Open(long[:n], now)
		wantErr(t, err, e2ee.ErrMalformed)
	}
	for n := e2ee.CellSize; n < len(cell); n += e2ee.CellSize {
		_, err := b.Open(cell[:n], now)
		wantErr(t, err, e2ee.ErrDecrypt)
	}
	_, err := b.Open(nil, now)
	wantErr(t, err, e2ee.ErrMalformed)
	wantOpens(t, b, cell, make([]byte, e2ee.MaxContent))
}

// TestPadding has a peer seal paddings that Seal never makes.
func TestPadding(t *testing.T) {
	changed := func(i int, b byte) []byte {
		p := reference.Pad([]byte("abc"), e2ee.CellSize)
		p[(i+len(p))%len(p)] = b
		return p
	}
	withLength := func(n uint32) []byte {
		p := make([]byte, lengthOfPlaintext)
		binary.BigEndian.PutUint32(p, n)
		return p
	}
	for _, tt := range []struct {
		name  string
		plain []byte
		want  error
	}{
		{"right", reference.Pad([]byte("abc"), e2ee.CellSize), nil},
		{"more than needed", reference.Pad([]byte("abc"), e2ee.MaxCell), nil},
		{"first byte not zero", changed(7, 1), e2ee.ErrMalformed},
		{"last byte not zero", changed(-1, 0x80), e2ee.ErrMalformed},
		{"length one too large", withLength(e2ee.OneCell + 1), e2ee.ErrMalformed},
		{"length at the end", withLength(e2ee.OneCell), nil},
		{"length negative as int32", withLength(1 << 31), e2ee.ErrMalformed},
		{"length enormous", withLength(1<<32 - 1), e2ee.ErrMalformed},
		{"content at the limit", reference.Pad(make([]byte, e2ee.MaxContent), e2ee.MaxCell), nil},
		{"content over the limit", reference.Pad(make([]byte, e2ee.MaxContent+1), e2ee.MaxCell), e2ee.ErrMalformed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, peer := initiatorWithPeer(t)
			cell := peer.Clone().SealRaw(peer.Header(), tt.plain, fixed("nonce", 24))
			before := e2ee.StateOf(s)
			opened, err := s.Open(cell, now)
			wantErr(t, err, tt.want)
			if err == nil {
				return
			}
			if opened != nil {
				t.Error("content came with the error")
			}
			wantUnchanged(t, s, before)
			wantOpens(t, s, from(t, peer, "due"), []byte("due"))
		})
	}
}

const lengthOfPlaintext = e2ee.CellSize - overhead + 4
