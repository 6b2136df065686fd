package e2ee_test

import (
	"bytes"
	"testing"

	"github.com/onionwire/onionwire/node/e2ee"
)

func TestHandshakeCarriesHints(t *testing.T) {
	alice, bob := newPerson(t, "alice"), newPerson(t, "bob")
	for _, tt := range []struct {
		name                 string
		aliceKnows, bobKnows bool
	}{
		{"strangers", false, false},
		{"initiator knows", true, false},
		{"responder knows", false, true},
		{"contacts", true, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			first, second := alice.expecting(bob), bob.expecting(alice)
			first.KnowsRemote, second.KnowsRemote = tt.aliceKnows, tt.bobKnows
			a, b := start(t, first, second)
			lengths := []int{len(carry(t, a, b)), len(carry(t, b, a))}
			if a.RemoteKnowsUs() {
				t.Error("the hint is out before the handshake is complete")
			}
			lengths = append(lengths, len(carry(t, a, b)))
			for i, want := range []int{1222, 2510, 169} {
				if lengths[i] != want {
					t.Errorf("message %d has %d bytes, want %d", i+1, lengths[i], want)
				}
			}
			if a.RemoteKnowsUs() != tt.bobKnows || b.RemoteKnowsUs() != tt.aliceKnows {
				t.Errorf("hints arrived as %v and %v", b.RemoteKnowsUs(), a.RemoteKnowsUs())
			}

			sa, sb := session(t, a), session(t, b)
			if sa.SessionID() != sb.SessionID() || sa.SessionID() == (e2ee.SessionID{}) {
				t.Error("session IDs differ or are empty")
			}
			wantOpens(t, sb, seal(t, sa, []byte("hello")), []byte("hello"))
			wantOpens(t, sa, seal(t, sb, []byte("hi")), []byte("hi"))
		})
	}
}

func TestHandshakesDiffer(t *testing.T) {
	a1, b1 := newPair(t)
	a2, b2 := newPair(t)
	for _, step := range []string{"message 1", "message 2", "message 3"} {
		if bytes.Equal(carry(t, a1, b1), carry(t, a2, b2)) {
			t.Errorf("%s is the same in two handshakes", step)
		}
		a1, b1, a2, b2 = b1, a1, b2, a2
	}
	if session(t, a1).SessionID() == session(t, a2).SessionID() {
		t.Error("two sessions share their ID")
	}
}

func TestInitiatorSealsAlongWithLastMessage(t *testing.T) {
	a, b := newPair(t)
	carry(t, a, b)
	carry(t, b, a)
	last := write(t, a)
	cell := seal(t, session(t, a), []byte("first words"))
	if err := b.Read(last); err != nil {
		t.Fatal(err)
	}
	wantOpens(t, session(t, b), cell, []byte("first words"))
}

func TestSessionIsHandedOverOnce(t *testing.T) {
	a, b := newPair(t)
	_, err := a.Session()
	wantErr(t, err, e2ee.ErrState)
	carry(t, a, b) // asking early did no harm
	carry(t, b, a)
	carry(t, a, b)
	sa, sb := session(t, a), session(t, b)
	_, err = a.Session()
	wantErr(t, err, e2ee.ErrState)
	a.Close()
	a.Close()
	wantOpens(t, sb, seal(t, sa, []byte("still open")), []byte("still open"))
}
