package reach_test

import (
	"slices"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/reach"
)

func ledgerID(n int) ledger.ContactID { return ledger.ContactID(n) }

// full has links with as many contacts as there may be, the first used last, and a few
// contacts more.
func full(t *testing.T) *driver {
	t.Helper()
	d := drive(t, reach.MaxLinks+3)
	for n := reach.MaxLinks; n > 0; n-- {
		d.connected(reach.LinkID(n), ledgerID(n))
		d.pass(time.Second)
	}
	d.Take()
	return d
}

func TestWhoHasToGoForAnother(t *testing.T) {
	for _, test := range []struct {
		name string
		with func(d *driver)
		goes ledger.ContactID
	}{
		{"the longest idle", func(*driver) {}, reach.MaxLinks},
		{"the longest idle who is not wanted", func(d *driver) {
			for n := 5; n <= reach.MaxLinks; n++ {
				d.want(ledgerID(n), reach.Background)
			}
			d.used(4)
		}, 3},
		{"the longest idle, if all are wanted", func(d *driver) {
			for n := 1; n <= reach.MaxLinks; n++ {
				d.want(ledgerID(n), reach.Background)
			}
			d.used(reach.MaxLinks)
		}, reach.MaxLinks - 1},
		{"who is to be kept connected last", func(d *driver) {
			for n := 1; n <= reach.MaxLinks; n++ {
				if n == 7 {
					d.want(7, reach.Urgent)
				} else {
					d.keep(ledgerID(n), true)
				}
			}
		}, 7},
		{"the longest idle, if all are to be kept connected", func(d *driver) {
			for n := 1; n <= reach.MaxLinks; n++ {
				d.keep(ledgerID(n), true)
			}
		}, reach.MaxLinks},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := full(t)
			test.with(d)
			d.inbound(100, reach.MaxLinks+1)
			d.expect(
				reach.Switch{Contact: test.goes}, reach.Presence{Contact: test.goes},
				reach.Close{Link: reach.LinkID(test.goes), Orderly: true},
				reach.Switch{Contact: reach.MaxLinks + 1, Link: 100})
			// A second link takes no room.
			d.inbound(101, reach.MaxLinks+1)
			d.expect(reach.Switch{Contact: reach.MaxLinks + 1, Link: 101})
		})
	}
}

func TestADialMakesRoomOnlyAmongThoseWhoAreNotWanted(t *testing.T) {
	d := full(t)
	for n := 1; n < reach.MaxLinks; n++ {
		d.keep(ledgerID(n), true)
	}
	d.want(reach.MaxLinks+1, reach.Urgent)
	d.expect(reach.Dial{Contact: reach.MaxLinks + 1, Urgent: true})
	if !d.MayOpen(reach.MaxLinks + 1) {
		t.Error("no room, although somebody is not wanted")
	}
	// The room that there is has been given away.
	d.want(reach.MaxLinks+2, reach.Urgent)
	d.expect()

	// Meanwhile the last who was not wanted is.
	d.want(reach.MaxLinks, reach.Background)
	if d.MayOpen(reach.MaxLinks + 1) {
		t.Error("there is room, although all are wanted")
	}
	d.failed(reach.MaxLinks + 1)
	d.expect()
	d.nextIn(never)

	// Another is lost, and those somebody waits for come before it.
	d.down(20)
	d.expect(reach.Switch{Contact: 20}, reach.Presence{Contact: 20}, reach.Dial{Contact: reach.MaxLinks + 2, Urgent: true})
}

// Who has a link takes no more room with another.
func TestADialToWhoHasALinkNeedsNoRoom(t *testing.T) {
	d := full(t)
	for n := 1; n <= reach.MaxLinks; n++ {
		d.keep(ledgerID(n), true)
	}
	d.down(9)
	d.failed(9)
	d.inbound(100, 9) // says nothing
	d.Take()
	d.pass(30 * time.Second)
	d.expect(reach.Dial{Contact: 9})
	if !d.MayOpen(9) {
		t.Error("no room for a second link")
	}
}

// Who had to go is not dialled at once: the next would have to go, and so on.
func TestWhoHadToGoWaits(t *testing.T) {
	d := full(t)
	for n := 1; n <= reach.MaxLinks; n++ {
		d.keep(ledgerID(n), true)
	}
	d.connected(100, reach.MaxLinks+1)
	d.Take()
	d.down(100)
	d.expect(reach.Switch{Contact: reach.MaxLinks + 1}, reach.Presence{Contact: reach.MaxLinks + 1})
	d.nextIn(30 * time.Second)
	d.pass(30 * time.Second)
	d.expect(reach.Dial{Contact: reach.MaxLinks})
}

// Guests are as many as may be, and take nobody's place but each other's.
func TestGuestsHaveRoomOfTheirOwn(t *testing.T) {
	d := drive(t, reach.MaxLinks+reach.MaxGuests+3)
	for n := reach.MaxLinks + 1; n <= reach.MaxLinks+reach.MaxGuests+1; n++ {
		d.Guest(ledgerID(n), true)
	}
	for n := range reach.MaxLinks + reach.MaxGuests {
		d.connected(reach.LinkID(n+1), ledgerID(n+1))
		d.pass(time.Second)
	}
	for _, a := range d.Take() {
		if _, ok := a.(reach.Close); ok {
			t.Fatalf("%+v, though there is room", a)
		}
	}
	goes := func(c ledger.ContactID, want ...ledger.ContactID) {
		t.Helper()
		var got []ledger.ContactID
		for _, a := range d.Take() {
			if p, ok := a.(reach.Presence); ok && !p.Online {
				got = append(got, p.Contact)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d have to go for %d, want %d", got, c, want)
		}
	}
	closes := func(link reach.LinkID, c ledger.ContactID, want ...ledger.ContactID) {
		t.Helper()
		d.connected(link, c)
		goes(c, want...)
	}
	closes(100, reach.MaxLinks+reach.MaxGuests+1, reach.MaxLinks+1)
	closes(101, reach.MaxLinks+reach.MaxGuests+2, 1)
	d.Guest(reach.MaxLinks+2, false) // one has become a contact
	goes(reach.MaxLinks+2, 2)
	closes(102, reach.MaxLinks+reach.MaxGuests+3, 3)
}
