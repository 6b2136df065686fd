package store_test

import (
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/ledger/memory"
	"github.com/onionwire/onionwire/node/store"
)

// reader is what a store and a ledger in memory have in common.
type reader interface {
	Counters() (ledger.Counters, error)
	Contacts() ([]ledger.Contact, error)
	Streams() (map[ledger.ContactID]ledger.Streams, error)
	Sessions(contact ledger.ContactID) ([]ledger.Session, error)
	Invites() ([]ledger.Invite, error)
	Conversations() ([]ledger.Conversation, error)
	Unread(c ledger.ConversationID) (int, error)
	Messages(c ledger.ConversationID, before ledger.MessageNumber, limit int) ([]ledger.Message, error)
	Message(number ledger.MessageNumber) (ledger.Message, error)
	MessageByID(c ledger.ConversationID, sender ledger.ContactID, id ledger.MessageID) (ledger.Message, error)
	Expired(now time.Time, limit int) ([]ledger.Message, error)
	NextExpiry() (time.Time, error)
	Deliveries(number ledger.MessageNumber) ([]ledger.Delivery, error)
	DeliveriesOf(numbers []ledger.MessageNumber) ([]ledger.Delivery, error)
	Waiting() ([]ledger.Waiting, error)
	ItemContent(id ledger.ItemID) ([]byte, error)
	ItemOf(number ledger.MessageNumber) (ledger.ItemID, error)
	Cells(contact ledger.ContactID) ([]ledger.Cell, error)
	AllCells() ([]ledger.Cell, error)
	Files() ([]ledger.File, error)
	OpenFiles() ([]ledger.File, error)
	EndedFiles() ([]ledger.Ended, error)
	File(number ledger.FileNumber) (ledger.File, error)
	Draft(id ledger.ConversationID) (string, error)
	Setting(name string) ([]byte, error)
	Events(after ledger.Cursor, limit int) ([]ledger.Event, error)
}

var (
	_ reader = (*store.View)(nil)
	_ reader = (*memory.Ledger)(nil)
)

// most is a number that the properties use at most for contacts, messages and so on.
const most = 6

// everything is all that a reader says, by what it was asked.
func everything(r reader) map[string]any {
	all := make(map[string]any)
	note := func(name string, value any, err error) {
		for _, known := range []error{store.ErrNotFound, store.ErrCursor} {
			if errors.Is(err, known) {
				value, err = known, nil
			}
		}
		if err != nil {
			value = err.Error()
		}
		all[name] = value
	}
	noteList(note, r)
	for n := range int64(most + 1) {
		noteNumbered(note, r, n)
	}
	return all
}

func noteList(note func(name string, value any, err error), r reader) {
	counters, err := r.Counters()
	note("counters", counters, err)
	contacts, err := r.Contacts()
	note("contacts", contacts, err)
	streams, err := r.Streams()
	note("streams", streams, err)
	invites, err := r.Invites()
	note("invites", invites, err)
	conversations, err := r.Conversations()
	note("conversations", conversations, err)
	waiting, err := r.Waiting()
	note("waiting", waiting, err)
	cells, err := r.AllCells()
	note("all cells", cells, err)
	files, err := r.Files()
	note("files", files, err)
	files, err = r.OpenFiles()
	note("open files", files, err)
	ended, err := r.EndedFiles()
	note("ended files", ended, err)
	expired, err := r.Expired(noon.Add(2*time.Second), 3)
	note("expired", expired, err)
	next, err := r.NextExpiry()
	note("next expiry", next, err)
	deliveries, err := r.DeliveriesOf([]ledger.MessageNumber{1, 3, 4})
	note("some deliveries", deliveries, err)
	for _, name := range settingNames[:2] { // the others are refused
		value, err := r.Setting(name)
		note("setting "+name, value, err)
	}
}

func noteNumbered(note func(name string, value any, err error), r reader, n int64) {
	name := func(what string) string { return fmt.Sprint(what, " ", n) }
	sessions, err := r.Sessions(ledger.ContactID(n))
	note(name("sessions"), sessions, err)
	cells, err := r.Cells(ledger.ContactID(n))
	note(name("cells"), cells, err)
	unread, err := r.Unread(ledger.ConversationID(n))
	note(name("unread"), unread, err)
	draft, err := r.Draft(ledger.ConversationID(n))
	note(name("draft"), draft, err)
	for _, before := range []ledger.MessageNumber{0, 4} {
		messages, err := r.Messages(ledger.ConversationID(n), before, 3)
		note(name(fmt.Sprint("messages before ", before, " of")), messages, err)
	}
	message, err := r.Message(ledger.MessageNumber(n))
	note(name("message"), message, err)
	for sender := range ledger.ContactID(most) {
		message, err := r.MessageByID(1, sender, ledger.MessageID{byte(n)})
		note(name(fmt.Sprint("message by ", sender, " with ID")), message, err)
	}
	deliveries, err := r.Deliveries(ledger.MessageNumber(n))
	note(name("deliveries"), deliveries, err)
	content, err := r.ItemContent(ledger.ItemID(n))
	note(name("content"), content, err)
	item, err := r.ItemOf(ledger.MessageNumber(n))
	note(name("item of"), item, err)
	file, err := r.File(ledger.FileNumber(n))
	note(name("file"), file, err)
	events, err := r.Events(ledger.Cursor(n), 4)
	note(name("events after"), events, err)
}

// difference tells where two readers differ.
func difference(got, want map[string]any) string {
	for name := range want {
		if !reflect.DeepEqual(got[name], want[name]) {
			return fmt.Sprintf("%s: the store has\n%+v, want\n%+v", name, got[name], want[name])
		}
	}
	return ""
}
