package e2ee_test

import (
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
)

const maxChain = 1<<32 - 1

func TestSendingChainIsExhausted(t *testing.T) {
	a, b := newSessions(t)
	wantOpens(t, b, seal(t, a, nil), nil)
	e2ee.SetCounts(a, maxChain-1, 0)
	e2ee.SetCounts(b, 0, maxChain-1)
	opened := must[*e2ee.Opened](t)(b.Open(seal(t, a, []byte("last")), now))
	if opened.Number != maxChain-1 {
		t.Errorf("the last cell opened as %d", opened.Number)
	}
	before := e2ee.StateOf(a)
	cell, err := a.Seal([]byte("one more"))
	wantErr(t, err, e2ee.ErrExhausted)
	if cell != nil {
		t.Error("a cell came with the error")
	}
	wantUnchanged(t, a, before)
	a, b = reload(t, a), reload(t, b)

	// An answer helps, and the numbers go on.
	wantOpens(t, a, seal(t, b, []byte("answer")), []byte("answer"))
	opened = must[*e2ee.Opened](t)(b.Open(seal(t, a, []byte("again")), now))
	if opened.Number != maxChain || string(opened.Content) != "again" {
		t.Errorf("the first cell of the next chain opened as %d", opened.Number)
	}
}

func TestReceivingChainIsExhausted(t *testing.T) {
	s, peer := initiatorWithPeer(t)
	wantOpens(t, s, from(t, peer, "first"), []byte("first"))
	e2ee.SetCounts(s, 0, maxChain-1)
	before := e2ee.StateOf(s)
	_, err := s.Open(claiming(peer, maxChain, 0), now)
	wantErr(t, err, e2ee.ErrMalformed)
	wantUnchanged(t, s, before)

	opened := must[*e2ee.Opened](t)(s.Open(claiming(peer, maxChain-1, 0), now))
	if opened.Number != maxChain-1 {
		t.Errorf("the last cell opened as %d", opened.Number)
	}
	_, err = s.Open(claiming(peer, maxChain, 0), now)
	wantErr(t, err, e2ee.ErrMalformed)
}

// Numbers go beyond 32 bits when chains follow each other.
func TestNumbersOutgrowTheChain(t *testing.T) {
	a, b := newSessions(t)
	wantOpens(t, b, seal(t, a, nil), nil)
	var number uint64 = 1
	for range 3 {
		e2ee.SetCounts(a, maxChain, 0)
		e2ee.SetCounts(b, 0, maxChain)
		wantOpens(t, a, seal(t, b, nil), nil)
		number += maxChain
		if number == 1+maxChain {
			number-- // the first cell is one of the chain
		}
		opened := must[*e2ee.Opened](t)(b.Open(seal(t, a, nil), now))
		if opened.Number != number {
			t.Errorf("a cell opened as %d, want %d", opened.Number, number)
		}
	}
}
