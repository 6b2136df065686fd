package e2ee_test

import (
	"bytes"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
)

func TestCellsOfOtherSessionAreRefused(t *testing.T) {
	a1, _ := newSessions(t)
	a2, b2 := newSessions(t)
	_, err := b2.Open(seal(t, a1, []byte("lost")), now)
	wantErr(t, err, e2ee.ErrDecrypt)
	wantOpens(t, b2, seal(t, a2, []byte("found")), []byte("found"))
}

// Nobody is shown what they have sealed themselves.
func TestOwnCellsAreRefused(t *testing.T) {
	a, b := newSessions(t)
	for range 3 {
		for range 2 {
			cell := seal(t, a, []byte("mine"))
			_, err := a.Open(cell, now)
			wantErr(t, err, e2ee.ErrDecrypt)
			wantOpens(t, b, cell, []byte("mine"))
		}
		a, b = b, a
	}
}

// Nonce, header and body of two cells of a chain cannot be joined.
func TestPartsOfCellsCannotBeExchanged(t *testing.T) {
	a, b := newSessions(t)
	wantOpens(t, b, seal(t, a, nil), nil)
	first, second := seal(t, a, []byte("first")), seal(t, a, []byte("second"))
	const header, body = 24, 2352
	for _, parts := range [][3][]byte{
		{first, second, second},
		{second, first, second},
		{second, second, first},
	} {
		cell := bytes.Join([][]byte{parts[0][:header], parts[1][header:body], parts[2][body:]}, nil)
		before := e2ee.StateOf(b)
		_, err := b.Open(cell, now)
		wantErr(t, err, e2ee.ErrDecrypt)
		wantUnchanged(t, b, before)
	}
	wantOpens(t, b, second, []byte("second"))
	wantOpens(t, b, first, []byte("first"))
}

// The session ID is bound to every header: with all keys equal it is still
// another session.
func TestHeadersBelongToTheirSession(t *testing.T) {
	s, peer := initiatorWithPeer(t)
	stranger := peer.Clone()
	stranger.ID = fixed("another session", 32)
	_, err := s.Open(from(t, stranger, "from elsewhere"), now)
	wantErr(t, err, e2ee.ErrDecrypt)
	wantOpens(t, s, from(t, peer, "from here"), []byte("from here"))
}

func TestSameContentNeverLooksTheSame(t *testing.T) {
	a, _ := newSessions(t)
	seen := make(map[string]bool)
	for range 50 {
		cell := seal(t, a, []byte("again"))
		for _, part := range [][]byte{cell[:24], cell[24:40], cell[2352:2368], cell} {
			if seen[string(part)] {
				t.Fatal("a part of a cell came twice")
			}
			seen[string(part)] = true
		}
	}
}

func TestSessionLeavesArgumentsAlone(t *testing.T) {
	a, b := newSessions(t)
	content := []byte("mine")
	cell := seal(t, a, content)
	kept := bytes.Clone(cell)
	opened, err := b.Open(cell, now)
	if err != nil || !bytes.Equal(cell, kept) {
		t.Fatalf("the cell was changed, or %v", err)
	}
	clear(cell)
	if string(content) != "mine" || string(opened.Content) != "mine" {
		t.Error("content and cell share memory")
	}
	if cap(opened.Content) != len(opened.Content) {
		t.Error("appending to a content writes over its padding")
	}
	_, err = b.Open(kept, now)
	wantErr(t, err, e2ee.ErrRepeated)
}

func TestClosedSessionRefuses(t *testing.T) {
	a, b := newSessions(t)
	cell := seal(t, a, []byte("late"))
	id := b.SessionID()
	b.Close()
	b.Close()
	_, err := b.Open(cell, now)
	wantErr(t, err, e2ee.ErrState)
	_, err = b.Seal(nil)
	wantErr(t, err, e2ee.ErrState)
	if b.SessionID() != id {
		t.Error("the session ID did not survive Close")
	}
}
