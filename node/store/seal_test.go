package store_test

import (
	"errors"
	"testing"

	"github.com/onionwire/onionwire/node/store"
)

// Whoever can write pages moves sealed values about, and is found out.
func TestSealedColumnsStayWhereTheyAre(t *testing.T) {
	s := create(t, newFolder(t))
	var alice, bob store.ContactID
	update(t, s, func(tx *store.Update) (err error) {
		if alice, err = tx.AddContact(store.Contact{Peer: []byte("alice"), State: store.Accepted}); err != nil {
			return err
		}
		if bob, err = tx.AddContact(store.Contact{Peer: []byte("bob"), State: store.Accepted}); err != nil {
			return err
		}
		for _, contact := range []store.ContactID{alice, bob} {
			for i := range byte(2) {
				if err := tx.SaveSession(contact, store.Session{ID: store.SessionID(key(i)), Saved: key(i)}); err != nil {
					return err
				}
			}
			if err := tx.SetAddresses(contact, []store.Address{{Address: "a", ClientKey: key(7)}}); err != nil {
				return err
			}
		}
		return errors.Join(tx.SetSetting("a", []byte("1")), tx.SetSetting("b", []byte("2")))
	})
	readAll := func(tx *store.Update) error {
		for _, contact := range []store.ContactID{alice, bob} {
			if _, err := tx.Sessions(contact); err != nil {
				return err
			}
			if _, err := tx.Addresses(contact); err != nil {
				return err
			}
		}
		for _, name := range []string{"a", "b"} {
			if _, err := tx.Setting(name); err != nil {
				return err
			}
		}
		return nil
	}
	update(t, s, readAll)
	for name, sql := range map[string]string{
		"another session":  "UPDATE sessions SET saved = (SELECT saved FROM sessions WHERE contact = 1 AND id = zeroblob(32)) WHERE contact = 1",
		"another contact":  "UPDATE sessions SET saved = (SELECT o.saved FROM sessions o WHERE o.contact = 1 AND o.id = sessions.id)",
		"another id":       "UPDATE sessions SET id = randomblob(32)",
		"another setting":  "UPDATE settings SET value = (SELECT value FROM settings WHERE name = 'a') WHERE name = 'b'",
		"another table":    "UPDATE settings SET value = (SELECT saved FROM sessions) WHERE name = 'b'",
		"a key for others": "UPDATE addresses SET client_key = (SELECT client_key FROM addresses WHERE contact = 1)",
		"another address":  "UPDATE addresses SET address = 'b'",
		"short":            "UPDATE settings SET value = x'00' WHERE name = 'b'",
		"empty":            "UPDATE settings SET value = x'' WHERE name = 'b'",
		"changed":          "UPDATE settings SET value = zeroblob(length(value)) WHERE name = 'b'",
	} {
		err := s.Update(t.Context(), func(tx *store.Update) error {
			if err := tx.Exec(sql); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			return readAll(tx)
		})
		if !errors.Is(err, store.ErrSealed) {
			t.Errorf("%s: error is %v, want ErrSealed", name, err)
		}
	}
	update(t, s, readAll)
}
