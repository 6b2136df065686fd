package reach_test

import (
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/reach"
)

func TestWrittenOnIsTheHeardLinkOrTheNewest(t *testing.T) {
	d := drive(t, 1)
	if _, ok := d.Current(1); ok {
		t.Fatal("a link without a link")
	}
	current := func(want reach.LinkID) {
		t.Helper()
		if l, ok := d.Current(1); l != want || ok != (want != 0) {
			t.Fatalf("written on %d (%t), not %d", l, ok, want)
		}
	}
	d.inbound(1, 1)
	d.inbound(1, 1) // the same
	d.expect(reach.Switch{Contact: 1, Link: 1})
	d.inbound(2, 1)
	d.expect(reach.Switch{Contact: 1, Link: 2})
	current(2)
	d.heard(1)
	d.expect(reach.Switch{Contact: 1, Link: 1}, reach.Presence{Contact: 1, Online: true})
	d.heard(1)
	d.inbound(3, 1)
	d.expect()
	current(1)
	d.down(1)
	d.expect(reach.Switch{Contact: 1, Link: 3}, reach.Presence{Contact: 1})
	d.down(3)
	d.expect(reach.Switch{Contact: 1, Link: 2})
	d.down(2)
	d.down(2)
	d.heard(2)
	d.expect(reach.Switch{Contact: 1})
	current(0)
}

func TestPresenceIsProven(t *testing.T) {
	d := drive(t, 1)
	d.inbound(1, 1)
	d.used(1) // what we have written proves nothing
	if d.Online(1) {
		t.Error("online before anything was heard")
	}
	d.heard(1)
	if !d.Online(1) {
		t.Error("not online although heard")
	}
	// The contact comes on another link. There is no moment without.
	d.inbound(2, 1)
	d.Take()
	d.heard(2)
	d.expect(reach.Switch{Contact: 1, Link: 2}, reach.Close{Link: 1, Orderly: true})
	d.heard(1) // it is read to its end
	d.down(1)
	if d.expect(); !d.Online(1) {
		t.Error("not online any more")
	}
	d.down(2)
	d.expect(reach.Switch{Contact: 1}, reach.Presence{Contact: 1})
}

func TestRemovedContactIsCutOff(t *testing.T) {
	d := drive(t, 2)
	d.keep(1, true)
	d.Take()
	d.Remove(d.now, 1)
	d.expect(reach.CancelDial{Contact: 1})
	d.nextIn(never)

	d.keep(2, true)
	d.outbound(1, 2)
	d.inbound(2, 2)
	d.heard(2)
	d.Take()
	d.Remove(d.now, 2)
	d.expect(
		reach.Close{Link: 1},
		reach.Switch{Contact: 2}, reach.Presence{Contact: 2}, reach.Close{Link: 2})
	d.heard(2)
	d.down(2)
	d.inbound(3, 2)
	d.expect(reach.Close{Link: 3})

	d.Add(2, weAreHigher) // made up
	d.keep(2, true)
	d.expect(reach.Dial{Contact: 2})
}

func TestRemovedContactMakesRoomForADial(t *testing.T) {
	d := drive(t, 9)
	for c := 1; c <= 9; c++ {
		d.keep(ledgerID(c), true)
	}
	d.Take()
	d.Remove(d.now, 4)
	d.expect(reach.CancelDial{Contact: 4}, reach.Dial{Contact: 9})
}

func TestIdleLinkIsClosed(t *testing.T) {
	d := drive(t, 1)
	d.connected(1, 1)
	d.Take()
	d.nextIn(5 * time.Minute)
	d.pass(4 * time.Minute)
	d.heard(1) // pings do not count
	d.used(1)
	d.pass(5*time.Minute - time.Second)
	d.expect()
	d.pass(time.Second)
	d.expect(reach.Switch{Contact: 1}, reach.Presence{Contact: 1}, reach.Close{Link: 1, Orderly: true})
	d.nextIn(never)
}

func TestWantedLinkIsNotIdle(t *testing.T) {
	for _, test := range []struct {
		name    string
		on, off func(d *driver)
	}{
		{"background", func(d *driver) { d.want(1, reach.Background) }, func(d *driver) { d.want(1, reach.Nothing) }},
		{"urgent", func(d *driver) { d.want(1, reach.Urgent) }, func(d *driver) { d.want(1, reach.Nothing) }},
		{"kept connected", func(d *driver) { d.keep(1, true) }, func(d *driver) { d.keep(1, false) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := drive(t, 1)
			d.connected(1, 1)
			test.on(d)
			d.Take()
			d.tick(d.now.Add(time.Hour))
			d.expect()
			d.nextIn(never)
			d.used(1)
			test.off(d)
			d.nextIn(5 * time.Minute)
			d.pass(5 * time.Minute)
			d.expect(reach.Switch{Contact: 1}, reach.Presence{Contact: 1}, reach.Close{Link: 1, Orderly: true})
		})
	}
}

// Somebody opens links beside the one that is written on, and says nothing on them.
func TestSilentLinkBesideAnotherIsIdle(t *testing.T) {
	d := drive(t, 1)
	d.keep(1, true)
	d.connected(1, 1)
	d.inbound(2, 1)
	d.Take()
	d.pass(5 * time.Minute)
	d.expect(reach.Close{Link: 2, Orderly: true})
}
