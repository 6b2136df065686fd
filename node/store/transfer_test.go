package store_test

import (
	"bytes"
	"errors"
	"io/fs"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/lock"
	"github.com/onionwire/onionwire/node/store"
)

// export returns an export at a low cost.
func export(t *testing.T, s *store.Store, e store.Export) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := s.ExportAt(t.Context(), &out, "correct horse", 10, e); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// imported makes a store of an export, with other keys.
func imported(t *testing.T, exported []byte) (*store.Store, *lock.Folder) {
	t.Helper()
	i, err := store.OpenExport(bytes.NewReader(exported), "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	if string(i.Secret()) != "twenty-four words" {
		t.Errorf("the secret is %q", i.Secret())
	}
	folder := newFolder(t)
	return opened(t)(i.Create(t.Context(), folder, newKeys(t, 1, 2))), folder
}

// everything is what an export has.
type everything struct {
	Contacts      []store.Contact
	Addresses     [][]store.Address
	Conversations []store.Conversation
	Messages      [][]store.Message
	Deliveries    [][]store.Delivery
	Unread        []int
}

func all(t *testing.T, s *store.Store) (e everything) {
	t.Helper()
	view(t, s, func(tx *store.View) (err error) {
		if e.Contacts, err = tx.Contacts(); err != nil {
			return err
		}
		for _, c := range e.Contacts {
			addresses, err := tx.Addresses(c.ID)
			if err != nil {
				return err
			}
			e.Addresses = append(e.Addresses, addresses)
		}
		if e.Conversations, err = tx.Conversations(); err != nil {
			return err
		}
		for i := range e.Conversations {
			messages, err1 := tx.Messages(e.Conversations[i].ID, 0, 1<<20)
			unread, err2 := tx.Unread(e.Conversations[i].ID)
			if err := errors.Join(err1, err2); err != nil {
				return err
			}
			for j := range messages {
				deliveries, err := tx.Deliveries(messages[j].Number)
				if err != nil {
					return err
				}
				messages[j].Number = 0 // a new one after the import
				for k := range deliveries {
					deliveries[k].Message = 0
				}
				e.Deliveries = append(e.Deliveries, deliveries)
			}
			e.Messages, e.Unread = append(e.Messages, messages), append(e.Unread, unread)
			e.Conversations[i].Read = 0
		}
		return nil
	})
	return e
}

// exportable is a store with something of everything, and a deleted contact and
// deleted messages, so that numbers are not the same after an import.
func exportable(t *testing.T) *store.Store {
	t.Helper()
	s := create(t, newFolder(t))
	update(t, s, func(tx *store.Update) error {
		gone, err := tx.AddContact(store.Contact{Peer: []byte("gone"), State: store.Asking})
		return errors.Join(err, tx.DeleteContact(gone, false))
	})
	bob, c := populate(t, s)
	update(t, s, func(tx *store.Update) error {
		carol, err := tx.AddContact(store.Contact{
			Peer: []byte{0, 255}, Name: "Carol \u2028 <&>", Alias: "C", Introduction: "hi", State: store.Blocked,
			Verified: true, Muted: true, KeepConnected: true,
		})
		if err != nil {
			return err
		}
		group, err := tx.AddConversation(store.Conversation{
			Kind: store.Group, Title: "all", Muted: true, Timer: time.Hour, Added: noon, Members: []store.ContactID{bob, carol},
		})
		if err != nil {
			return err
		}
		var last store.MessageNumber
		for n := range 1200 {
			m := numbered(c, n)
			if n%3 == 0 {
				m.Sender, m.Expires = bob, noon
			}
			if n%5 == 0 {
				m.Conversation = group
			}
			if last, err = tx.AddMessage(m); err != nil {
				return err
			}
			if n < 10 {
				if err := tx.DeleteMessage(last); err != nil {
					return err
				}
			} else if m.Sender == 0 {
				if err := tx.SetDelivery(store.Delivery{Message: last, Contact: bob, State: store.Delivered, Changed: noon}); err != nil {
					return err
				}
			}
		}
		return errors.Join(
			tx.SetConversation(store.Conversation{ID: c, Read: last - 100}),
			tx.SetAddresses(bob, []store.Address{{Address: "one", ClientKey: key(3)}, {Address: "two"}}),
			tx.SaveSession(bob, store.Session{Saved: []byte("session that stays")}),
		)
	})
	return s
}

func TestExportWithHistory(t *testing.T) {
	s := exportable(t)
	exported := export(t, s, store.Export{History: true, Secret: []byte("twenty-four words")})
	for _, trace := range []string{"twenty-four", "Bob", "message"} {
		if bytes.Contains(exported, []byte(trace)) {
			t.Errorf("%q is in the file", trace)
		}
	}
	other, _ := imported(t, exported)
	want, got := all(t, s), all(t, other)
	ids := map[store.ContactID]store.ContactID{}
	for i := range want.Contacts {
		ids[want.Contacts[i].ID] = got.Contacts[i].ID
		want.Contacts[i].ID = got.Contacts[i].ID
	}
	for i := range want.Conversations {
		want.Conversations[i].ID = got.Conversations[i].ID
		for j, member := range want.Conversations[i].Members {
			want.Conversations[i].Members[j] = ids[member]
		}
		for j := range want.Messages[i] {
			want.Messages[i][j].Conversation = got.Conversations[i].ID
			want.Messages[i][j].Sender = ids[want.Messages[i][j].Sender]
		}
	}
	for i := range want.Deliveries {
		for j := range want.Deliveries[i] {
			want.Deliveries[i][j].Contact = ids[want.Deliveries[i][j].Contact]
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Error("something else came back")
	}
	if len(found(t, other, "number1111", 0, 0, 10)) != 1 {
		t.Error("the search does not know it")
	}
	view(t, other, func(tx *store.View) error {
		sessions, err := tx.Sessions(got.Contacts[0].ID)
		if len(sessions) != 0 {
			t.Error("a session was exported")
		}
		return err
	})
	if err := other.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestExportOfContactsOnly(t *testing.T) {
	s := exportable(t)
	other, _ := imported(t, export(t, s, store.Export{Secret: []byte("twenty-four words")}))
	want, got := all(t, s), all(t, other)
	if len(got.Contacts) != len(want.Contacts) || !reflect.DeepEqual(got.Addresses, want.Addresses) {
		t.Error("contacts are missing")
	}
	if len(got.Conversations) != 0 {
		t.Error("there are conversations")
	}
}

func TestDamagedExports(t *testing.T) {
	s := create(t, newFolder(t))
	populate(t, s)
	exported := export(t, s, store.Export{History: true})
	if _, err := store.OpenExport(bytes.NewReader(exported), "wrong"); !errors.Is(err, store.ErrPassphrase) {
		t.Errorf("with a wrong passphrase the error is %v", err)
	}
	for at := range exported {
		for name, b := range map[string][]byte{"cut": exported[:at], "changed": changed(exported, at)} {
			folder := newFolder(t)
			i, err := store.OpenExport(bytes.NewReader(b), "correct horse")
			if err == nil {
				_, err = i.Create(t.Context(), folder, newKeys(t, 1, 2))
			}
			if !errors.Is(err, store.ErrExport) && !errors.Is(err, store.ErrPassphrase) {
				t.Fatalf("%s at %d: error is %v", name, at, err)
			}
			wantFiles(t, folder, nil)
		}
	}
}

func changed(b []byte, at int) []byte {
	b = bytes.Clone(b)
	b[at] ^= 1
	return b
}

func TestHostileExports(t *testing.T) {
	const header, contact = `{"header":{"version":1}}` + "\n", `{"contact":{"id":1,"peer":"QUI=","state":3}}` + "\n"
	const conversation = `{"conversation":{"id":1,"kind":1,"members":[1]}}` + "\n"
	for name, tt := range map[string]struct {
		plain string
		want  error
	}{
		"nothing":              {"", store.ErrExport},
		"no header":            {contact, store.ErrExport},
		"newer":                {`{"header":{"version":2}}`, store.ErrNewer},
		"version 0":            {`{"header":{}}`, store.ErrExport},
		"two headers":          {header + header, store.ErrExport},
		"no JSON":              {header + "x", store.ErrExport},
		"two in a line":        {header + `{"contact":{"id":1}}{}`, store.ErrExport},
		"empty record":         {header + "{}", store.ErrExport},
		"unknown member":       {header + `{"contact":{"id":1,"peer":"QUI=","state":3,"rights":9}}`, store.ErrExport},
		"contact twice":        {header + contact + contact, store.ErrExport},
		"ourselves":            {header + `{"contact":{"id":0,"peer":"QUI=","state":3}}`, store.ErrExport},
		"unknown state":        {header + `{"contact":{"id":1,"peer":"QUI=","state":7}}`, store.ErrExport},
		"endless peer ID":      {header + `{"contact":{"id":1,"state":3,"peer":"` + strings.Repeat("QUJD", 100) + `"}}`, store.ErrExport},
		"endless line":         {header + strings.Repeat(" ", 2<<20), store.ErrExport},
		"unknown member of it": {header + conversation, store.ErrExport},
		"a message nowhere":    {header + contact + `{"message":{"number":1,"conversation":1,"id":"","body":""}}`, store.ErrExport},
		"a short id":           {header + contact + conversation + `{"message":{"number":1,"conversation":1,"id":"QUI=","body":""}}`, store.ErrExport},
		"endless timer":        {header + contact + `{"conversation":{"id":1,"kind":2,"timer":9223372036854775807,"members":[]}}`, store.ErrExport},
	} {
		t.Run(name, func(t *testing.T) {
			folder := newFolder(t)
			i, err := store.OpenPlain(strings.NewReader(tt.plain))
			if err == nil {
				_, err = i.Create(t.Context(), folder, newKeys(t, 1, 2))
			}
			if !errors.Is(err, tt.want) {
				t.Errorf("error is %v, want %v", err, tt.want)
			}
			wantFiles(t, folder, nil)
		})
	}
}

func TestAnImportNeverOverwrites(t *testing.T) {
	s := exportable(t)
	exported := export(t, s, store.Export{Secret: []byte("twenty-four words")})
	other, folder := imported(t, exported)
	closeStore(t, other)
	before := files(t, folder)
	i, err := store.OpenExport(bytes.NewReader(exported), "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := i.Create(t.Context(), folder, newKeys(t, 1, 2)); !errors.Is(err, fs.ErrExist) {
		t.Errorf("error is %v, want fs.ErrExist", err)
	}
	wantFiles(t, folder, before)
}

// FuzzImport imports anything.
func FuzzImport(f *testing.F) {
	f.Add("{\"header\":{\"version\":1,\"secret\":\"QUI=\"}}\n" +
		"{\"contact\":{\"id\":1,\"peer\":\"QUI=\",\"state\":3,\"addresses\":[{\"address\":\"a\"}]}}\n" +
		"{\"conversation\":{\"id\":1,\"kind\":1,\"members\":[1],\"read\":7}}\n" +
		"{\"message\":{\"number\":1,\"conversation\":1,\"sender\":1,\"id\":\"AAAAAAAAAAAAAAAAAAAAAA==\",\"body\":\"b\"," +
		"\"deliveries\":[{\"contact\":1,\"state\":1}]}}\n")
	f.Add("{\"header\":{\"version\":1}}\n{\"contact\":null}")
	f.Add("{\"header\":{\"version\":9}}")
	folder, keys := newFolder(f), newKeys(f, 1, 2)
	f.Fuzz(func(t *testing.T, plain string) {
		i, err := store.OpenPlain(strings.NewReader(plain))
		if err == nil {
			var s *store.Store
			if s, err = i.Create(t.Context(), folder, keys); err == nil {
				if err := errors.Join(s.Check(t.Context()), s.Close()); err != nil {
					t.Fatal(err)
				}
				removeDatabase(t, folder)
				return
			}
		}
		if !errors.Is(err, store.ErrExport) && !errors.Is(err, store.ErrNewer) {
			t.Fatalf("error is %v", err)
		}
	})
}
