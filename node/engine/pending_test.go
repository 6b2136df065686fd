package engine_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/wire"
)

// TestPendingRequestsAreBounded: the oldest goes, those without an introduction first,
// and never for somebody who has less to say.
func TestPendingRequestsAreBounded(t *testing.T) {
	w := newWorld(t, "victim")
	victim := w.people[0]
	ask := func(n int, introduction string) error {
		r := newRogue(w, string(rune('0'+n))+" asks", victim)
		request := r.request()
		request.Introduction = introduction
		err := r.say(request)
		w.pass(time.Second)
		return err
	}
	for n := range engine.MaxRequests {
		words := "hello"
		if n == 7 || n == 9 {
			words = ""
		}
		if err := ask(n, words); err != nil {
			t.Fatal(err)
		}
	}
	asking := func() (all []byte) {
		contacts, err := victim.disk.Contacts()
		victim.must(err)
		for _, c := range contacts {
			if c.State == ledger.Asking {
				all = append(all, c.Name[0]-'0')
			}
		}
		return all
	}
	for i, tt := range []struct {
		words string
		gone  byte // who goes; 255: the one who asks
	}{{"hello", 7}, {"", 9}, {"hello", 65}, {"", 255}, {"hello", 0}, {"hello", 1}} {
		before := asking()
		err := ask(64+i, tt.words)
		after := asking()
		switch {
		case tt.gone == 255:
			is(t, err, engine.ErrNoLink)
			if !slices.Equal(before, after) {
				t.Errorf("request %d: %v went", i, before)
			}
		case err != nil:
			t.Fatal(err)
		case len(after) != engine.MaxRequests || slices.Contains(after, tt.gone) || !slices.Contains(before, tt.gone):
			t.Errorf("request %d: %v instead of %v, want %d to go", i, after, before, tt.gone)
		}
	}
}

// TestRejectedAskWithinTheBound: they count as everybody else.
func TestRejectedAskWithinTheBound(t *testing.T) {
	w := newWorld(t, "victim")
	victim := w.people[0]
	var all []*rogue
	for n := range engine.MaxRequests + 5 {
		r := newRogue(w, fmt.Sprint(n, " asks"), victim)
		r.must(r.say(r.request()))
		all = append(all, r)
		if n < 5 {
			victim.must(victim.engine.RejectContact(victim.now(), victim.contact(r.person).ID))
			victim.flush()
		}
	}
	w.pass(25 * time.Hour)
	for i, r := range all[:5] {
		r.connect()
		request := r.request()
		if i == 0 {
			request.Introduction = ""
		}
		r.must(r.say(request))
		want := ledger.Asking
		if i == 0 {
			want = ledger.Rejected
		}
		victim.wants(r.person, want)
	}
	n := 0
	contacts, err := victim.disk.Contacts()
	victim.must(err)
	for _, c := range contacts {
		if c.State == ledger.Asking {
			n++
		}
	}
	if n != engine.MaxRequests {
		t.Errorf("%d ask", n)
	}
}

// TestRequestFloodMakesFewAnswers: who asks again and again, and confirms nothing, does
// not fill the disk.
func TestRequestFloodMakesFewAnswers(t *testing.T) {
	w := newWorld(t, "victim")
	r := newRogueContact(w, "rogue", w.people[0])
	r.heard = nil // confirm nothing
	flood := make([]wire.Body, 100)
	for i := range flood {
		flood[i] = r.request()
	}
	for range 150 {
		r.must(r.say(flood...))
		r.heard = nil
	}
	if n := r.victim.waiting(); n > engine.MaxQueued+engine.MaxAnswers {
		t.Errorf("%d answers wait", n)
	}
}
