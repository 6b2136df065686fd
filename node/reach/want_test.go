package reach_test

import (
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/reach"
)

func TestWhoIsWantedIsDialledAtOnce(t *testing.T) {
	for _, test := range []struct {
		name string
		want func(d *driver)
		dial reach.Dial
	}{
		{"background", func(d *driver) { d.want(1, reach.Background) }, reach.Dial{Contact: 1}},
		{"urgent", func(d *driver) { d.want(1, reach.Urgent) }, reach.Dial{Contact: 1, Urgent: true}},
		{"kept connected", func(d *driver) { d.keep(1, true) }, reach.Dial{Contact: 1}},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := drive(t, 2)
			d.nextIn(never)
			test.want(d)
			d.expect(test.dial)
			test.want(d) // again
			d.tick(d.now.Add(time.Hour))
			d.expect()
			d.nextIn(never)
		})
	}
}

func TestDialIsCancelledWhenNobodyIsWanted(t *testing.T) {
	d := drive(t, 1)
	d.want(1, reach.Urgent)
	d.keep(1, true)
	d.expect(reach.Dial{Contact: 1, Urgent: true})
	d.want(1, reach.Nothing)
	d.expect()
	if !d.MayOpen(1) {
		t.Error("a link to somebody who is to be kept connected is of no use")
	}
	d.keep(1, false)
	d.expect(reach.CancelDial{Contact: 1})
	if d.MayOpen(1) {
		t.Error("a link to somebody who is not wanted is of use")
	}
	d.failed(1) // too late
	d.want(1, reach.Background)
	d.dials(5 * time.Second) // not a failure, so there is no wait for it
}

// Somebody writes and thinks better of it, again and again.
func TestWishesThatComeAndGoAreNoBurst(t *testing.T) {
	d := drive(t, 1)
	begun := 0
	for range 600 {
		d.want(1, reach.Urgent)
		for _, a := range d.Take() {
			if _, ok := a.(reach.Dial); ok {
				begun++
			}
		}
		d.pass(50 * time.Millisecond)
		d.want(1, reach.Nothing)
		d.pass(50 * time.Millisecond)
	}
	if begun != 12 {
		t.Errorf("%d dials in a minute, not one in five seconds", begun)
	}
}

func TestUrgentCutsTheWaitShort(t *testing.T) {
	for _, test := range []struct {
		name           string
		failures       int
		after          time.Duration // from the last failure until it is urgent
		final          bool
		wait           time.Duration // from then
		becomesNothing bool
		background     bool
	}{
		{name: "in the first wait", failures: 1, after: 10 * time.Second, wait: 20 * time.Second},
		{name: "just after a late failure", failures: 6, after: time.Second, wait: 29 * time.Second},
		{name: "in a long wait", failures: 6, after: 2 * time.Minute, wait: 0},
		{name: "wanted anew", failures: 6, after: 10 * time.Second, wait: 20 * time.Second, becomesNothing: true},
		{name: "wanted anew later", failures: 6, after: time.Minute, wait: 0, becomesNothing: true},
		{name: "not urgent", failures: 6, after: 2 * time.Minute, wait: 13 * time.Minute, becomesNothing: true, background: true},
		{name: "somebody else answers there", failures: 1, after: time.Minute, final: true, wait: 14 * time.Minute},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := drive(t, 1)
			d.want(1, reach.Background)
			for range test.failures {
				d.dials(time.Hour)
				d.DialFailed(d.now, 1, test.final)
			}
			if test.becomesNothing {
				d.want(1, reach.Nothing)
				d.nextIn(never)
			}
			d.pass(test.after)
			began := d.now
			if test.background {
				d.want(1, reach.Background)
			} else {
				d.want(1, reach.Urgent)
			}
			if took := d.dials(time.Hour).Sub(began); took != test.wait {
				t.Errorf("dialled after %v, not %v", took, test.wait)
			}
		})
	}
}

// A user goes on writing to somebody who is not there.
func TestMessagesToWhoIsNotThereCostFewDials(t *testing.T) {
	d := drive(t, 1)
	begun := 0
	for range 600 { // ten minutes
		d.want(1, reach.Background)
		d.want(1, reach.Urgent)
		for _, a := range d.Take() {
			if _, ok := a.(reach.Dial); ok {
				begun++
				d.failed(1)
			}
		}
		d.pass(time.Second)
	}
	if begun < 19 || begun > 21 {
		t.Errorf("%d dials in ten minutes, not one in 30 seconds", begun)
	}
}
