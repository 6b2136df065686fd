package engine_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
)

func matches(err, want error) bool {
	return err == nil && want == nil || want != nil && errors.Is(err, want)
}

// kinds returns the kinds of all events so far.
func (p *person) kinds() (all []ledger.EventKind) {
	p.Helper()
	events, err := p.disk.Events(0, 1<<30)
	p.must(err)
	for _, e := range events {
		all = append(all, e.Kind)
	}
	return all
}

func (p *person) wants(other *person, s ledger.ContactState) {
	p.Helper()
	if got := p.contact(other).State; got != s {
		p.Fatalf("%s is in state %d for %s, want %d", other.name, got, p.name, s)
	}
}

func TestRequestShowsWhoAsks(t *testing.T) {
	w, alice, bob := two(t)
	alice.add(bob)
	w.pass(10 * time.Second)
	if len(bob.plugs) != 1 || bob.lastLink != 1 {
		t.Errorf("%d links of %d are left to find out who asks", len(bob.plugs), bob.lastLink)
	}
	alice.wants(bob, ledger.Requested)
	bob.wants(alice, ledger.Asking)
	if c := bob.contact(alice); c.Name != "alice" || c.Introduction != "it is me" || c.Addresses[0].Onion != alice.addresses[0].Onion {
		t.Errorf("the request is %+v", c)
	}
	if !slices.Contains(bob.kinds(), ledger.RequestReceived) {
		t.Error("nobody was told")
	}
	if alice.waiting() != 0 {
		t.Error("the request was not confirmed")
	}
	_, err := bob.try(alice, "too early", engine.SendOptions{})
	is(t, err, engine.ErrNotFound)
}

// TestRequestWaits for somebody who is not there, and what is said meanwhile waits until
// it is accepted.
func TestRequestWaits(t *testing.T) {
	w, alice, bob := two(t)
	bob.offline = true
	alice.add(bob)
	m := alice.send(bob, "hello")
	w.pass(time.Hour)
	bob.offline = false
	w.pass(time.Hour)
	bob.wants(alice, ledger.Asking)
	if s := alice.state(m.Number); s != ledger.Queued {
		t.Errorf("before it is accepted the message is in state %d", s)
	}
	bob.must(bob.engine.AcceptContact(bob.now(), bob.contact(alice).ID))
	bob.flush()
	w.pass(time.Minute)
	bob.expect(alice, "alice: hello")
	if s := alice.state(m.Number); s != ledger.Delivered {
		t.Errorf("the message is in state %d", s)
	}
}

// TestRequestIsSentAgain: it was sealed for a link that was lost, under a session that is
// not used again. On the next one it comes first still.
func TestRequestIsSentAgain(t *testing.T) {
	w, alice, bob := two(t)
	alice.add(bob)
	for range 3 {
		for len(alice.plugs) == 0 {
			w.pass(100 * time.Millisecond)
		}
		w.cutAll()
		w.pass(time.Second)
	}
	links := alice.lastLink
	w.pass(time.Hour)
	bob.wants(alice, ledger.Asking)
	if n := alice.lastLink - links; n > 1 || len(bob.errs) > 0 {
		t.Errorf("it took %d links, errors %v", n, bob.errs)
	}
}

// TestBothAsk: then both have agreed, and nobody is asked.
func TestBothAsk(t *testing.T) {
	for _, apart := range []time.Duration{0, time.Second, 2100 * time.Millisecond, time.Minute} {
		w, alice, bob := two(t)
		alice.add(bob)
		w.pass(apart)
		if _, err := bob.engine.AddContact(bob.now(), alice.link()); err != nil {
			t.Fatal(err)
		}
		bob.flush()
		w.pass(time.Minute)
		alice.wants(bob, ledger.Accepted)
		bob.wants(alice, ledger.Accepted)
		if n := alice.waiting() + bob.waiting(); n != 0 {
			t.Errorf("%v apart: %d items wait", apart, n)
		}
	}
}

// TestRejectedAsksAgain: for a day that is confirmed, and nobody hears of it.
func TestRejectedAsksAgain(t *testing.T) {
	w, alice, bob := two(t)
	again := func() {
		if c := alice.contact(bob); c.ID != 0 {
			alice.must(alice.engine.DeleteContact(alice.now(), c.ID, false))
		}
		alice.add(bob)
		w.pass(time.Minute)
		if alice.waiting() != 0 {
			t.Error("the request was not confirmed")
		}
	}
	again()
	bob.must(bob.engine.RejectContact(bob.now(), bob.contact(alice).ID))
	bob.flush()
	w.pass(22 * time.Hour)
	again()
	bob.wants(alice, ledger.Rejected)
	w.pass(3 * time.Hour)
	again()
	bob.wants(alice, ledger.Asking)
}

func TestRejectedCanBeAcceptedAfterAll(t *testing.T) {
	w, alice, bob := two(t)
	alice.add(bob)
	w.pass(time.Minute)
	id := bob.contact(alice).ID
	bob.must(bob.engine.RejectContact(bob.now(), id))
	is(t, bob.engine.RejectContact(bob.now(), id), engine.ErrNotContact)
	bob.must(bob.engine.AcceptContact(bob.now(), id))
	is(t, bob.engine.AcceptContact(bob.now(), id), engine.ErrNotContact)
	bob.flush()
	w.pass(time.Minute)
	alice.wants(bob, ledger.Accepted)
}

func TestAddContactRefused(t *testing.T) {
	_, alice, bob := two(t)
	good := bob.link()
	for name, change := range map[string]func(*engine.NewContact){
		"nobody":           func(n *engine.NewContact) { n.Peer = nil },
		"ourselves":        func(n *engine.NewContact) { n.Peer = alice.peer },
		"a long peer ID":   func(n *engine.NewContact) { n.Peer = make([]byte, 129) },
		"no address":       func(n *engine.NewContact) { n.Addresses = nil },
		"an address twice": func(n *engine.NewContact) { n.Addresses = []ledger.Address{n.Addresses[0], n.Addresses[0]} },
		"no port":          func(n *engine.NewContact) { n.Addresses = []ledger.Address{{Onion: n.Addresses[0].Onion}} },
		"a name":           func(n *engine.NewContact) { n.Name = "a\nb" },
		"a long text":      func(n *engine.NewContact) { n.Introduction = fmt.Sprint(make([]int, 500)) },
		"half an invite":   func(n *engine.NewContact) { n.Invite = make([]byte, 8) },
	} {
		t.Run(name, func(t *testing.T) {
			n := good
			change(&n)
			_, err := alice.engine.AddContact(alice.now(), n)
			is(t, err, engine.ErrInvalid)
			alice.flush()
			if all, _ := alice.disk.Contacts(); len(all) != 0 {
				t.Error("there is a contact")
			}
		})
	}
	alice.add(bob)
	id, err := alice.engine.AddContact(alice.now(), good)
	is(t, err, engine.ErrExists)
	if id != 1 {
		t.Errorf("the contact is %d", id)
	}
}

// TestAskAgainAfterBeingForgotten: what is not confirmed comes behind the request, once.
func TestAskAgainAfterBeingForgotten(t *testing.T) {
	w, alice, bob := two(t)
	w.befriend(alice, bob)
	alice.send(bob, "first")
	w.pass(time.Minute)
	bob.must(bob.engine.DeleteContact(bob.now(), bob.contact(alice).ID, true))
	bob.flush()
	var all []ledger.Message
	for i := range 50 {
		all = append(all, alice.send(bob, fmt.Sprint("message ", i)))
	}
	w.pass(time.Hour)
	if !alice.contact(bob).Forgotten {
		t.Fatal("alice does not know that she was forgotten")
	}
	alice.add(bob)
	w.pass(time.Hour)
	bob.wants(alice, ledger.Asking)
	bob.must(bob.engine.AcceptContact(bob.now(), bob.contact(alice).ID))
	bob.flush()
	w.pass(time.Minute)
	want := []string{"alice: first"}
	for i, m := range all {
		want = append(want, fmt.Sprint("alice: message ", i))
		if s := alice.state(m.Number); s != ledger.Delivered {
			t.Errorf("message %d is in state %d", i, s)
		}
	}
	bob.expect(alice, want...)
	if alice.contact(bob).Forgotten {
		t.Error("alice is still forgotten")
	}
}
