package reach_test

import (
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/reach"
)

const (
	ours   = reach.LinkID(1) // opened by us
	theirs = reach.LinkID(2) // opened by the contact
)

// crossing is what one side sees of two links, and what comes of it.
type crossing struct {
	name string
	peer []byte
	see  func(d *driver)
	// The link that stays, the one that goes, and how.
	stays reach.LinkID
	goes  reach.Close
}

func after(s time.Duration) func(*driver) {
	return func(d *driver) { d.Helper(); d.pass(s * time.Second) }
}

func out(d *driver)         { d.outbound(ours, 1) }
func in(d *driver)          { d.inbound(theirs, 1) }
func hearOurs(d *driver)    { d.heard(ours) }
func hearTheirs(d *driver)  { d.heard(theirs) }
func in2(d *driver)         { d.inbound(3, 1) }
func hearTheirs2(d *driver) { d.heard(3) }

func steps(steps ...func(*driver)) func(*driver) {
	return func(d *driver) {
		d.Helper()
		for _, step := range steps {
			step(d)
		}
	}
}

func TestWhichOfTwoLinksStays(t *testing.T) {
	for _, test := range []crossing{
		// Ours is not heard.
		{
			"the higher side gives its own up", weAreHigher,
			steps(out, in, hearTheirs), theirs,
			reach.Close{Link: ours},
		},
		{
			"the lower side does so after a while", weAreLower,
			steps(out, in, hearTheirs, after(15)), theirs,
			reach.Close{Link: ours},
		},
		{
			"the while begins with what is heard", weAreLower,
			steps(out, in, after(30), hearTheirs, after(15)), theirs,
			reach.Close{Link: ours},
		},
		{
			"or with ours, if it comes too late", weAreLower,
			steps(in, hearTheirs, after(30), out, after(15)), theirs,
			reach.Close{Link: ours},
		},
		{
			"the higher side's comes too late", weAreHigher,
			steps(in, hearTheirs, out), theirs,
			reach.Close{Link: ours},
		},

		// Both are heard.
		{
			"the lower side's stays, ours", weAreLower,
			steps(out, in, hearTheirs, after(9), hearOurs), ours,
			reach.Close{Link: theirs, Orderly: true},
		},
		{
			"ours, heard first", weAreLower,
			steps(out, in, hearOurs, hearTheirs), ours,
			reach.Close{Link: theirs, Orderly: true},
		},
		{
			"ours, newer", weAreLower,
			steps(in, after(1), out, hearTheirs, hearOurs), ours,
			reach.Close{Link: theirs, Orderly: true},
		},
		{
			"the lower side's stays, theirs", weAreHigher,
			steps(out, hearOurs, after(9), in, hearTheirs), theirs,
			reach.Close{Link: ours, Orderly: true},
		},
		{
			"theirs, older", weAreHigher,
			steps(in, after(1), out, hearOurs, after(20), hearTheirs), theirs,
			reach.Close{Link: ours, Orderly: true},
		},
		{
			"ours was slow, so that they did not know of it", weAreLower,
			steps(out, after(20), hearOurs, after(2), in, hearTheirs), ours,
			reach.Close{Link: theirs, Orderly: true},
		},

		// They have lost the older one.
		{
			"theirs is newer, lower side", weAreLower,
			steps(out, hearOurs, after(10), in, hearTheirs), theirs,
			reach.Close{Link: ours, Orderly: true},
		},
		{
			"theirs is newer, higher side", weAreHigher,
			steps(out, hearOurs, after(10), in, hearTheirs), theirs,
			reach.Close{Link: ours, Orderly: true},
		},
		{
			"both are theirs, lower side", weAreLower,
			steps(in, hearTheirs, in2, hearTheirs2), 3,
			reach.Close{Link: theirs, Orderly: true},
		},
		{
			"both are theirs, higher side", weAreHigher,
			steps(in, hearTheirs, in2, hearTheirs2), 3,
			reach.Close{Link: theirs, Orderly: true},
		},
		{
			"both are theirs, the newer heard first", weAreHigher,
			steps(in, in2, hearTheirs2, hearTheirs), 3,
			reach.Close{Link: theirs, Orderly: true},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := drive(t, 0)
			d.Add(1, test.peer)
			d.want(1, reach.Background)
			test.see(d)
			var closed []reach.Action
			for _, a := range d.Take() {
				if c, ok := a.(reach.Close); ok {
					closed = append(closed, c)
				}
			}
			same(t, closed, test.goes)
			if l, _ := d.Current(1); l != test.stays || !d.Online(1) {
				t.Errorf("written on link %d, not %d, or not online", l, test.stays)
			}
			d.down(test.goes.Link)
			d.tick(d.now.Add(time.Hour))
			d.expect() // it stays
		})
	}
}

func TestTheLowerSideIsPatient(t *testing.T) {
	d := drive(t, 1)
	d.want(1, reach.Urgent)
	steps(out, in, hearTheirs)(d)
	d.Take()
	d.nextIn(15 * time.Second)
	d.pass(14 * time.Second)
	d.expect()
	d.down(theirs) // the other side has given it up for ours
	d.expect(reach.Switch{Contact: 1, Link: ours}, reach.Presence{Contact: 1})
	d.heard(ours)
	d.expect(reach.Presence{Contact: 1, Online: true})
	d.pass(time.Hour)
	d.expect()
}

// Ours may come up when theirs has long been heard, if both happen at once.
func TestTheLowerSideIsPatientWithALateLink(t *testing.T) {
	d := drive(t, 1)
	d.want(1, reach.Urgent)
	steps(in, hearTheirs, after(60))(d)
	d.Take()
	out(d)
	d.expect()
	d.nextIn(15 * time.Second)
}

// A link of ours that fails beside one that is heard is missed by nobody.
func TestLosingTheLinkThatIsNotNeededCostsNoWait(t *testing.T) {
	d := drive(t, 1)
	d.want(1, reach.Urgent)
	steps(out, in, hearTheirs)(d)
	d.down(ours)
	d.pass(10 * time.Second)
	d.Take()
	d.down(theirs)
	d.expect(reach.Switch{Contact: 1}, reach.Presence{Contact: 1}, reach.Dial{Contact: 1, Urgent: true})
}

// Giving one up for the other is not a failure.
func TestCrossingCostsNoWait(t *testing.T) {
	d := drive(t, 1)
	d.want(1, reach.Urgent)
	steps(out, in, hearTheirs)(d)
	d.pass(3 * time.Second)
	d.down(theirs)
	d.pass(3 * time.Second)
	d.Take()
	d.down(ours)
	d.expect(reach.Switch{Contact: 1}, reach.Dial{Contact: 1, Urgent: true})
}

func TestAFourthLinkDisplacesTheOldestUnheard(t *testing.T) {
	for _, test := range []struct {
		name  string
		heard reach.LinkID
		goes  reach.LinkID
	}{
		{"none is heard", 0, 1},
		{"the oldest is heard", 1, 2},
		{"another is heard", 2, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := drive(t, 1)
			for l := reach.LinkID(1); l <= 3; l++ {
				d.inbound(l, 1)
			}
			if test.heard != 0 {
				d.heard(test.heard)
			}
			d.Take()
			d.inbound(4, 1)
			want := []reach.Action{reach.Close{Link: test.goes}}
			if test.heard == 0 {
				want = append(want, reach.Switch{Contact: 1, Link: 4})
			}
			d.expect(want...)
		})
	}
}
