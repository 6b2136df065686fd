package e2ee_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
	"pgregory.net/rapid"
)

// A peer that holds all keys of the session and writes into its cells what it
// likes is answered by both implementations alike.
func TestConformanceOfWrongCells(t *testing.T) {
	a, b := newTwins(t, "wrong cells")
	fresh := b.ref.Clone()
	first := a.seal(t, nil)
	for range 2 {
		a.seal(t, nil)
	}
	// Cells 0 and 3 arrive, so that the keys of 1 and 2 are kept.
	for _, cell := range [][]byte{first, a.seal(t, nil)} {
		if _, err := b.open(t, cell, now); err != nil {
			t.Fatal(err)
		}
	}
	receivers := []*reference.Session{b.ref.Clone(), fresh}
	senders := []*reference.Session{a.ref.Clone(), a.ref.Clone()}
	if _, err := a.open(t, b.seal(t, nil), now); err != nil {
		t.Fatal(err)
	}
	a.seal(t, nil)
	receivers, senders = append(receivers, b.ref.Clone()), append(senders, a.ref.Clone())

	rapid.Check(t, func(t *rapid.T) {
		i := rapid.IntRange(0, len(receivers)-1).Draw(t, "receiver")
		receiver, sender := receivers[i].Clone(), senders[i].Clone()
		header := sender.Header()
		for range rapid.IntRange(0, 2).Draw(t, "changes of the header") {
			drawHeader(t, header)
		}
		content := make([]byte, rapid.SampledFrom([]int{0, 1, 1724}).Draw(t, "length"))
		plaintext := reference.Pad(content, rapid.SampledFrom([]int{e2ee.CellSize, e2ee.MaxCell}).Draw(t, "size"))
		switch rapid.IntRange(0, 4).Draw(t, "plaintext") {
		case 0:
			n := rapid.SampledFrom([]uint32{1725, 66560, 66561, 67260, 67261, 1<<32 - 1}).Draw(t, "claimed length")
			copy(plaintext, []byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
		case 1:
			plaintext[4+rapid.SampledFrom([]int{0, 1, 1723, len(plaintext) - 5}).Draw(t, "at")] ^= 1
		}
		sender.Sending.HK = rapid.SampledFrom([][]byte{
			sender.Sending.HK, receiver.NHKr, receiver.NHKs, bytes.Repeat([]byte{7}, 32),
		}).Draw(t, "header key")
		cell := sender.SealRaw(header, plaintext, make([]byte, 24))
		switch rapid.IntRange(0, 9).Draw(t, "length of the cell") {
		case 0:
			cell = cell[:rapid.IntRange(0, len(cell)).Draw(t, "cut")]
		case 1:
			cell = append(cell, make([]byte, e2ee.CellSize)...)
		}
		w := newTwin("wrong cells")
		w.take(loadState(t, receiver.State(reference.StateVersion)), receiver)
		_, _ = w.open(t, cell, now)
		w.same(t)
	})
}

// drawHeader puts something into a header.
func drawHeader(t *rapid.T, header []byte) {
	edges := [][]byte{
		{0, 0, 0, 0},
		{0, 0, 0, 1},
		{0, 0, 0, 2},
		{0, 0, 0, 3},
		{0, 0, 0, 4},
		{0, 0, 0, 5},
		{0, 0, 4, 0},
		{0, 0, 4, 1},
		{0, 0, 4, 4},
		{0, 0, 4, 5},
		{0x80, 0, 0, 0},
		{0xff, 0xff, 0xff, 0xfe},
		{0xff, 0xff, 0xff, 0xff},
	}
	switch rapid.IntRange(0, 4).Draw(t, "field") {
	case 0:
		copy(header, rapid.SampledFrom(edges).Draw(t, "N"))
	case 1:
		copy(header[4:], rapid.SampledFrom(edges).Draw(t, "PN"))
	case 2:
		copy(header[8:], drawField(t, 32))
	case 3:
		copy(header[40:], drawField(t, 1184))
	case 4:
		header[rapid.IntRange(8, len(header)-1).Draw(t, "at")] ^= 1
	}
}

// Neither implementation seals more than may be opened, or opens it.
func TestConformanceOfSealing(t *testing.T) {
	a, b := newTwins(t, "sealing")
	long := make([]byte, e2ee.MaxContent+1)
	_, err := a.real.Seal(long)
	_, _, refErr := a.ref.Seal(long, reference.Draw{})
	wantClass(t, err, refErr)
	a.seal(t, long[1:])
	sender := a.ref.Clone()
	cell := sender.SealRaw(sender.Header(), reference.Pad(long, e2ee.MaxCell), make([]byte, 24))
	if _, err := b.open(t, cell, now); !errors.Is(err, reference.ErrMalformed) {
		t.Errorf("one byte too many: %v", err)
	}

	last := a.ref.Clone()
	last.Ns = reference.MaxChain - 1
	w := newTwin("sealing, the last")
	w.take(loadState(t, last.State(reference.StateVersion)), last)
	w.seal(t, nil)
	_, err = w.real.Seal(nil)
	_, _, refErr = w.ref.Seal(nil, reference.Draw{})
	wantClass(t, err, refErr)
	if refErr == nil {
		t.Error("a chain has more cells than it may")
	}
	w.same(t)
}
