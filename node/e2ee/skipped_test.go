package e2ee_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/e2ee/internal/reference"
)

// wantMissing checks how many cells are missing, the first and the last of them,
// and how many are lost.
func wantMissing(t *testing.T, s *e2ee.Session, count int, first, last, lost uint64) {
	t.Helper()
	m := s.Missing()
	if len(m) != count || count > 0 && (m[0] != first || m[count-1] != last) || s.Lost() != lost {
		t.Errorf("%d cells are missing and %d lost, want %d, from %d to %d, and %d",
			len(m), s.Lost(), count, first, last, lost)
	}
	if !slices.IsSorted(m) {
		t.Error("the missing cells are not in order")
	}
}

func TestMissingCellsAreKnownByNumber(t *testing.T) {
	a, b := newSessions(t)
	var cells [][]byte
	for i := range 5 {
		cells = append(cells, seal(t, a, []byte{byte(i)}))
	}
	wantOpens(t, b, cells[3], []byte{3})
	if m := b.Missing(); !slices.Equal(m, []uint64{0, 1, 2}) {
		t.Errorf("missing are %v", m)
	}
	for _, i := range []uint64{1, 0, 2, 4} {
		opened := must[*e2ee.Opened](t)(b.Open(cells[i], now))
		if opened.Number != i || opened.Content[0] != byte(i) || opened.Session != a.SessionID() {
			t.Errorf("cell %d opened as %d", i, opened.Number)
		}
	}
	wantMissing(t, b, 0, 0, 0, 0)
	for _, cell := range cells {
		_, err := b.Open(cell, now)
		wantErr(t, err, e2ee.ErrRepeated)
	}
}

// step lets the peer answer, so that its next cell begins a new chain.
func step(t *testing.T, s *e2ee.Session, peer *reference.Session) {
	t.Helper()
	if _, err := peer.Open(seal(t, s, nil), 0); err != nil {
		t.Fatal(err)
	}
}

func TestKeysOfOneChainAreBounded(t *testing.T) {
	s, peer := initiatorWithPeer(t)
	lost := []byte(nil)
	for i := range 3 {
		if i == 0 {
			lost = from(t, peer, "the first of all")
			skip(peer, e2ee.MaxSkippedInChain-1)
		} else {
			skip(peer, 1)
		}
		wantOpens(t, s, from(t, peer, fmt.Sprint("after ", i)), fmt.Append(nil, "after ", i))
	}
	// Cells 0 to 1023, 1025 and 1027 were skipped.
	wantMissing(t, s, e2ee.MaxSkippedInChain, 2, 1027, 2)
	_, err := s.Open(lost, now)
	wantErr(t, err, e2ee.ErrRepeated)
}

func TestKeysOfASessionAreBounded(t *testing.T) {
	s, peer := initiatorWithPeer(t)
	first := from(t, peer, "the first of all")
	skip(peer, 999)
	wantOpens(t, s, from(t, peer, "a"), []byte("a"))
	step(t, s, peer)
	skip(peer, 1000)
	wantOpens(t, s, from(t, peer, "b"), []byte("b"))
	wantMissing(t, s, 2000, 0, 2000, 0)
	step(t, s, peer)
	skip(peer, 48)
	wantOpens(t, s, from(t, peer, "c"), []byte("c"))
	wantMissing(t, s, e2ee.MaxSkipped, 0, 2049, 0)
	skip(peer, 1)
	wantOpens(t, s, from(t, peer, "d"), []byte("d"))
	wantMissing(t, s, e2ee.MaxSkipped, 1, 2051, 1)
	_, err := s.Open(first, now)
	wantErr(t, err, e2ee.ErrRepeated)

	// A jump that takes the place of the whole first chain and more.
	skip(peer, 900)
	wantOpens(t, s, from(t, peer, "e"), []byte("e"))
	wantMissing(t, s, e2ee.MaxSkipped, 901, 2952, 901)
	step(t, s, peer)
	skip(peer, 1000)
	wantOpens(t, s, from(t, peer, "f"), []byte("f"))
	wantMissing(t, s, e2ee.MaxSkipped, 1902, 3953, 1901)
	if s := reload(t, s); len(s.Missing()) != e2ee.MaxSkipped || s.Lost() != 1901 {
		t.Error("a session with all the keys it can have does not survive")
	}
}

func TestChainsWithKeysAreBounded(t *testing.T) {
	s, peer := initiatorWithPeer(t)
	var skipped [][]byte
	for i := range e2ee.MaxSkippedChains + 1 {
		if i > 0 {
			step(t, s, peer)
		}
		if i == e2ee.MaxSkippedChains {
			wantMissing(t, s, e2ee.MaxSkippedChains, 0, 14, 0)
		}
		skipped = append(skipped, from(t, peer, fmt.Sprint("skipped ", i)))
		wantOpens(t, s, from(t, peer, fmt.Sprint(i)), fmt.Append(nil, i))
	}
	wantMissing(t, s, e2ee.MaxSkippedChains, 2, 16, 1)
	_, err := s.Open(skipped[0], now)
	wantErr(t, err, e2ee.ErrDecrypt)
	for _, i := range []int{8, 1, 7, 2, 6, 3, 5, 4} {
		opened := must[*e2ee.Opened](t)(s.Open(skipped[i], now))
		if opened.Number != uint64(2*i) {
			t.Errorf("the cell skipped in chain %d: number %d", i, opened.Number)
		}
	}
	wantMissing(t, s, 0, 0, 0, 1)
}

// A key that was used makes room: only what is missing counts.
func TestOpenedCellsMakeRoom(t *testing.T) {
	s, peer := initiatorWithPeer(t)
	for i := range 3 * e2ee.MaxSkippedChains {
		late := from(t, peer, "late")
		wantOpens(t, s, from(t, peer, fmt.Sprint(i)), fmt.Append(nil, i))
		wantOpens(t, s, late, []byte("late"))
		step(t, s, peer)
	}
	wantMissing(t, s, 0, 0, 0, 0)
}

func TestKeysGrowOld(t *testing.T) {
	s, peer := initiatorWithPeer(t)
	day := 24 * time.Hour
	open := func(cell []byte, at time.Time) error {
		_, err := s.Open(cell, at)
		return err
	}
	old := from(t, peer, "old")
	if err := open(from(t, peer, "a"), now); err != nil {
		t.Fatal(err)
	}
	young := from(t, peer, "young")
	if err := open(from(t, peer, "b"), now.Add(10*day)); err != nil {
		t.Fatal(err)
	}
	garbage := make([]byte, e2ee.CellSize)
	wantErr(t, open(garbage, now.Add(e2ee.MaxSkippedAge)), e2ee.ErrDecrypt)
	wantMissing(t, s, 2, 0, 2, 0)
	// What fails erases what is old all the same.
	wantErr(t, open(garbage, now.Add(e2ee.MaxSkippedAge+time.Second)), e2ee.ErrDecrypt)
	wantMissing(t, s, 1, 2, 2, 1)
	wantErr(t, open(old, now), e2ee.ErrRepeated)
	if err := open(young, now.Add(e2ee.MaxSkippedAge+10*day)); err != nil {
		t.Error(err)
	}
	wantMissing(t, s, 0, 0, 0, 1)
}

// A clock that was set back makes nothing older, and one that was wrong ahead
// does no lasting harm but to what it took for old.
func TestClockIsSetBack(t *testing.T) {
	s, peer := initiatorWithPeer(t)
	cell := from(t, peer, "skipped with a clock ahead")
	if _, err := s.Open(from(t, peer, "a"), now.Add(10*e2ee.MaxSkippedAge)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Open(from(t, peer, "b"), now); err != nil {
		t.Fatal(err)
	}
	wantMissing(t, s, 1, 0, 0, 0)
	if _, err := s.Open(cell, now.Add(-e2ee.MaxSkippedAge)); err != nil {
		t.Error(err)
	}
}
