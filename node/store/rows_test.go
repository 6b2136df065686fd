package store_test

import (
	"bytes"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/store"
)

func TestSettings(t *testing.T) {
	s := create(t, newFolder(t))
	update(t, s, func(tx *store.Update) error {
		if _, err := tx.Setting("a"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("error is %v, want ErrNotFound", err)
		}
		for _, value := range []string{"one", "two", ""} {
			if err := tx.SetSetting("a", []byte(value)); err != nil {
				return err
			}
			if got, err := tx.Setting("a"); err != nil || string(got) != value {
				t.Errorf("value is %q, %v, want %q", got, err, value)
			}
		}
		if err := tx.DeleteSetting("a"); err != nil {
			return err
		}
		if err := tx.DeleteSetting("a"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("error is %v, want ErrNotFound", err)
		}
		if err := tx.SetSetting("", nil); !errors.Is(err, store.ErrInvalid) {
			t.Errorf("error is %v, want ErrInvalid", err)
		}
		return nil
	})
}

func TestContacts(t *testing.T) {
	s := create(t, newFolder(t))
	want := store.Contact{
		Peer: []byte("peer"), Name: "Alice", Alias: "Al", Introduction: "hello", State: store.Asking,
		Verified: true, KeepConnected: true, Added: noon,
	}
	update(t, s, func(tx *store.Update) (err error) {
		if want.ID, err = tx.AddContact(want); err != nil {
			return err
		}
		if _, err := tx.AddContact(want); !errors.Is(err, store.ErrExists) {
			t.Errorf("a second time the error is %v, want ErrExists", err)
		}
		if _, err := tx.AddContact(store.Contact{Peer: []byte("other")}); !errors.Is(err, store.ErrInvalid) {
			t.Errorf("without a state the error is %v, want ErrInvalid", err)
		}
		if _, err := tx.AddContact(store.Contact{State: store.Asking}); !errors.Is(err, store.ErrInvalid) {
			t.Errorf("without a peer ID the error is %v, want ErrInvalid", err)
		}
		return nil
	})
	want.State, want.Muted, want.Alias = store.Accepted, true, ""
	update(t, s, func(tx *store.Update) error {
		if err := tx.SetContact(store.Contact{ID: 99, State: store.Asking}); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("error is %v, want ErrNotFound", err)
		}
		return tx.SetContact(want)
	})
	view(t, s, func(tx *store.View) error {
		for name, get := range map[string]func() (store.Contact, error){
			"by number":  func() (store.Contact, error) { return tx.Contact(want.ID) },
			"by peer ID": func() (store.Contact, error) { return tx.ContactByPeer(want.Peer) },
		} {
			if got, err := get(); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%s it is %+v, %v, want %+v", name, got, err, want)
			}
		}
		if all, err := tx.Contacts(); err != nil || !reflect.DeepEqual(all, []store.Contact{want}) {
			t.Errorf("contacts are %+v, %v", all, err)
		}
		if _, err := tx.ContactByPeer([]byte("none")); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("error is %v, want ErrNotFound", err)
		}
		return nil
	})
}

func TestAddresses(t *testing.T) {
	s := create(t, newFolder(t))
	contact, _ := populate(t, s)
	for _, want := range [][]store.Address{
		{{Address: "two"}, {Address: "one", ClientKey: key(3)}},
		{{Address: "one", ClientKey: key(4)}},
		nil,
	} {
		update(t, s, func(tx *store.Update) error { return tx.SetAddresses(contact, want) })
		view(t, s, func(tx *store.View) error {
			if got, err := tx.Addresses(contact); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("addresses are %+v, %v, want %+v", got, err, want)
			}
			return nil
		})
	}
	for name, tt := range map[string]struct {
		contact store.ContactID
		all     []store.Address
		want    error
	}{
		"twice":      {contact, []store.Address{{Address: "a"}, {Address: "a"}}, store.ErrExists},
		"no contact": {99, []store.Address{{Address: "a"}}, store.ErrNotFound},
		"empty":      {contact, []store.Address{{}}, store.ErrInvalid},
	} {
		err := s.Update(t.Context(), func(tx *store.Update) error { return tx.SetAddresses(tt.contact, tt.all) })
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: error is %v, want %v", name, err, tt.want)
		}
	}
}

func TestSessions(t *testing.T) {
	s := create(t, newFolder(t))
	contact, _ := populate(t, s)
	first := store.Session{ID: store.SessionID(key(1)), Saved: []byte("first")}
	second := store.Session{ID: store.SessionID(key(2)), Saved: bytes.Repeat([]byte("second"), 2000)}
	want := func(want ...store.Session) {
		t.Helper()
		view(t, s, func(tx *store.View) error {
			if got, err := tx.Sessions(contact); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("sessions are %+v, %v, want %+v", got, err, want)
			}
			return nil
		})
	}
	update(t, s, func(tx *store.Update) error {
		return errors.Join(tx.SaveSession(contact, second), tx.SaveSession(contact, first))
	})
	want(second, first)
	second.Saved = []byte("second, one step later")
	update(t, s, func(tx *store.Update) error { return tx.SaveSession(contact, second) })
	want(second, first)
	update(t, s, func(tx *store.Update) error { return tx.DeleteSession(contact, second.ID) })
	want(first)
	err := s.Update(t.Context(), func(tx *store.Update) error { return tx.DeleteSession(contact, second.ID) })
	if !errors.Is(err, store.ErrNotFound) {
		t.Errorf("error is %v, want ErrNotFound", err)
	}
	err = s.Update(t.Context(), func(tx *store.Update) error { return tx.SaveSession(99, first) })
	if !errors.Is(err, store.ErrNotFound) {
		t.Errorf("error is %v, want ErrNotFound", err)
	}
}

func TestOutbox(t *testing.T) {
	s := create(t, newFolder(t))
	contact, c := populate(t, s)
	var cells []store.Cell
	update(t, s, func(tx *store.Update) error {
		number, err := tx.AddMessage(numbered(c, 1))
		if err != nil {
			return err
		}
		for i, message := range []store.MessageNumber{number, 0, 0} {
			cell := store.Cell{
				Contact: contact, Session: store.SessionID(key(1)), Message: message,
				Cell: bytes.Repeat([]byte{byte(i)}, 4096), Added: noon,
			}
			if cell.ID, err = tx.Enqueue(cell); err != nil {
				return err
			}
			cells = append(cells, cell)
		}
		return nil
	})
	want := func(after store.OutboxID, limit int, want ...store.Cell) {
		t.Helper()
		view(t, s, func(tx *store.View) error {
			if got, err := tx.Outbox(contact, after, limit); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("outbox is %d cells, %v, want %d", len(got), err, len(want))
			}
			return nil
		})
	}
	want(0, 10, cells...)
	want(0, 2, cells[:2]...)
	want(cells[0].ID, 10, cells[1:]...)
	update(t, s, func(tx *store.Update) error { return tx.Dequeue(cells[1].ID) })
	want(0, 10, cells[0], cells[2])
	// With a message goes what waits to be sent of it.
	update(t, s, func(tx *store.Update) error { return tx.DeleteMessage(cells[0].Message) })
	want(0, 10, cells[2])
	view(t, s, func(tx *store.View) error {
		if got, err := tx.Waiting(); err != nil || !reflect.DeepEqual(got, []store.ContactID{contact}) {
			t.Errorf("waiting are %v, %v", got, err)
		}
		return nil
	})
	err := s.Update(t.Context(), func(tx *store.Update) error { return tx.Dequeue(cells[1].ID) })
	if !errors.Is(err, store.ErrNotFound) {
		t.Errorf("error is %v, want ErrNotFound", err)
	}
	// A place is not used again, even if it was the last one.
	update(t, s, func(tx *store.Update) error {
		if err := tx.Dequeue(cells[2].ID); err != nil {
			return err
		}
		id, err := tx.Enqueue(cells[2])
		if id <= cells[2].ID {
			t.Errorf("place %d is used again", id)
		}
		return err
	})
}

func TestDeliveries(t *testing.T) {
	s := create(t, newFolder(t))
	contact, c := populate(t, s)
	var want store.Delivery
	update(t, s, func(tx *store.Update) error {
		number, err := tx.AddMessage(numbered(c, 1))
		want = store.Delivery{Message: number, Contact: contact, State: store.Queued, Changed: noon}
		return err
	})
	for state := store.Queued; state <= store.Expired; state++ {
		want.State, want.Changed = state, want.Changed.Add(time.Second)
		update(t, s, func(tx *store.Update) error { return tx.SetDelivery(want) })
		view(t, s, func(tx *store.View) error {
			if got, err := tx.Deliveries(want.Message); err != nil || !reflect.DeepEqual(got, []store.Delivery{want}) {
				t.Errorf("deliveries are %+v, %v, want %+v", got, err, want)
			}
			return nil
		})
	}
	for name, tt := range map[string]struct {
		d    store.Delivery
		want error
	}{
		"no message":    {store.Delivery{Message: 99, Contact: contact, State: store.Sent}, store.ErrNotFound},
		"no contact":    {store.Delivery{Message: want.Message, Contact: 99, State: store.Sent}, store.ErrNotFound},
		"no such state": {store.Delivery{Message: want.Message, Contact: contact, State: 8}, store.ErrInvalid},
	} {
		err := s.Update(t.Context(), func(tx *store.Update) error { return tx.SetDelivery(tt.d) })
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: error is %v, want %v", name, err, tt.want)
		}
	}
}

func TestEvents(t *testing.T) {
	s := create(t, newFolder(t))
	add := func(kind string) (cursor store.Cursor) {
		update(t, s, func(tx *store.Update) (err error) {
			cursor, err = tx.AddEvent(store.Event{Happened: noon, Kind: kind, Body: []byte("body of " + kind)})
			return err
		})
		return cursor
	}
	kinds := func(after store.Cursor, limit int) (got []string, err error) {
		view(t, s, func(tx *store.View) error {
			var events []store.Event
			events, err = tx.Events(after, limit)
			for _, e := range events {
				if string(e.Body) != "body of "+e.Kind || !e.Happened.Equal(noon) {
					t.Errorf("event is %+v", e)
				}
				got = append(got, e.Kind)
			}
			return nil
		})
		return got, err
	}
	want := func(after store.Cursor, limit int, want ...string) {
		t.Helper()
		if got, err := kinds(after, limit); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("events after %d are %q, %v, want %q", after, got, err, want)
		}
	}
	want(0, 10)
	first, second, third := add("first"), add("second"), add("third")
	want(0, 10, "first", "second", "third")
	want(0, 1, "first")
	want(first, 10, "second", "third")
	want(third, 10)
	update(t, s, func(tx *store.Update) error { return tx.DropEvents(5) })
	want(0, 10, "first", "second", "third")
	update(t, s, func(tx *store.Update) error { return tx.DropEvents(1) })
	want(second, 10, "third")
	if _, err := kinds(first, 10); !errors.Is(err, store.ErrCursor) {
		t.Errorf("error is %v, want ErrCursor", err)
	}
	update(t, s, func(tx *store.Update) error { return tx.DropEvents(0) })
	want(third, 10)
	if _, err := kinds(second, 10); !errors.Is(err, store.ErrCursor) {
		t.Errorf("error is %v, want ErrCursor", err)
	}
	if next := add("next"); next <= third {
		t.Errorf("cursor %d is used again", next)
	}
	want(third, 10, "next")
}
