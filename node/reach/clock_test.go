package reach_test

import (
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/reach"
)

func TestClockGoesBackwards(t *testing.T) {
	for _, by := range []time.Duration{time.Second, time.Hour, 20 * 365 * 24 * time.Hour} {
		d := drive(t, 2)
		d.want(1, reach.Background)
		d.connected(1, 2)
		d.failed(1)
		d.pass(10 * time.Second)
		d.Tick(d.now)
		d.Take()

		d.now = d.now.Add(-by)
		d.Tick(d.now)
		d.nextIn(20 * time.Second)
		d.pass(20 * time.Second)
		d.expect(reach.Dial{Contact: 1})
		d.failed(1)
		d.pass(59 * time.Second)
		d.expect()
		d.pass(time.Second)
		d.expect(reach.Dial{Contact: 1})
		d.pass(5*time.Minute - 90*time.Second)
		d.expect(reach.Switch{Contact: 2}, reach.Presence{Contact: 2}, reach.Close{Link: 1, Orderly: true})
	}
}

// The lower side's patience, too, is neither longer nor gone.
func TestClockGoesBackwardsWhileLinksCross(t *testing.T) {
	d := drive(t, 1)
	d.want(1, reach.Background)
	steps(out, in, hearTheirs, after(4))(d)
	d.Tick(d.now)
	d.now = d.now.Add(-time.Hour)
	d.Tick(d.now)
	d.nextIn(11 * time.Second)
}

// The machine has slept, or somebody has set the clock: everybody is due, once.
func TestClockGoesFarForward(t *testing.T) {
	d := drive(t, 100)
	for c := ledger.ContactID(1); c <= 100; c++ {
		d.keep(c, true)
	}
	failAll(d) // everybody has failed once
	d.now = d.now.Add(10 * 365 * 24 * time.Hour)
	d.Tick(d.now)
	begun := failAll(d)
	if len(begun) != 100 {
		t.Errorf("%d contacts were dialled", len(begun))
	}
	for c, n := range begun {
		if n != 1 {
			t.Errorf("contact %d was dialled %d times", c, n)
		}
	}
	d.nextIn(time.Minute)

	// And back to what it was.
	d.now = start
	d.Tick(d.now)
	d.nextIn(time.Minute)
}

// failAll has every dial fail at once, and counts them.
func failAll(d *driver) map[ledger.ContactID]int {
	begun := make(map[ledger.ContactID]int)
	for {
		actions := d.Take()
		if len(actions) == 0 {
			return begun
		}
		for _, a := range actions {
			if dial, ok := a.(reach.Dial); ok {
				begun[dial.Contact]++
				d.failed(dial.Contact)
			}
		}
	}
}
