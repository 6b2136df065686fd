package reach_test

import (
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/reach"
)

func TestWaitsDouble(t *testing.T) {
	d := drive(t, 1)
	d.want(1, reach.Background)
	d.expect(reach.Dial{Contact: 1})
	for _, wait := range []time.Duration{
		30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute,
		15 * time.Minute, 15 * time.Minute, 15 * time.Minute,
	} {
		d.pass(20 * time.Second) // it takes a while to fail
		d.failed(1)
		d.nextIn(wait)
		d.dials(wait)
	}
}

func TestWaitsHaveJitter(t *testing.T) {
	seen := make(map[time.Duration]bool)
	for range 200 {
		p := reach.New(reach.Config{Own: own})
		p.Add(1, weAreLower)
		p.Want(start, 1, reach.Background)
		p.DialFailed(start, 1, false)
		wait := p.Next().Sub(start)
		if wait < 24*time.Second || wait > 36*time.Second {
			t.Fatalf("waits %v", wait)
		}
		seen[wait.Truncate(time.Second)] = true
	}
	if len(seen) < 8 {
		t.Errorf("200 waits have %d lengths", len(seen))
	}
}

func TestWhoeverElseIsThereIsTriedSeldom(t *testing.T) {
	d := drive(t, 1)
	d.want(1, reach.Urgent)
	d.dials(0)
	for range 3 {
		d.DialFailed(d.now, 1, true)
		d.nextIn(15 * time.Minute)
		d.dials(15 * time.Minute)
	}
	// It was a mistake.
	d.connected(1, 1)
	d.down(1)
	d.Take()
	d.dials(5 * time.Second)
	d.failed(1)
	d.nextIn(30 * time.Second)
}

func TestAnythingHeardEndsTheWait(t *testing.T) {
	d := drive(t, 1)
	d.want(1, reach.Background)
	for range 6 {
		d.dials(time.Hour)
		d.failed(1)
	}
	d.connected(1, 1)
	d.expect(reach.Switch{Contact: 1, Link: 1}, reach.Presence{Contact: 1, Online: true})
	d.nextIn(never)
	d.pass(time.Minute)
	d.down(1)
	d.expect(reach.Switch{Contact: 1}, reach.Presence{Contact: 1}, reach.Dial{Contact: 1})
	d.failed(1)
	d.nextIn(30 * time.Second)
}

// What is not heard proves nothing: anybody in the way can open and break it.
func TestLinkThatIsNotHeardChangesNoWait(t *testing.T) {
	d := drive(t, 1)
	d.want(1, reach.Background)
	d.dials(0)
	d.failed(1)
	for l := reach.LinkID(1); l <= 5; l++ {
		d.inbound(l, 1)
		d.pass(time.Second)
		d.down(l)
	}
	d.nextIn(25 * time.Second)
}

func TestLostLinkIsReplacedAtOnceOnce(t *testing.T) {
	for _, test := range []struct {
		name  string
		heard bool
		lasts time.Duration
		waits []time.Duration // from the loss; at once is five seconds after the dial before
	}{
		{"heard, long", true, time.Minute, []time.Duration{0, 0, 0}},
		{"heard, short", true, 10 * time.Second, []time.Duration{0, 30 * time.Second, time.Minute, 2 * time.Minute}},
		{"heard, very short", true, time.Second, []time.Duration{4 * time.Second, 30 * time.Second, time.Minute}},
		{"stale", false, 15 * time.Second, []time.Duration{0, 30 * time.Second, time.Minute, 2 * time.Minute}},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := drive(t, 1)
			d.keep(1, true)
			d.dials(0)
			for i, wait := range test.waits {
				link := reach.LinkID(i + 1)
				d.outbound(link, 1)
				if test.heard {
					d.heard(link)
				}
				d.pass(test.lasts)
				d.Take()
				d.down(link)
				if d.Online(1) {
					t.Fatal("online without a link")
				}
				lost := d.now
				if d.Next().IsZero() { // dialled
					if wait != 0 {
						t.Fatalf("loss %d: dialled at once", i+1)
					}
					d.Take()
					continue
				}
				d.Take()
				if took := d.dials(time.Hour).Sub(lost); took != wait {
					t.Fatalf("loss %d: dialled after %v, not %v", i+1, took, wait)
				}
			}
		})
	}
}

// What is lost while nobody wants it is no failure, and a link that has lasted makes up
// for those before.
func TestLossesThatDoNotCount(t *testing.T) {
	d := drive(t, 1)
	for l := reach.LinkID(1); l <= 5; l++ {
		d.connected(l, 1)
		d.down(l)
	}
	d.Take()
	d.keep(1, true)
	d.dials(0)
	for l := reach.LinkID(6); l <= 20; l += 2 {
		d.connected(l, 1)
		d.pass(10 * time.Second)
		d.down(l)
		d.Take()
		d.connected(l+1, 1)
		d.pass(30 * time.Second)
		d.keep(1, false)
		d.pass(5 * time.Minute) // we close it
		d.keep(1, true)
		d.Take()
	}
	d.connected(100, 1)
	d.pass(10 * time.Second)
	d.Take()
	d.down(100)
	d.expect(reach.Switch{Contact: 1}, reach.Presence{Contact: 1}, reach.Dial{Contact: 1})
}
