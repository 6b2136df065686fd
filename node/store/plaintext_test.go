package store_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"strings"
	"testing"

	"lukechampine.com/adiantum"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/lock"
	"github.com/onionwire/onionwire/node/store"
)

var secrets = map[string]string{
	"body":         "meet me behind the old mill",
	"name":         "Bartholomew the Younger",
	"introduction": "we have met at the harbour",
	"peer ID":      "12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA",
	"onion":        "an onion key of thirty-two bytes",
	"client key":   "client key of thirty-two bytes!!",
	"invite":       "invite, 16 bytes",
	"our invite":   "we invite, bytes",
	"note":         "for the bearer of the letter",
	"session":      strings.Repeat("session state ", 600),
	"setting":      "token of a bot",
	"item":         strings.Repeat("what an item holds ", 200),
	"cell":         strings.Repeat("what a cell looks like ", 200),
	"file key":     "file key of thirty-two bytes, ok",
	"file name":    "holiday in Antwerp.jpeg",
	"path":         "/home/somebody/Pictures",
}

// sealed are those that only the key of the rows opens.
var sealed = []string{"client key", "invite", "our invite", "session", "setting", "item", "file key"}

// storeSecrets stores them all; the body is that of message 1, which item 1 carries.
func storeSecrets(t *testing.T, s *store.Store) {
	t.Helper()
	m := numbered(0)
	m.Body = secrets["body"]
	apply(t, s,
		ledger.PutContact{Contact: ledger.Contact{
			ID: 1, Peer: []byte(secrets["peer ID"]), Name: secrets["name"], Introduction: secrets["introduction"],
			Invite: []byte(secrets["invite"]), State: ledger.Accepted, Addresses: []ledger.Address{
				{Onion: [32]byte([]byte(secrets["onion"])), Port: 1, ClientKey: []byte(secrets["client key"])},
			},
		}},
		population[1], added(m),
		ledger.PutItem{Item: ledger.Item{ID: 1, Contact: 1, Message: 1, Kind: ledger.Ordinary, Content: []byte(secrets["item"])}},
		ledger.PutCell{Cell: ledger.Cell{Contact: 1, Count: 1, Cell: []byte(secrets["cell"])}},
		ledger.PutSession{Contact: 1, Session: ledger.Session{Saved: []byte(secrets["session"])}},
		ledger.PutInvite{Invite: ledger.Invite{Token: [16]byte([]byte(secrets["our invite"])), Note: secrets["note"]}},
		ledger.PutFile{File: ledger.File{
			Number: 1, Conversation: 1, Contact: 1, State: ledger.Moving, Key: []byte(secrets["file key"]),
			Name: secrets["file name"], Path: secrets["path"],
		}},
		ledger.PutSetting{Name: "token", Value: []byte(secrets["setting"])},
	)
	update(t, s, func(tx *store.Update) error { return tx.Index() })
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
	for _, what := range sealed {
		if bytes.Contains(all, []byte(secrets[what][:12])) {
			t.Errorf("the %s is not sealed", what)
		}
	}
}

func TestDeletedContentIsGone(t *testing.T) {
	folder := newFolder(t)
	s := create(t, folder)
	storeSecrets(t, s)
	if err := s.Compact(t.Context()); err != nil {
		t.Fatal(err)
	}
	apply(t, s, ledger.DropMessage{Message: 1}, ledger.DropCells{Contact: 1, Below: 1}, ledger.DropFile{File: 1})
	if err := s.Compact(t.Context()); err != nil {
		t.Fatal(err)
	}
	all := decrypted(t, folder)
	for _, trace := range []string{secrets["body"], "behind", secrets["cell"][:20], secrets["file name"]} {
		if bytes.Contains(all, []byte(trace)) {
			t.Errorf("%q is still there", trace)
		}
	}
	if info, err := os.Stat(path(folder, "-wal")); err != nil || info.Size() != 0 {
		t.Errorf("the log has %d bytes, %v", info.Size(), err)
	}
}
