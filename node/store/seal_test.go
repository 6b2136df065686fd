package store_test

import (
	"errors"
	"testing"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/store"
)

// sealedRows are two rows of each table that has a sealed column.
func sealedRows() (changes []ledger.Change) {
	for id := range ledger.ContactID(3) {
		if id == 0 {
			continue
		}
		b := byte(id)
		changes = append(changes,
			ledger.PutContact{Contact: ledger.Contact{
				ID: id, Peer: []byte{b}, State: ledger.Accepted, Invite: key(b)[:16],
				Addresses: []ledger.Address{{Port: 1, ClientKey: key(7)}},
			}},
			ledger.PutConversation{Conversation: ledger.Conversation{
				ID: ledger.ConversationID(id), Kind: ledger.Direct, Members: []ledger.ContactID{id},
			}},
			ledger.PutDraft{Conversation: ledger.ConversationID(id), Text: string(key(b))},
			ledger.PutSession{Contact: id, Session: ledger.Session{ID: ledger.SessionID(key(0)), Saved: key(0)}},
			ledger.PutSession{Contact: id, Session: ledger.Session{ID: ledger.SessionID(key(1)), Saved: key(1)}},
			ledger.PutItem{Item: ledger.Item{ID: ledger.ItemID(id), Contact: id, Kind: ledger.Ordinary, Content: key(b)}},
			ledger.PutFile{File: ledger.File{
				Number: ledger.FileNumber(id), Conversation: ledger.ConversationID(id), Contact: id, State: ledger.Moving, Key: key(b),
			}},
			ledger.PutInvite{Invite: ledger.Invite{Token: [16]byte{b}}},
		)
	}
	return append(changes,
		ledger.PutSetting{Name: "a", Value: []byte("1")}, ledger.PutSetting{Name: "b", Value: []byte("2")})
}

// Whoever can write pages moves sealed values about, and is found out.
func TestSealedColumnsStayWhereTheyAre(t *testing.T) {
	s := create(t, newFolder(t))
	apply(t, s, sealedRows()...)
	readAll := func(tx *store.Update) error {
		_, err1 := tx.Contacts()
		_, err2 := tx.Files()
		_, err3 := tx.Invites()
		_, err4 := tx.Setting("a")
		_, err5 := tx.Setting("b")
		err := errors.Join(err1, err2, err3, err4, err5)
		for id := range int64(2) {
			_, err1 := tx.Sessions(ledger.ContactID(id + 1))
			_, err2 := tx.ItemContent(ledger.ItemID(id + 1))
			_, err3 := tx.Draft(ledger.ConversationID(id + 1))
			err = errors.Join(err, err1, err2, err3)
		}
		return err
	}
	update(t, s, readAll)
	for name, sql := range map[string]string{
		"another session":  "UPDATE sessions SET saved = (SELECT saved FROM sessions WHERE contact = 1 AND id = zeroblob(32)) WHERE contact = 1",
		"another contact":  "UPDATE sessions SET saved = (SELECT o.saved FROM sessions o WHERE o.contact = 1 AND o.id = sessions.id)",
		"another id":       "UPDATE sessions SET id = randomblob(32)",
		"another setting":  "UPDATE settings SET value = (SELECT value FROM settings WHERE name = 'a') WHERE name = 'b'",
		"another table":    "UPDATE settings SET value = (SELECT saved FROM sessions) WHERE name = 'b'",
		"a key for others": "UPDATE addresses SET client_key = (SELECT client_key FROM addresses WHERE contact = 1)",
		"another onion":    "UPDATE addresses SET onion = randomblob(32)",
		"another port":     "UPDATE addresses SET port = 2",
		"another invite":   "UPDATE contacts SET invite = (SELECT invite FROM contacts WHERE id = 1)",
		"another item":     "UPDATE items SET content = (SELECT content FROM items WHERE id = 1)",
		"another draft":    "UPDATE drafts SET body = (SELECT body FROM drafts WHERE conversation = 1)",
		"another file":     "UPDATE files SET key = (SELECT key FROM files WHERE number = 1)",
		"another token":    "UPDATE invites SET token = (SELECT max(token) FROM invites)",
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
