package memory_test

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/ledger/memory"
)

var noon = time.UnixMilli(1_700_000_000_123).UTC()

// bob is a ledger with a contact, the conversation with it and a queued message, all
// of them number 1.
func bob(t *testing.T) *memory.Ledger {
	t.Helper()
	l := memory.New()
	err := l.Apply(
		ledger.PutContact{Contact: ledger.Contact{ID: 1, Peer: []byte("bob"), State: ledger.Accepted}},
		ledger.PutConversation{Conversation: ledger.Conversation{ID: 1, Kind: ledger.Direct, Members: []ledger.ContactID{1}}},
		ledger.AddMessage{
			Message: ledger.Message{Number: 1, Conversation: 1, Body: "hello", Timer: time.Minute},
			Event:   ledger.Event{Cursor: 1, Kind: ledger.MessageQueued, Message: 1},
		},
		ledger.PutDelivery{Delivery: ledger.Delivery{Message: 1, Contact: 1, State: ledger.Sent}},
		ledger.PutItem{Item: ledger.Item{ID: 1, Contact: 1, Message: 1, Kind: ledger.Ordinary, Content: []byte("hello")}},
	)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestWhatFailsLeavesNothing(t *testing.T) {
	l := bob(t)
	for name, tt := range map[string]struct {
		change ledger.Change
		want   error
	}{
		"missing": {ledger.DropItem{Item: 99}, ledger.ErrNotFound},
		"twice":   {ledger.AddEvent{Event: ledger.Event{Cursor: 1, Kind: ledger.MessageQueued}}, ledger.ErrExists},
		"invalid": {ledger.PutContact{}, ledger.ErrInvalid},
	} {
		before := l.Clone()
		if err := l.Apply(ledger.DropItem{Item: 1}, ledger.DropConversation{Conversation: 1}, tt.change); !errors.Is(err, tt.want) {
			t.Errorf("%s: error is %v, want %v", name, err, tt.want)
		}
		if _, err := before.Message(1); err != nil {
			t.Error(err)
		}
		for _, ledger := range []*memory.Ledger{before, l} {
			if content, err := ledger.ItemContent(1); err != nil || string(content) != "hello" {
				t.Errorf("%s: the item is %q, %v", name, content, err)
			}
		}
	}
}

func TestAClonesLifeIsItsOwn(t *testing.T) {
	l := bob(t)
	c := l.Clone()
	if err := l.Apply(ledger.DropContact{Contact: 1}); err != nil {
		t.Fatal(err)
	}
	if contacts, _ := l.Contacts(); len(contacts) != 0 {
		t.Errorf("contacts are %+v", contacts)
	}
	want, _ := bob(t).Contacts()
	if got, _ := c.Contacts(); !reflect.DeepEqual(got, want) {
		t.Errorf("the clone has %+v, want %+v", got, want)
	}
	if got, _ := l.Counters(); got != (ledger.Counters{Contact: 1, Conversation: 1, Message: 1, Item: 1, Cursor: 1}) {
		t.Errorf("numbers are used again: %+v", got)
	}
}

func TestReadDeliveryGoesBack(t *testing.T) {
	l := bob(t)
	message := ledger.Message{Number: 2, Conversation: 1, ID: ledger.MessageID{2}, Body: "later"}
	read := ledger.Event{Cursor: 3, Kind: ledger.DeliveryChanged, ID: message.ID}
	if err := l.Apply(
		ledger.AddMessage{Message: message, Event: ledger.Event{Cursor: 2, Kind: ledger.MessageQueued}},
		ledger.AddMessage{Message: message, Event: ledger.Event{Cursor: 2}}, // a repeat is nothing
		ledger.PutDelivery{Delivery: ledger.Delivery{Message: 1, Contact: 1, Item: 1, State: ledger.Delivered}},
		ledger.PutDelivery{Delivery: ledger.Delivery{Message: 2, Contact: 1, Item: 2, State: ledger.Sent}},
		ledger.ReadDelivery{Conversation: 1, Contact: 1, ID: ledger.MessageID{9}, Event: read},
		ledger.ReadDelivery{Conversation: 1, Contact: 1, ID: message.ID, Changed: noon, Event: read},
		ledger.ExpireMessage{Message: 1, Now: noon},
	); err != nil {
		t.Fatal(err)
	}
	want := []ledger.Delivery{{Message: 1, Contact: 1, Item: 1, State: ledger.Read, Changed: noon}}
	if got, _ := l.Deliveries(1); !reflect.DeepEqual(got, want) {
		t.Errorf("deliveries are %+v, want %+v", got, want)
	}
	if events, err := l.Events(1, 10); err != nil || len(events) != 2 || events[1] != read {
		t.Errorf("events are %+v, %v", events, err)
	}
	if next, _ := l.NextExpiry(); !next.Equal(noon.Add(time.Minute)) {
		t.Errorf("the next message goes at %v", next)
	}
}
