package store_test

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/store"
)

func TestMessages(t *testing.T) {
	s := create(t, newFolder(t))
	contact, c := populate(t, s)
	ours := numbered(c, 1)
	theirs := numbered(c, 1)
	theirs.Sender, theirs.Expires, theirs.Body = contact, noon.Add(time.Hour), "from Bob \x00 with a zero"
	update(t, s, func(tx *store.Update) (err error) {
		// Both sides may make the same id up.
		if ours.Number, err = tx.AddMessage(ours); err != nil {
			return err
		}
		theirs.Number, err = tx.AddMessage(theirs)
		return err
	})
	if theirs.Number <= ours.Number {
		t.Errorf("numbers are %d and %d", ours.Number, theirs.Number)
	}
	for _, repeat := range []store.Message{ours, theirs} {
		err := s.Update(t.Context(), func(tx *store.Update) error {
			_, err := tx.AddMessage(repeat)
			return err
		})
		if !errors.Is(err, store.ErrExists) {
			t.Errorf("a repeat gives %v, want ErrExists", err)
		}
	}
	view(t, s, func(tx *store.View) error {
		for _, want := range []store.Message{ours, theirs} {
			if got, err := tx.Message(want.Number); err != nil || got != want {
				t.Errorf("it is %+v, %v, want %+v", got, err, want)
			}
			if got, err := tx.MessageByID(c, want.Sender, want.ID); err != nil || got != want {
				t.Errorf("by its id it is %+v, %v, want %+v", got, err, want)
			}
		}
		if got, err := tx.Expired(noon.Add(time.Hour), 10); err != nil || !reflect.DeepEqual(got, []store.Message{theirs}) {
			t.Errorf("expired are %+v, %v", got, err)
		}
		if got, err := tx.Expired(noon.Add(time.Hour-time.Millisecond), 10); err != nil || len(got) != 0 {
			t.Errorf("expired are %+v, %v, want none", got, err)
		}
		if _, err := tx.MessageByID(c, 0, store.MessageID{}); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("error is %v, want ErrNotFound", err)
		}
		return nil
	})
	for name, m := range map[string]store.Message{
		"no conversation": {Conversation: 99},
		"no sender":       {Conversation: c, Sender: 99},
	} {
		err := s.Update(t.Context(), func(tx *store.Update) error {
			_, err := tx.AddMessage(m)
			return err
		})
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: error is %v, want ErrNotFound", name, err)
		}
	}
}

func TestPagesOfMessages(t *testing.T) {
	s := create(t, newFolder(t))
	_, c := populate(t, s)
	numbers := map[int]store.MessageNumber{}
	update(t, s, func(tx *store.Update) (err error) {
		for n := range 10 {
			if numbers[n], err = tx.AddMessage(numbered(c, n)); err != nil {
				return err
			}
		}
		return nil
	})
	for _, tt := range []struct {
		before store.MessageNumber
		limit  int
		want   []int
	}{
		{0, 3, []int{9, 8, 7}},
		{numbers[7], 3, []int{6, 5, 4}},
		{numbers[1], 3, []int{0}},
		{numbers[0], 3, nil},
		{0, 0, nil},
		{0, -1, nil},
	} {
		view(t, s, func(tx *store.View) error {
			var got []int
			messages, err := tx.Messages(c, tt.before, tt.limit)
			for _, m := range messages {
				got = append(got, int(m.Number-numbers[0]))
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("%d before %d are %v, want %v", tt.limit, tt.before, got, tt.want)
			}
			return err
		})
	}
}

func TestUnread(t *testing.T) {
	s := create(t, newFolder(t))
	contact, c := populate(t, s)
	want := func(want int) {
		t.Helper()
		view(t, s, func(tx *store.View) error {
			got, err := tx.Unread(c)
			if got != want {
				t.Errorf("%d are unread, want %d", got, want)
			}
			return err
		})
	}
	want(0)
	var last store.MessageNumber
	update(t, s, func(tx *store.Update) (err error) {
		for n := range 4 {
			m := numbered(c, n)
			if n != 1 {
				m.Sender = contact
			}
			if last, err = tx.AddMessage(m); err != nil {
				return err
			}
		}
		return nil
	})
	want(3)
	update(t, s, func(tx *store.Update) error {
		conversation, err := tx.Conversation(c)
		if err != nil {
			return err
		}
		conversation.Read = last - 1
		return tx.SetConversation(conversation)
	})
	want(1)
}

func TestConversations(t *testing.T) {
	s := create(t, newFolder(t))
	bob, direct := populate(t, s)
	want := store.Conversation{Kind: store.Group, Title: "all of us", Timer: time.Hour, Added: noon}
	update(t, s, func(tx *store.Update) error {
		carol, err := tx.AddContact(store.Contact{Peer: []byte("carol"), State: store.Accepted})
		if err != nil {
			return err
		}
		want.Members = []store.ContactID{bob, carol}
		want.ID, err = tx.AddConversation(want)
		return err
	})
	want.Title, want.Muted, want.Timer, want.Read = "some of us", true, time.Minute, 7
	update(t, s, func(tx *store.Update) error { return tx.SetConversation(want) })
	view(t, s, func(tx *store.View) error {
		if got, err := tx.Conversation(want.ID); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("it is %+v, %v, want %+v", got, err, want)
		}
		if got, err := tx.DirectConversation(bob); err != nil || got.ID != direct {
			t.Errorf("Bob's conversation is %+v, %v, want %d", got, err, direct)
		}
		if _, err := tx.DirectConversation(want.Members[1]); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("error is %v, want ErrNotFound", err)
		}
		all, err := tx.Conversations()
		if err != nil || len(all) != 2 || all[0].ID != direct || !reflect.DeepEqual(all[1], want) {
			t.Errorf("conversations are %+v, %v", all, err)
		}
		return nil
	})
	for name, tt := range map[string]struct {
		c    store.Conversation
		want error
	}{
		"again":        {store.Conversation{Kind: store.Direct, Members: []store.ContactID{bob}}, store.ErrExists},
		"alone":        {store.Conversation{Kind: store.Direct}, store.ErrInvalid},
		"no kind":      {store.Conversation{}, store.ErrInvalid},
		"no contact":   {store.Conversation{Kind: store.Group, Members: []store.ContactID{99}}, store.ErrNotFound},
		"member twice": {store.Conversation{Kind: store.Group, Members: []store.ContactID{bob, bob}}, store.ErrExists},
	} {
		err := s.Update(t.Context(), func(tx *store.Update) error {
			_, err := tx.AddConversation(tt.c)
			return err
		})
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: error is %v, want %v", name, err, tt.want)
		}
	}
}

func TestDeletedContacts(t *testing.T) {
	for _, history := range []bool{true, false} {
		s := create(t, newFolder(t))
		bob, direct := populate(t, s)
		var group store.ConversationID
		update(t, s, func(tx *store.Update) (err error) {
			if group, err = tx.AddConversation(store.Conversation{Kind: store.Group, Members: []store.ContactID{bob}}); err != nil {
				return err
			}
			for n, c := range []store.ConversationID{direct, group} {
				m := numbered(c, n)
				m.Sender = bob
				if _, err := tx.AddMessage(m); err != nil {
					return err
				}
			}
			return errors.Join(
				tx.SaveSession(bob, store.Session{Saved: []byte("keys")}),
				tx.SetAddresses(bob, []store.Address{{Address: "a", ClientKey: key(5)}}),
			)
		})
		update(t, s, func(tx *store.Update) error {
			_, err := tx.Enqueue(store.Cell{Contact: bob, Cell: []byte("cell")})
			return errors.Join(err, tx.DeleteContact(bob, history))
		})
		if got := bodies(t, s, direct); (len(got) == 1) != history {
			t.Errorf("with history %v, %d messages are left", history, len(got))
		}
		if got := bodies(t, s, group); len(got) != 1 {
			t.Errorf("with history %v, %d messages are left in the group", history, len(got))
		}
		view(t, s, func(tx *store.View) error {
			sessions, err1 := tx.Sessions(bob)
			addresses, err2 := tx.Addresses(bob)
			cells, err3 := tx.Outbox(bob, 0, 10)
			if len(sessions)+len(addresses)+len(cells) != 0 {
				t.Errorf("with history %v, there are %d sessions, %d addresses, %d cells", history, len(sessions), len(addresses), len(cells))
			}
			contact, err4 := tx.Contact(bob)
			if contact.State != store.Deleted {
				t.Errorf("state is %d, want Deleted", contact.State)
			}
			return errors.Join(err1, err2, err3, err4)
		})
		update(t, s, func(tx *store.Update) error {
			return errors.Join(tx.DeleteConversation(group), tx.DeleteContact(bob, false))
		})
		view(t, s, func(tx *store.View) error {
			if contacts, err := tx.Contacts(); err != nil || len(contacts) != 0 {
				t.Errorf("contacts are %v, %v, want none", contacts, err)
			}
			return nil
		})
		if err := s.Check(t.Context()); err != nil {
			t.Error(err)
		}
	}
}
