package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/lock"
	"github.com/onionwire/onionwire/node/store"
)

// lowCost is the logarithm of the cost of what scrypt does.
const lowCost = 1

// export returns an export at a low cost.
func export(t *testing.T, s *store.Store, e store.Export) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := s.ExportAt(t.Context(), &out, "correct horse", lowCost, e); err != nil {
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

// content is what an export has.
type content struct {
	Contacts      []ledger.Contact
	Conversations []ledger.Conversation
	Drafts        []string
	Messages      [][]ledger.Message
	Deliveries    []ledger.Delivery
}

func all(t *testing.T, s *store.Store) (e content) {
	t.Helper()
	view(t, s, func(tx *store.View) (err error) {
		if e.Contacts, err = tx.Contacts(); err != nil {
			return err
		}
		if e.Conversations, err = tx.Conversations(); err != nil {
			return err
		}
		for _, c := range e.Conversations {
			messages, err := tx.Messages(c.ID, 0, 1<<20)
			if err != nil {
				return err
			}
			e.Messages = append(e.Messages, messages)
			draft, err := tx.Draft(c.ID)
			if err != nil {
				return err
			}
			e.Drafts = append(e.Drafts, draft)
			for _, m := range messages {
				deliveries, err := tx.Deliveries(m.Number)
				if err != nil {
					return err
				}
				e.Deliveries = append(e.Deliveries, deliveries...)
			}
		}
		return nil
	})
	return e
}

// exportable is a store with something of everything, and gaps between the numbers. Only
// the first one is made, the others are copies of its files.
func exportable(t *testing.T) *store.Store {
	t.Helper()
	exportableOnce.Do(func() {
		folder := newFolder(t)
		s := create(t, folder)
		apply(t, s, append(population, exportableChanges()...)...)
		closeStore(t, s)
		exportableFiles = files(t, folder)
	})
	return reopen(t, fromTemplate(t, exportableFiles))
}

var (
	exportableOnce  sync.Once
	exportableFiles map[string]string
)

func exportableChanges() []ledger.Change {
	changes := []ledger.Change{
		ledger.PutContact{Contact: ledger.Contact{
			ID: 7, Peer: []byte{0, 255}, Name: "Carol \u2028 <&>", Alias: "C", Introduction: "hi", Invite: key(8)[:16],
			State: ledger.Blocked, Changed: noon, Verified: true, Muted: true, KeepConnected: true, Forgotten: true,
			Expiry: time.Hour, Silent: true,
			Addresses: []ledger.Address{{Onion: [32]byte(key(1)), Port: 9999, ClientKey: key(3)}, {Onion: [32]byte(key(2)), Port: 1}},
		}},
		ledger.PutConversation{Conversation: ledger.Conversation{
			ID: 5, Kind: ledger.Group, Title: "all", Muted: true, Timer: time.Hour, Added: noon, Read: 1000,
			Members: []ledger.ContactID{1, 7},
		}},
		ledger.PutDraft{Conversation: 5, Text: "I wanted to say \u2028"},
		ledger.PutSession{Contact: 1, Session: ledger.Session{Saved: []byte("session that stays")}},
		ledger.PutStreams{Contact: 1, Streams: ledger.Streams{Out: 1}},
		ledger.PutItem{Item: ledger.Item{ID: 1, Contact: 1, Kind: ledger.Ordinary}},
		ledger.PutCell{Cell: ledger.Cell{Contact: 1, Count: 1}},
		ledger.PutInvite{},
		ledger.PutFile{File: ledger.File{Number: 1, Conversation: 1, Contact: 1, State: ledger.Offered}},
	}
	for n := range 1200 {
		m := numbered(n)
		m.Number *= 3
		m.Timer = time.Minute
		if n%3 == 0 {
			m.Sender, m.Expires = 1, noon
		}
		if n%5 == 0 {
			m.Conversation = 5
		}
		changes = append(changes, added(m))
		if m.Sender == 0 {
			changes = append(changes, ledger.PutDelivery{Delivery: ledger.Delivery{
				Message: m.Number, Contact: 1, State: ledger.Delivered, Changed: noon,
			}})
		}
	}
	return changes
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
	if !reflect.DeepEqual(all(t, other), all(t, s)) {
		t.Error("something else came back")
	}
	if len(found(t, other, "number1111", 0, 0, 10)) != 1 {
		t.Error("the search does not know it")
	}
	wantNoQueue(t, other)
	if err := other.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

// What was to be sent is not in an export, and must not look as if it were on its way.
func TestWhatWaitedHasFailed(t *testing.T) {
	s := populated(t)
	want := []ledger.DeliveryState{
		ledger.Failed, ledger.Failed, ledger.Delivered, ledger.Read, ledger.Failed, ledger.Cancelled, ledger.Expired,
	}
	for n := range want {
		m := numbered(n)
		m.Timer = time.Hour
		apply(t, s, added(m), ledger.PutDelivery{Delivery: ledger.Delivery{
			Message: m.Number, Contact: 1, State: ledger.DeliveryState(n + 1), Changed: noon,
		}})
	}
	other, _ := imported(t, export(t, s, store.Export{History: true, Secret: []byte("twenty-four words")}))
	slices.Reverse(want) // the latest message is the first
	for i, d := range all(t, other).Deliveries {
		if d.State != want[i] {
			t.Errorf("%d came back as %d, want %d", len(want)-i, d.State, want[i])
		}
	}
	for i, m := range all(t, other).Messages[0] { // two of them failed when they were imported
		if began := i >= len(want)-2; began == m.Expires.IsZero() {
			t.Errorf("%d is to go at %v", len(want)-i, m.Expires)
		}
	}
}

// The settings of the node go with a profile, tokens of programs and the like do not.
func TestSettingsGoWithAnExport(t *testing.T) {
	s := populated(t)
	apply(t, s, ledger.PutSetting{Name: store.SettingsName, Value: []byte("chosen")}, ledger.PutSetting{Name: "node.tokens"})
	for _, history := range []bool{false, true} {
		other, _ := imported(t, export(t, s, store.Export{History: history, Secret: []byte("twenty-four words")}))
		view(t, other, func(tx *store.View) error {
			if b, err := tx.Setting(store.SettingsName); err != nil || string(b) != "chosen" {
				t.Errorf("the settings are %q, %v", b, err)
			}
			if _, err := tx.Setting("node.tokens"); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("the tokens are there: %v", err)
			}
			return nil
		})
	}
}

// busyWriter adds a message whenever something is written to it.
type busyWriter struct {
	io.Writer
	write func()
}

func (w busyWriter) Write(b []byte) (int, error) {
	w.write()
	return w.Writer.Write(b)
}

// Others go on while something is exported, and what they do leaves it whole.
func TestAnExportHoldsUpNobody(t *testing.T) {
	s := exportable(t)
	const before = 2000
	n := before
	var out bytes.Buffer
	w := busyWriter{&out, func() {
		n++
		id := ledger.ContactID(n)
		apply(t, s,
			ledger.PutContact{Contact: ledger.Contact{ID: id, Peer: fmt.Append(nil, n), State: ledger.Accepted}},
			ledger.PutConversation{Conversation: ledger.Conversation{
				ID: ledger.ConversationID(n), Kind: ledger.Direct, Members: []ledger.ContactID{id},
			}},
			added(ledger.Message{Number: ledger.MessageNumber(3*n + 1), Conversation: ledger.ConversationID(n), Sender: id}),
			ledger.DropMessage{Message: numbered(n-1001).Number * 3},
		)
	}}
	err := s.ExportAt(t.Context(), w, "correct horse", lowCost, store.Export{History: true, Secret: []byte("twenty-four words")})
	if err != nil {
		t.Fatal(err)
	}
	other, _ := imported(t, out.Bytes())
	if got, most := len(all(t, other).Contacts), 2+n-before; got >= most {
		t.Errorf("all %d contacts are there: nothing was written meanwhile", got)
	}
}

func TestExportOfContactsOnly(t *testing.T) {
	s := exportable(t)
	other, _ := imported(t, export(t, s, store.Export{Secret: []byte("twenty-four words")}))
	if got := all(t, other); !reflect.DeepEqual(got, content{Contacts: all(t, s).Contacts}) {
		t.Errorf("it is %+v", got)
	}
	wantNoQueue(t, other)
}

// wantNoQueue fails the test if there is something that must not be there twice.
func wantNoQueue(t *testing.T, s *store.Store) {
	t.Helper()
	view(t, s, func(tx *store.View) error {
		sessions, err1 := tx.Sessions(1)
		streams, err2 := tx.Streams()
		waiting, err3 := tx.Waiting()
		cells, err4 := tx.AllCells()
		invites, err5 := tx.Invites()
		files, err6 := tx.Files()
		if n := len(sessions) + len(streams) + len(waiting) + len(cells) + len(invites) + len(files); n != 0 {
			t.Errorf("%d things were exported that must stay", n)
		}
		return errors.Join(err1, err2, err3, err4, err5, err6)
	})
}

func TestDamagedExports(t *testing.T) {
	s := populated(t)
	exported := export(t, s, store.Export{History: true})
	if _, err := store.OpenExport(bytes.NewReader(exported), "wrong"); !errors.Is(err, store.ErrPassphrase) {
		t.Errorf("with a wrong passphrase the error is %v", err)
	}
	folder := newFolder(t)
	for at := range exported {
		for name, b := range map[string][]byte{"cut": exported[:at], "changed": changed(exported, at)} {
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

// TestNoExport: an error repeats nothing of a file that is none, and says why one
// cannot be read.
func TestNoExport(t *testing.T) {
	_, err := store.OpenExport(strings.NewReader("a passphrase, say\n"), "correct horse")
	if !errors.Is(err, store.ErrExport) || strings.Contains(err.Error(), "a passphrase") {
		t.Errorf("another file is refused with %v", err)
	}
	broken := errors.New("the disk is broken")
	if _, err := store.OpenExport(iotest.ErrReader(broken), "correct horse"); !errors.Is(err, broken) {
		t.Errorf("a file that cannot be read is refused with %v", err)
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
	const message = `{"message":{"number":1,"conversation":1,"id":"AAAAAAAAAAAAAAAAAAAAAA==","body":""}}` + "\n"
	for name, tt := range map[string]struct {
		plain string
		want  error
	}{
		"nothing":              {"", store.ErrExport},
		"no header":            {contact, store.ErrExport},
		"newer":                {`{"header":{"version":4}}`, store.ErrNewer},
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
		"a message twice":      {header + contact + conversation + message + message, store.ErrExists},
		"a stranger's message": {header + contact + conversation + strings.Replace(message, `"number"`, `"sender":9,"number"`, 1), store.ErrExport},
		"no number":            {header + `{"contact":{"id":-1,"peer":"QUI=","state":3}}`, store.ErrExport},
		"no room for numbers":  {header + `{"contact":{"id":9223372036854775807,"peer":"QUI=","state":3}}`, store.ErrExport},
		"a short onion key":    {header + `{"contact":{"id":1,"peer":"QUI=","state":3,"addresses":[{"onion":"QUI=","port":1}]}}`, store.ErrExport},
		"another setting":      {header + `{"setting":{"name":"node.tokens","value":"QUI="}}`, store.ErrExport},
		"a setting twice":      {header + strings.Repeat(`{"setting":{"name":"node.settings","value":"QUI="}}`+"\n", 2), store.ErrExists},
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
		"{\"contact\":{\"id\":1,\"peer\":\"QUI=\",\"state\":3,\"addresses\":[{\"onion\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\",\"port\":1}]}}\n" +
		"{\"conversation\":{\"id\":1,\"kind\":1,\"members\":[1],\"read\":7}}\n" +
		"{\"message\":{\"number\":1,\"conversation\":1,\"sender\":1,\"id\":\"AAAAAAAAAAAAAAAAAAAAAA==\",\"body\":\"b\"," +
		"\"deliveries\":[{\"contact\":1,\"state\":1}]}}\n")
	f.Add("{\"header\":{\"version\":1}}\n{\"contact\":null}")
	f.Add("{\"header\":{\"version\":2}}\n{\"setting\":{\"name\":\"node.settings\",\"value\":\"QUI=\"}}")
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
