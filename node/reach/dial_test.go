package reach_test

import (
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/reach"
)

func TestDialsAtATime(t *testing.T) {
	d := drive(t, 40)
	for c := ledger.ContactID(1); c <= 20; c++ {
		d.keep(c, true)
	}
	var want []reach.Action
	for c := ledger.ContactID(1); c <= reach.MaxDials-2; c++ {
		want = append(want, reach.Dial{Contact: c})
	}
	d.expect(want...)
	d.nextIn(never) // there is no place

	// Two places are for those somebody waits for.
	d.want(21, reach.Urgent)
	d.want(22, reach.Urgent)
	d.want(23, reach.Urgent)
	d.expect(reach.Dial{Contact: 21, Urgent: true}, reach.Dial{Contact: 22, Urgent: true})
	d.failed(3)
	d.expect(reach.Dial{Contact: 23, Urgent: true})
	d.failed(4)
	d.expect() // ten less one, of which two are not for contact 9
	d.failed(21)
	d.expect()
	d.outbound(1, 22)
	d.expect(reach.Switch{Contact: 22, Link: 1}, reach.Dial{Contact: 9})
}

func TestUrgentDialsGoFirstThenTheLongestDue(t *testing.T) {
	d := drive(t, 12)
	for c := ledger.ContactID(1); c <= 10; c++ { // all places
		d.want(c, reach.Urgent)
	}
	// They fail, in an order of their own, and are due in that order.
	d.Take()
	for _, c := range []ledger.ContactID{3, 1, 2} {
		d.pass(time.Second)
		d.failed(c)
	}
	d.want(3, reach.Background)
	d.keep(11, true) // due at once, and there is a place
	d.expect(reach.Dial{Contact: 11})
	d.want(12, reach.Urgent)
	d.expect(reach.Dial{Contact: 12, Urgent: true})
	d.now = d.now.Add(time.Hour) // nobody was there to tick
	d.Tick(d.now)
	d.expect(reach.Dial{Contact: 1, Urgent: true})
	d.failed(1)
	d.expect(reach.Dial{Contact: 2, Urgent: true})
	d.failed(2)
	d.expect() // nine others
	d.failed(4)
	d.failed(5)
	d.expect(reach.Dial{Contact: 3})
}

func TestDialEndsWhenTheContactIsHeard(t *testing.T) {
	d := drive(t, 1)
	d.want(1, reach.Background)
	d.expect(reach.Dial{Contact: 1})
	d.inbound(7, 1)
	d.expect(reach.Switch{Contact: 1, Link: 7})
	if !d.MayOpen(1) {
		t.Error("a link of ours is of no use because of one that says nothing")
	}
	d.heard(7)
	d.expect(reach.CancelDial{Contact: 1}, reach.Presence{Contact: 1, Online: true})
	if d.MayOpen(1) {
		t.Error("a second link is of use")
	}
	d.failed(1) // it was under way
	d.down(7)
	d.expect(reach.Switch{Contact: 1}, reach.Presence{Contact: 1})
	d.dials(5 * time.Second)
}

func TestOneDialAtATime(t *testing.T) {
	d := drive(t, 1)
	d.want(1, reach.Background)
	d.expect(reach.Dial{Contact: 1})
	d.want(1, reach.Urgent)
	d.keep(1, true)
	d.inbound(1, 1)
	d.down(1)
	d.tick(d.now.Add(time.Hour))
	d.expect(reach.Switch{Contact: 1, Link: 1}, reach.Switch{Contact: 1})
	// A link of ours that is not heard yet is the end of a dial, and a try itself.
	d.outbound(2, 1)
	d.tick(d.now.Add(time.Hour))
	d.expect(reach.Switch{Contact: 1, Link: 2})
	if d.MayOpen(1) {
		t.Error("a second link of ours is of use")
	}
}

func TestWhoIsNotKnown(t *testing.T) {
	d := drive(t, 0)
	d.want(1, reach.Urgent)
	d.keep(1, true)
	d.failed(1)
	d.heard(1)
	d.used(1)
	d.down(1)
	d.Remove(d.now, 1)
	d.expect()
	d.inbound(5, 1)
	d.expect(reach.Close{Link: 5})
	d.nextIn(never)
	if _, ok := d.Current(1); ok || d.Online(1) || d.MayOpen(1) {
		t.Error("somebody who is not known is there")
	}
}

// TestMovedContact: whoever may be at another address is dialled there at once, whatever
// came of the other addresses.
func TestMovedContact(t *testing.T) {
	d := drive(t, 1)
	d.Moved(d.now, 1) // nothing is wanted
	d.Moved(d.now, 2) // nobody
	d.expect()
	d.want(1, reach.Background)
	d.expect(reach.Dial{Contact: 1})
	d.DialFailed(d.now, 1, true)
	d.nextIn(15 * time.Minute)
	d.pass(time.Minute)
	d.Moved(d.now, 1)
	d.expect(reach.Dial{Contact: 1})

	// A dial that is under way does not try the new address, and may take long.
	d.pass(2 * time.Second)
	d.Moved(d.now, 1)
	d.expect(reach.CancelDial{Contact: 1})
	if d.MayOpen(1) {
		t.Error("what was cancelled is of use")
	}
	d.nextIn(3 * time.Second)
	d.pass(3 * time.Second)
	d.expect(reach.Dial{Contact: 1})
	d.failed(1)
	d.nextIn(30 * time.Second)
}

// TestNotFinalAnyMore: a dial that reaches the contact says that somebody else is there
// no longer.
func TestNotFinalAnyMore(t *testing.T) {
	d := drive(t, 1)
	d.want(1, reach.Background)
	d.expect(reach.Dial{Contact: 1})
	d.DialFailed(d.now, 1, true)
	d.nextIn(15 * time.Minute)
	d.pass(15 * time.Minute)
	d.expect(reach.Dial{Contact: 1})
	d.outbound(7, 1)
	d.down(7)
	d.expect(reach.Switch{Contact: 1, Link: 7}, reach.Switch{Contact: 1})
	d.nextIn(30 * time.Second)
}

// Of a dial that has failed is known when that was, and when the next one is due if somebody
// waits for it, until the contact is heard.
func TestMissed(t *testing.T) {
	d := drive(t, 1)
	check := func(failed, next time.Time) {
		t.Helper()
		if gotFailed, gotNext := d.Missed(1); !gotFailed.Equal(failed) || !gotNext.Equal(next) {
			t.Errorf("failed %v, next %v; want %v, %v", gotFailed, gotNext, failed, next)
		}
	}
	var never time.Time
	check(never, never)
	d.want(1, reach.Urgent)
	d.pass(time.Minute)
	check(never, never)
	d.failed(1)
	at := d.now
	check(at, at.Add(30*time.Second))
	d.want(1, reach.Nothing)
	check(at, never)
	d.want(1, reach.Background)
	check(at, at.Add(30*time.Second))
	d.pass(30 * time.Second) // it is dialled again
	check(at, never)
	d.failed(1)
	at = d.now
	check(at, at.Add(time.Minute))
	d.now = d.now.Add(-time.Hour)
	d.Tick(d.now)
	at = at.Add(-time.Hour)
	check(at, at.Add(time.Minute))
	d.connected(1, 1)
	check(never, never)
	if failed, next := d.Missed(99); !failed.IsZero() || !next.IsZero() {
		t.Error("somebody unknown was missed")
	}
}
