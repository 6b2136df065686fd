package reach_test

import (
	"slices"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/reach"
)

var (
	start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	own   = []byte("m")
)

// Peer IDs of a contact that make us the lower side, or the higher one.
var (
	weAreLower  = []byte("z")
	weAreHigher = []byte("a")
)

// even is a source of jitter that leaves waits as they are.
type even struct{}

func (even) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 0
		if i == 0 {
			b[i] = 0x80
		}
	}
	return len(b), nil
}

// driver drives a plan with a time of its own.
type driver struct {
	*reach.Plan
	now time.Time
}

// drive makes a plan with as many contacts, numbered from 1, over whom we are lower.
func drive(contacts int) *driver {
	d := &driver{Plan: reach.New(reach.Config{Own: own, Rand: even{}}), now: start}
	for i := range contacts {
		d.Add(ledger.ContactID(i+1), weAreLower)
	}
	return d
}

// pass lets time pass, with a Tick whenever one is wanted.
func (d *driver) pass(t *testing.T, by time.Duration) {
	t.Helper()
	end := d.now.Add(by)
	for {
		next := d.Next()
		if next.IsZero() || next.After(end) {
			break
		}
		if next.Before(d.now) {
			t.Fatalf("a Tick is wanted %v ago", d.now.Sub(next))
		}
		d.tick(t, next)
	}
	d.now = end
}

// tick does a Tick, after which none may be due.
func (d *driver) tick(t *testing.T, at time.Time) {
	t.Helper()
	d.now = at
	d.Tick(at)
	if next := d.Next(); !next.IsZero() && !next.After(at) {
		t.Fatalf("after a Tick another is wanted %v ago", at.Sub(next))
	}
}

func (d *driver) want(c ledger.ContactID, w reach.Want) { d.Want(d.now, c, w) }
func (d *driver) keep(c ledger.ContactID, on bool)      { d.KeepConnected(d.now, c, on) }

func (d *driver) failed(c ledger.ContactID)                    { d.DialFailed(d.now, c, false) }
func (d *driver) heard(l reach.LinkID)                         { d.Heard(d.now, l) }
func (d *driver) used(l reach.LinkID)                          { d.Used(d.now, l) }
func (d *driver) down(l reach.LinkID)                          { d.LinkDown(d.now, l) }
func (d *driver) inbound(l reach.LinkID, c ledger.ContactID)   { d.LinkUp(d.now, l, c, false) }
func (d *driver) outbound(l reach.LinkID, c ledger.ContactID)  { d.LinkUp(d.now, l, c, true) }
func (d *driver) connected(l reach.LinkID, c ledger.ContactID) { d.inbound(l, c); d.heard(l) }
func (d *driver) expect(t *testing.T, actions ...reach.Action) {
	t.Helper()
	same(t, d.Take(), actions)
}

func (d *driver) nextIn(t *testing.T, want time.Duration) { t.Helper(); nextIn(t, d, want) }

func (d *driver) dials(t *testing.T, within time.Duration) time.Time {
	t.Helper()
	return dials(t, d, within)
}

func same(t *testing.T, got, want []reach.Action) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Fatalf("got  %+v\nwant %+v", got, want)
	}
}

// nextIn checks when the next Tick is wanted; negative means never.
func nextIn(t *testing.T, d *driver, want time.Duration) {
	t.Helper()
	next := d.Next()
	if want < 0 {
		if !next.IsZero() {
			t.Fatalf("a Tick is wanted in %v, not never", next.Sub(d.now))
		}
		return
	}
	if next.IsZero() || next.Sub(d.now) != want {
		t.Fatalf("a Tick is wanted in %v (never: %t), not in %v", next.Sub(d.now), next.IsZero(), want)
	}
}

// dials lets time pass until something is ordered, which must be one dial to contact 1.
func dials(t *testing.T, d *driver, within time.Duration) time.Time {
	t.Helper()
	end := d.now.Add(within)
	for {
		if actions := d.Take(); len(actions) > 0 {
			if dial, ok := actions[0].(reach.Dial); !ok || len(actions) > 1 || dial.Contact != 1 {
				t.Fatalf("got %+v, not one dial", actions)
			}
			return d.now
		}
		next := d.Next()
		if next.IsZero() || next.After(end) {
			t.Fatalf("no dial within %v", within)
		}
		d.tick(t, next)
	}
}
