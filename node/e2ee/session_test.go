package e2ee_test

import (
	"bytes"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
	"pgregory.net/rapid"
)

// queue is one direction of a conversation on its way.
type queue struct {
	from, to *e2ee.Session
	cells    [][]byte
	contents [][]byte
	opened   []byte // the last cell that was opened
}

func TestSessionProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := newSessions(t)
		queues := []*queue{{from: a, to: b}, {from: b, to: a}}
		pick := func(t *rapid.T) *queue { return rapid.SampledFrom(queues).Draw(t, "direction") }
		t.Repeat(map[string]func(*rapid.T){
			"seal": func(t *rapid.T) {
				q := pick(t)
				content := rapid.SliceOfN(rapid.Byte(), 0, 5000).Draw(t, "content")
				q.cells = append(q.cells, seal(t, q.from, content))
				q.contents = append(q.contents, content)
			},
			"open": func(t *rapid.T) {
				q := pick(t)
				if len(q.cells) == 0 {
					return
				}
				wantOpens(t, q.to, q.cells[0], q.contents[0])
				q.opened = q.cells[0]
				q.cells, q.contents = q.cells[1:], q.contents[1:]
			},
			"open changed": func(t *rapid.T) {
				q := pick(t)
				if len(q.cells) == 0 {
					return
				}
				cell := bytes.Clone(q.cells[0])
				cell[rapid.IntRange(0, len(cell)-1).Draw(t, "at")] ^= rapid.ByteRange(1, 255).Draw(t, "mask")
				_, err := q.to.Open(cell)
				wantErr(t, err, e2ee.ErrDecrypt)
			},
			"open replayed": func(t *rapid.T) {
				q := pick(t)
				if q.opened == nil {
					return
				}
				_, err := q.to.Open(q.opened)
				wantErr(t, err, e2ee.ErrDecrypt)
			},
			"open too early": func(t *rapid.T) {
				q := pick(t)
				if len(q.cells) < 2 {
					return
				}
				_, err := q.to.Open(q.cells[rapid.IntRange(1, len(q.cells)-1).Draw(t, "which")])
				wantErr(t, err, e2ee.ErrDecrypt)
			},
			"open own": func(t *rapid.T) {
				q := pick(t)
				if len(q.cells) == 0 {
					return
				}
				_, err := q.from.Open(q.cells[0])
				wantErr(t, err, e2ee.ErrDecrypt)
			},
		})
	})
}

func TestCellsOfOtherSessionAreRefused(t *testing.T) {
	a1, _ := newSessions(t)
	a2, b2 := newSessions(t)
	_, err := b2.Open(seal(t, a1, []byte("lost")))
	wantErr(t, err, e2ee.ErrDecrypt)
	wantOpens(t, b2, seal(t, a2, []byte("found")), []byte("found"))
}

func TestSameContentNeverLooksTheSame(t *testing.T) {
	a, _ := newSessions(t)
	seen := make(map[string]bool)
	for range 50 {
		cell := seal(t, a, []byte("again"))
		if seen[string(cell)] || seen[string(cell[:24])] {
			t.Fatal("a cell or a nonce came twice")
		}
		seen[string(cell)], seen[string(cell[:24])] = true, true
	}
}

func TestSessionLeavesArgumentsAlone(t *testing.T) {
	a, b := newSessions(t)
	content := []byte("mine")
	cell := seal(t, a, content)
	kept := bytes.Clone(cell)
	got, err := b.Open(cell)
	if err != nil {
		t.Fatal(err)
	}
	clear(cell)
	if string(content) != "mine" || string(got) != "mine" {
		t.Error("content and cell share memory")
	}
	_, err = b.Open(kept)
	wantErr(t, err, e2ee.ErrDecrypt)
}

func TestSessionIsExhausted(t *testing.T) {
	a, b := newSessions(t)
	e2ee.SetCounts(a, e2ee.MaxCells-1, 7)
	e2ee.SetCounts(b, 7, e2ee.MaxCells-1)
	wantOpens(t, b, seal(t, a, []byte("last")), []byte("last"))
	_, err := a.Seal([]byte("one more"))
	wantErr(t, err, e2ee.ErrExhausted)
	_, err = b.Open(make([]byte, e2ee.CellSize))
	wantErr(t, err, e2ee.ErrExhausted)
	wantOpens(t, a, seal(t, b, []byte("the other way")), []byte("the other way"))
}

func TestClosedSessionRefuses(t *testing.T) {
	a, b := newSessions(t)
	cell := seal(t, a, []byte("late"))
	id := b.SessionID()
	b.Close()
	b.Close()
	_, err := b.Open(cell)
	wantErr(t, err, e2ee.ErrState)
	_, err = b.Seal(nil)
	wantErr(t, err, e2ee.ErrState)
	if b.SessionID() != id {
		t.Error("the session ID did not survive Close")
	}
}
