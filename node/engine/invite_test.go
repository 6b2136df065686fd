package engine_test

import (
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/ledger"
)

// TestInvite lets its bearer in without a question, once and in time.
func TestInvite(t *testing.T) {
	for name, tt := range map[string]struct {
		expires time.Duration // 0: never
		use     func(bob *person, token [16]byte)
		want    ledger.ContactState
	}{
		"used":      {0, func(*person, [16]byte) {}, ledger.Accepted},
		"in time":   {time.Hour, func(*person, [16]byte) {}, ledger.Accepted},
		"too late":  {time.Minute, func(bob *person, _ [16]byte) { bob.pass(2 * time.Minute) }, ledger.Asking},
		"withdrawn": {0, func(bob *person, token [16]byte) { bob.must(bob.engine.DropInvite(token)) }, ledger.Asking},
		"restarted": {0, func(bob *person, _ [16]byte) { bob.restart() }, ledger.Accepted},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "alice", "bob", "carol")
			alice, bob, carol := w.people[0], w.people[1], w.people[2]
			var expires time.Time
			if tt.expires > 0 {
				expires = bob.now().Add(tt.expires)
			}
			invite, err := bob.engine.NewInvite(bob.now(), "for alice", expires)
			bob.must(err)
			bob.flush()
			tt.use(bob, invite.Token)
			bob.flush()
			link := bob.link()
			link.Invite = invite.Token[:]
			for i, p := range []*person{alice, carol} {
				_, err := p.engine.AddContact(p.now(), link)
				p.must(err)
				p.flush()
				w.pass(time.Minute)
				want := tt.want
				if i > 0 {
					want = ledger.Asking // it is used up
				}
				bob.wants(p, want)
			}
			if left, _ := bob.disk.Invites(); tt.want == ledger.Accepted && len(left) != 0 {
				t.Error("the invite is kept")
			}
			if tt.want == ledger.Accepted {
				alice.wants(bob, ledger.Accepted)
				if bob.lastLink > 2 {
					t.Errorf("it took %d links", bob.lastLink)
				}
			}
		})
	}
}

// TestInviteCountsAfterRejection, and beyond the bound of requests.
func TestInviteCountsAfterRejection(t *testing.T) {
	w, alice, bob := two(t)
	for n := range engine.MaxRequests {
		r := newRogue(w, string(rune('0'+n))+" asks", bob)
		r.must(r.say(r.request()))
	}
	alice.add(bob)
	w.pass(time.Minute)
	bob.must(bob.engine.RejectContact(bob.now(), bob.contact(alice).ID))
	bob.flush()
	alice.must(alice.engine.DeleteContact(alice.now(), 1, false))
	invite, err := bob.engine.NewInvite(bob.now(), "", time.Time{})
	bob.must(err)
	bob.flush()
	link := bob.link()
	link.Invite = invite.Token[:]
	_, err = alice.engine.AddContact(alice.now(), link)
	alice.must(err)
	alice.flush()
	w.pass(time.Minute)
	bob.wants(alice, ledger.Accepted)
}

func TestInvitesAreBounded(t *testing.T) {
	_, alice, _ := two(t)
	for range engine.MaxInvites {
		_, err := alice.engine.NewInvite(alice.now(), "", alice.now().Add(time.Hour))
		alice.must(err)
	}
	_, err := alice.engine.NewInvite(alice.now(), "", time.Time{})
	is(t, err, engine.ErrQueueFull)
	alice.pass(2 * time.Hour)
	_, err = alice.engine.NewInvite(alice.now(), "", time.Time{})
	alice.must(err)
	alice.flush()
	if left, _ := alice.disk.Invites(); len(left) != 1 {
		t.Errorf("%d invites are kept", len(left))
	}
	is(t, alice.engine.DropInvite([16]byte{1}), engine.ErrNotFound)
}
