package store_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"strings"
	"testing"

	"lukechampine.com/adiantum"

	"github.com/onionwire/onionwire/node/lock"
	"github.com/onionwire/onionwire/node/store"
)

var secrets = map[string]string{
	"body":         "meet me behind the old mill",
	"name":         "Bartholomew the Younger",
	"introduction": "we have met at the harbour",
	"peer ID":      "12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA",
	"address":      "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion:4001",
	"client key":   "client key of thirty-two bytes!!",
	"session":      strings.Repeat("session state ", 600),
	"setting":      "token of a bot",
	"cell":         strings.Repeat("what a cell looks like ", 200),
	"event":        "event that happened",
}

func storeSecrets(t *testing.T, s *store.Store) store.MessageNumber {
	t.Helper()
	var number store.MessageNumber
	update(t, s, func(tx *store.Update) error {
		contact, err := tx.AddContact(store.Contact{
			Peer: []byte(secrets["peer ID"]), Name: secrets["name"], Introduction: secrets["introduction"], State: store.Accepted,
		})
		if err != nil {
			return err
		}
		c, err := tx.AddConversation(store.Conversation{Kind: store.Direct, Members: []store.ContactID{contact}})
		if err != nil {
			return err
		}
		m := numbered(c, 1)
		m.Body = secrets["body"]
		if number, err = tx.AddMessage(m); err != nil {
			return err
		}
		_, err1 := tx.Enqueue(store.Cell{Contact: contact, Message: number, Cell: []byte(secrets["cell"])})
		_, err2 := tx.AddEvent(store.Event{Kind: "kind", Body: []byte(secrets["event"])})
		return errors.Join(err1, err2,
			tx.SetAddresses(contact, []store.Address{{Address: secrets["address"], ClientKey: []byte(secrets["client key"])}}),
			tx.SaveSession(contact, store.Session{Saved: []byte(secrets["session"])}),
			tx.SetSetting("token", []byte(secrets["setting"])),
		)
	})
	return number
}

func TestNoFileHoldsPlaintext(t *testing.T) {
	folder := newFolder(t)
	s := create(t, folder)
	storeSecrets(t, s)
	look := func(when string) {
		t.Helper()
		for name, content := range files(t, folder) {
			for what, secret := range secrets {
				// Any eight bytes of it, wherever a page begins.
				for at := 0; at+8 <= min(len(secret), 64); at += 4 {
					if strings.Contains(content, secret[at:at+8]) {
						t.Errorf("%s, the %s is in %s", when, what, name)
					}
				}
			}
			for _, trace := range []string{"SQLite format", "CREATE TABLE", "messages"} {
				if strings.Contains(content, trace) {
					t.Errorf("%s, %q is in %s", when, trace, name)
				}
			}
		}
	}
	look("while it is open")
	closeStore(t, s)
	look("when it is closed")
}

// decrypted returns what somebody with the key of the database sees in its files.
func decrypted(t *testing.T, folder *lock.Folder) (all []byte) {
	t.Helper()
	cipher := adiantum.New(key(1))
	for _, content := range files(t, folder) {
		b := []byte(content)
		for at := 0; at+4096 <= len(b); at += 4096 {
			tweak := binary.LittleEndian.AppendUint64(nil, uint64(at))
			all = append(all, cipher.Decrypt(b[at:at+4096], tweak)...)
		}
	}
	return all
}

func TestTheDatabaseKeyAloneShowsNoSecretColumns(t *testing.T) {
	folder := newFolder(t)
	s := create(t, folder)
	storeSecrets(t, s)
	all := decrypted(t, folder)
	if !bytes.Contains(all, []byte(secrets["body"])) {
		t.Fatal("this test does not decrypt")
	}
	for _, what := range []string{"client key", "session", "setting"} {
		if bytes.Contains(all, []byte(secrets[what][:12])) {
			t.Errorf("the %s is not sealed", what)
		}
	}
}

func TestDeletedContentIsGone(t *testing.T) {
	folder := newFolder(t)
	s := create(t, folder)
	number := storeSecrets(t, s)
	if err := s.Compact(t.Context()); err != nil {
		t.Fatal(err)
	}
	update(t, s, func(tx *store.Update) error { return tx.DeleteMessage(number) })
	if err := s.Compact(t.Context()); err != nil {
		t.Fatal(err)
	}
	all := decrypted(t, folder)
	for _, trace := range []string{secrets["body"], "behind", secrets["cell"][:20]} {
		if bytes.Contains(all, []byte(trace)) {
			t.Errorf("%q is still there", trace)
		}
	}
	if info, err := os.Stat(path(folder, "-wal")); err != nil || info.Size() != 0 {
		t.Errorf("the log has %d bytes, %v", info.Size(), err)
	}
}
