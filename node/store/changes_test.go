package store_test

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/ledger/memory"
	"github.com/onionwire/onionwire/node/store"
)

// What cannot be kept says why. That the rest is what it should be is what
// TestAStoreIsWhatWasAcknowledged is for.
func TestRefusedChanges(t *testing.T) {
	s := populated(t)
	contact := population[0].(ledger.PutContact).Contact
	with := func(f func(c *ledger.Contact)) ledger.PutContact {
		c := contact
		c.ID, c.Peer = 2, []byte("carol")
		f(&c)
		return ledger.PutContact{Contact: c}
	}
	addresses := func(all ...ledger.Address) ledger.PutContact {
		return with(func(c *ledger.Contact) { c.Addresses = all })
	}
	conversation := func(kind ledger.ConversationKind, members ...ledger.ContactID) ledger.PutConversation {
		return ledger.PutConversation{Conversation: ledger.Conversation{ID: 2, Kind: kind, Members: members}}
	}
	apply(t, s, added(numbered(0)), ledger.PutInvite{})
	for name, tt := range map[string]struct {
		change ledger.Change
		want   error
	}{
		"known peer":             {with(func(c *ledger.Contact) { c.Peer = contact.Peer }), store.ErrExists},
		"contact without state":  {with(func(c *ledger.Contact) { c.State = 0 }), store.ErrInvalid},
		"contact without peer":   {with(func(c *ledger.Contact) { c.Peer = nil }), store.ErrInvalid},
		"contact 0":              {with(func(c *ledger.Contact) { c.ID = 0 }), store.ErrInvalid},
		"address twice":          {addresses(ledger.Address{Port: 1}, ledger.Address{Port: 1}), store.ErrExists},
		"address without port":   {addresses(ledger.Address{}), store.ErrInvalid},
		"short client key":       {addresses(ledger.Address{Port: 1, ClientKey: key(1)[:31]}), store.ErrInvalid},
		"no contact to drop":     {ledger.DropContact{Contact: 2}, store.ErrNotFound},
		"streams of nobody":      {ledger.PutStreams{Contact: 2}, store.ErrNotFound},
		"session of nobody":      {ledger.PutSession{Contact: 2}, store.ErrNotFound},
		"no session":             {ledger.DropSession{Contact: 1}, store.ErrNotFound},
		"invite twice":           {ledger.PutInvite{}, store.ErrExists},
		"no invite":              {ledger.DropInvite{Token: [16]byte{1}}, store.ErrNotFound},
		"direct alone":           {conversation(ledger.Direct), store.ErrInvalid},
		"direct a second time":   {conversation(ledger.Direct, 1), store.ErrExists},
		"member twice":           {conversation(ledger.Group, 1, 1), store.ErrExists},
		"member nobody knows":    {conversation(ledger.Group, 1, 2), store.ErrNotFound},
		"no kind":                {conversation(0, 1), store.ErrInvalid},
		"no conversation":        {ledger.DropConversation{Conversation: 2}, store.ErrNotFound},
		"message to nowhere":     {added(ledger.Message{Number: 2, Conversation: 2}), store.ErrNotFound},
		"message of a stranger":  {added(ledger.Message{Number: 2, Conversation: 1, Sender: 2}), store.ErrNotFound},
		"another with a number":  {added(ledger.Message{Number: 1, Conversation: 1}), store.ErrExists},
		"message 0":              {added(ledger.Message{Conversation: 1}), store.ErrInvalid},
		"its event twice":        {ledger.AddMessage{Message: numbered(1), Event: added(numbered(0)).Event}, store.ErrExists},
		"nothing to edit":        {ledger.EditMessage{Message: 2}, store.ErrNotFound},
		"nothing to drop":        {ledger.DropMessage{Message: 2}, store.ErrNotFound},
		"nothing to expire":      {ledger.ExpireMessage{Message: 2}, store.ErrNotFound},
		"nothing to hold":        {ledger.HoldMessage{Message: 2}, store.ErrNotFound},
		"nowhere to expire":      {ledger.ExpireRead{Conversation: 2}, store.ErrNotFound},
		"delivery of nothing":    {ledger.PutDelivery{Delivery: ledger.Delivery{Message: 2, Contact: 1, State: ledger.Sent}}, store.ErrNotFound},
		"delivery to nobody":     {ledger.PutDelivery{Delivery: ledger.Delivery{Message: 1, Contact: 2, State: ledger.Sent}}, store.ErrNotFound},
		"no such delivery state": {ledger.PutDelivery{Delivery: ledger.Delivery{Message: 1, Contact: 1, State: 8}}, store.ErrInvalid},
		"item to nobody":         {ledger.PutItem{Item: ledger.Item{ID: 1, Contact: 2, Kind: ledger.Ordinary}}, store.ErrNotFound},
		"item of no message":     {ledger.PutItem{Item: ledger.Item{ID: 1, Contact: 1, Message: 2, Kind: ledger.Ordinary}}, store.ErrNotFound},
		"no item":                {ledger.DropItem{Item: 1}, store.ErrNotFound},
		"cell without items":     {ledger.PutCell{Cell: ledger.Cell{Contact: 1}}, store.ErrInvalid},
		"cell to nobody":         {ledger.PutCell{Cell: ledger.Cell{Contact: 2, Count: 1}}, store.ErrNotFound},
		"file of nobody":         {ledger.PutFile{File: ledger.File{Number: 1, Conversation: 1, Contact: 2, State: ledger.Offered}}, store.ErrNotFound},
		"no file":                {ledger.DropFile{File: 1}, store.ErrNotFound},
		"setting without a name": {ledger.PutSetting{}, store.ErrInvalid},
		"a setting of the store": {ledger.PutSetting{Name: "store.check"}, store.ErrInvalid},
		"to drop one":            {ledger.DropSetting{Name: "store.check"}, store.ErrNotFound},
		"event 0":                {ledger.AddEvent{Event: ledger.Event{Kind: ledger.FileChanged}}, store.ErrInvalid},
		"nothing":                {nil, store.ErrInvalid},
	} {
		err := s.Update(t.Context(), func(tx *store.Update) error { return tx.Apply(tt.change) })
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: error is %v, want %v", name, err, tt.want)
		}
	}
}

func TestARepeatedMessageIsNothing(t *testing.T) {
	s := populated(t)
	ours, theirs := numbered(0), numbered(0) // both sides may make the same ID up
	theirs.Number, theirs.Sender, theirs.Body = 2, 1, "from Bob \x00 with a zero"
	repeat := theirs
	repeat.Number, repeat.Body = 3, "again"
	apply(t, s, added(ours), added(theirs), added(repeat))
	view(t, s, func(tx *store.View) error {
		messages, err1 := tx.Messages(1, 0, 10)
		events, err2 := tx.Events(0, 10)
		counters, err3 := tx.Counters()
		if !reflect.DeepEqual(messages, []ledger.Message{theirs, ours}) || len(events) != 2 || counters.Message != 2 {
			t.Errorf("messages are %+v, events %+v, numbers %+v", messages, events, counters)
		}
		return errors.Join(err1, err2, err3)
	})
}

// TestDeletedMessagesDoNotComeAgain while they are remembered, which not too many are.
func TestDeletedMessagesDoNotComeAgain(t *testing.T) {
	s, want := populated(t), memory.New()
	if err := want.Apply(population...); err != nil {
		t.Fatal(err)
	}
	last := 0
	both := func(changes ...ledger.Change) {
		t.Helper()
		apply(t, s, changes...)
		if err := want.Apply(changes...); err != nil {
			t.Fatal(err)
		}
	}
	next := func(id int, sender ledger.ContactID) ledger.AddMessage {
		last++
		m := numbered(last)
		m.ID, m.Sender = numbered(id).ID, sender
		return added(m)
	}
	there := func(what string, n int) {
		t.Helper()
		all, err := want.Messages(1, 0, 10)
		if got := bodies(t, s); len(got) != n || len(all) != n || err != nil {
			t.Fatalf("%s: there are %q, and %d in memory, %v, want %d", what, got, len(all), err, n)
		}
	}
	var changes []ledger.Change
	for id := range ledger.MaxGone + 1 {
		add := next(id, 1)
		changes = append(changes, add, ledger.DropMessage{Message: add.Message.Number})
	}
	both(changes...)
	there("deleted", 0)
	both(next(1, 1), next(ledger.MaxGone, 1))
	there("again", 0)
	both(next(0, 1))
	there("what is forgotten", 1)
	ours := next(2000, 0)
	both(ours, ledger.DropMessage{Message: ours.Message.Number}, next(2000, 0))
	there("ours", 2)
	both(ledger.DropConversation{Conversation: 1}, population[len(population)-1], next(1, 1))
	there("in another conversation", 1)
}

func TestTimers(t *testing.T) {
	s := populated(t)
	for n, timer := range []time.Duration{time.Hour, time.Minute, 0, 2 * time.Minute} {
		m := numbered(n)
		m.Timer = timer
		if n > 0 {
			m.Sender = 1
		}
		apply(t, s, added(m))
	}
	read := ledger.ExpireRead{Conversation: 1, UpTo: 3, Now: noon}
	later := ledger.ExpireRead{Conversation: 1, UpTo: 4, Now: noon.Add(time.Second)}
	apply(t, s, read, later, ledger.ExpireMessage{Message: 1, Now: noon}, ledger.ExpireMessage{Message: 1, Now: noon.Add(time.Second)})
	view(t, s, func(tx *store.View) error {
		for number, want := range map[ledger.MessageNumber]time.Time{
			1: noon.Add(time.Hour), 2: noon.Add(time.Minute), 3: {}, 4: noon.Add(2*time.Minute + time.Second),
		} {
			if m, err := tx.Message(number); err != nil || !m.Expires.Equal(want) {
				t.Errorf("message %d expires at %v, %v, want %v", number, m.Expires, err, want)
			}
		}
		if next, err := tx.NextExpiry(); err != nil || !next.Equal(noon.Add(time.Minute)) {
			t.Errorf("the next expires at %v, %v", next, err)
		}
		return nil
	})
}

func TestDroppedContacts(t *testing.T) {
	for _, history := range []bool{true, false} {
		s := create(t, newFolder(t))
		apply(t, s, append(population, carol...)...)
		apply(t, s,
			ledger.PutSession{Contact: 1, Session: ledger.Session{Saved: []byte("keys")}},
			ledger.PutStreams{Contact: 1}, ledger.PutCell{Cell: ledger.Cell{Contact: 1, Count: 1}},
			ledger.DropContact{Contact: 1, History: history},
		)
		if got := bodies(t, s); (len(got) == 2) != history {
			t.Errorf("with history %v, the messages are %q", history, got)
		}
		view(t, s, func(tx *store.View) error {
			sessions, err1 := tx.Sessions(1)
			streams, err2 := tx.Streams()
			cells, err3 := tx.Cells(1)
			waiting, err4 := tx.Waiting()
			if len(sessions)+len(streams)+len(cells) != 0 || len(waiting) != 1 || waiting[0].Contact != 2 {
				t.Errorf("with history %v, there are %d sessions, %d streams, %d cells, %+v", history, len(sessions), len(streams), len(cells), waiting)
			}
			contacts, err5 := tx.Contacts()
			if contacts[0].State != ledger.Deleted || contacts[0].Name != "Bob Bobson" {
				t.Errorf("it is %+v, want it deleted, but in a group", contacts[0])
			}
			files, err6 := tx.Files()
			for _, f := range files {
				if f.Key != nil || !history {
					t.Errorf("with history %v, there is %+v", history, f)
				}
			}
			return errors.Join(err1, err2, err3, err4, err5, err6)
		})
		apply(t, s, ledger.DropConversation{Conversation: 2}, ledger.DropContact{Contact: 1})
		view(t, s, func(tx *store.View) error {
			contacts, err := tx.Contacts()
			if len(contacts) != 1 {
				t.Errorf("contacts are %+v, want Carol", contacts)
			}
			return err
		})
		if err := s.Check(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

func TestDroppedEvents(t *testing.T) {
	s := create(t, newFolder(t))
	add := func(cursors ...ledger.Cursor) {
		for _, cursor := range cursors {
			apply(t, s, ledger.AddEvent{Event: ledger.Event{Cursor: cursor, Happened: noon, Kind: ledger.FileChanged}})
		}
	}
	want := func(after ledger.Cursor, limit int, wantErr error, want ...ledger.Cursor) {
		t.Helper()
		view(t, s, func(tx *store.View) error {
			var got []ledger.Cursor
			events, err := tx.Events(after, limit)
			for _, e := range events {
				got = append(got, e.Cursor)
			}
			if !errors.Is(err, wantErr) || !reflect.DeepEqual(got, want) {
				t.Errorf("events after %d are %d, %v, want %d, %v", after, got, err, want, wantErr)
			}
			return nil
		})
	}
	want(0, 10, nil)
	add(1, 2, 3)
	want(0, 10, nil, 1, 2, 3)
	want(0, 1, nil, 1)
	want(3, 10, nil)
	update(t, s, func(tx *store.Update) error { return tx.DropEvents(1) })
	want(2, 10, nil, 3)
	want(1, 10, store.ErrCursor)
	update(t, s, func(tx *store.Update) error { return tx.DropEvents(0) })
	want(3, 10, nil)
	want(2, 10, store.ErrCursor)
	add(4)
	want(3, 10, nil, 4)
	want(4, 10, nil)
	want(5, 10, store.ErrCursor) // was never given: this is an older copy of what the reader knew
}

func TestOldEventsAreDropped(t *testing.T) {
	s := create(t, newFolder(t))
	left := func(want ...ledger.Cursor) {
		t.Helper()
		var got []ledger.Cursor
		view(t, s, func(tx *store.View) error {
			var after ledger.Cursor
			if len(want) > 0 {
				after = want[0] - 1
			}
			events, err := tx.Events(after, 10)
			for _, e := range events {
				got = append(got, e.Cursor)
			}
			return err
		})
		if !reflect.DeepEqual(got, want) {
			t.Errorf("left are %d, want %d", got, want)
		}
	}
	before := func(d time.Duration) {
		update(t, s, func(tx *store.Update) error { return tx.DropEventsBefore(noon.Add(d)) })
	}
	for i, at := range []time.Duration{0, 2, 1, 3} { // the clock was set back in between
		apply(t, s, ledger.AddEvent{Event: ledger.Event{
			Cursor: ledger.Cursor(i + 1), Happened: noon.Add(at * time.Hour), Kind: ledger.FileChanged,
		}})
	}
	before(0)
	left(1, 2, 3, 4)
	before(90 * time.Minute)
	left(2, 3, 4)
	before(150 * time.Minute)
	left(4)
	before(time.Hour * 24)
	view(t, s, func(tx *store.View) error {
		if events, err := tx.Events(4, 10); err != nil || len(events) != 0 {
			t.Errorf("left are %v, %v", events, err)
		}
		return nil
	})
}
