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
	*testing.T
	*reach.Plan
	now time.Time
}

// drive makes a plan with as many contacts, numbered from 1, over whom we are lower.
func drive(t *testing.T, contacts int) *driver {
	t.Helper()
	d := &driver{T: t, Plan: reach.New(reach.Config{Own: own, Rand: even{}}), now: start}
	for i := range contacts {
		d.Add(ledger.ContactID(i+1), weAreLower)
	}
	return d
}

// pass lets time pass, with a Tick whenever one is wanted.
func (d *driver) pass(by time.Duration) {
	d.Helper()
	end := d.now.Add(by)
	for next := d.Next(); !next.IsZero() && !next.After(end); next = d.Next() {
		d.tick(next)
	}
	d.now = end
}

// tick does a Tick, after which none may be due.
func (d *driver) tick(at time.Time) {
	d.Helper()
	if at.Before(d.now) {
		d.Fatalf("a Tick was wanted %v ago", d.now.Sub(at))
	}
	d.now = at
	d.Tick(at)
	if next := d.Next(); !next.IsZero() && !next.After(at) {
		d.Fatalf("after a Tick another was wanted %v ago", at.Sub(next))
	}
}

func (d *driver) want(c ledger.ContactID, w reach.Want)        { d.Want(d.now, c, w) }
func (d *driver) keep(c ledger.ContactID, on bool)             { d.KeepConnected(d.now, c, on) }
func (d *driver) failed(c ledger.ContactID)                    { d.DialFailed(d.now, c, false) }
func (d *driver) heard(l reach.LinkID)                         { d.Heard(d.now, l) }
func (d *driver) used(l reach.LinkID)                          { d.Used(d.now, l) }
func (d *driver) down(l reach.LinkID)                          { d.LinkDown(d.now, l) }
func (d *driver) inbound(l reach.LinkID, c ledger.ContactID)   { d.LinkUp(d.now, l, c, false) }
func (d *driver) outbound(l reach.LinkID, c ledger.ContactID)  { d.LinkUp(d.now, l, c, true) }
func (d *driver) connected(l reach.LinkID, c ledger.ContactID) { d.inbound(l, c); d.heard(l) }

// expect checks what is to be done since the last time, in its order.
func (d *driver) expect(want ...reach.Action) {
	d.Helper()
	same(d.T, d.Take(), want...)
}

func same(t *testing.T, got []reach.Action, want ...reach.Action) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Fatalf("got  %+v\nwant %+v", got, want)
	}
}

// never is when no Tick is wanted.
const never = time.Duration(-1)

// nextIn checks when the next Tick is wanted.
func (d *driver) nextIn(want time.Duration) {
	d.Helper()
	got := never
	if next := d.Next(); !next.IsZero() {
		got = next.Sub(d.now)
	}
	if got != want {
		d.Fatalf("a Tick is wanted in %v, not in %v", got, want)
	}
}

// dials lets time pass until something is ordered, which must be one dial to contact 1,
// and returns when that was.
func (d *driver) dials(within time.Duration) time.Time {
	d.Helper()
	for end := d.now.Add(within); ; {
		if actions := d.Take(); len(actions) > 0 {
			if dial, ok := actions[0].(reach.Dial); !ok || len(actions) > 1 || dial.Contact != 1 {
				d.Fatalf("got %+v, not one dial", actions)
			}
			return d.now
		}
		next := d.Next()
		if next.IsZero() || next.After(end) {
			d.Fatalf("no dial within %v", within)
		}
		d.tick(next)
	}
}
