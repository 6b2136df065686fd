package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/onionwire/onionwire/node/ledger"
)

// exportVersion is the version of the content of exports. Version 1 had no settings,
// version 2 no drafts.
const exportVersion = 3

// maxRecord bounds a line of an export, in bytes: a draft of ledger.MaxDraft in which
// every byte is escaped, and what belongs to it.
const maxRecord = 8 << 20

// record is one line of an export. Exactly one of its members is there. Numbers of
// contacts, conversations and messages are those of the store that was exported;
// what a record refers to comes before it.
type record struct {
	Header       *exportHeader       `json:"header,omitempty"`
	Setting      *exportSetting      `json:"setting,omitempty"`
	Contact      *exportContact      `json:"contact,omitempty"`
	Conversation *exportConversation `json:"conversation,omitempty"`
	Message      *exportMessage      `json:"message,omitempty"`
}

type exportHeader struct {
	Version int    `json:"version"`
	Secret  []byte `json:"secret,omitempty"`
}

type exportSetting struct {
	Name  string `json:"name"`
	Value []byte `json:"value"`
}

type exportContact struct {
	ID            ledger.ContactID    `json:"id"`
	Peer          []byte              `json:"peer"`
	Name          string              `json:"name,omitempty"`
	Alias         string              `json:"alias,omitempty"`
	Introduction  string              `json:"introduction,omitempty"`
	Invite        []byte              `json:"invite,omitempty"`
	State         ledger.ContactState `json:"state"`
	Changed       int64               `json:"changed,omitempty"`
	Verified      bool                `json:"verified,omitempty"`
	Muted         bool                `json:"muted,omitempty"`
	KeepConnected bool                `json:"keep_connected,omitempty"`
	Forgotten     bool                `json:"forgotten,omitempty"`
	Expiry        int64               `json:"expiry,omitempty"` // nanoseconds
	Silent        bool                `json:"silent,omitempty"`
	Added         int64               `json:"added,omitempty"`
	Addresses     []exportAddress     `json:"addresses,omitempty"`
}

type exportAddress struct {
	Onion     []byte `json:"onion"`
	Port      uint16 `json:"port"`
	ClientKey []byte `json:"client_key,omitempty"`
}

type exportConversation struct {
	ID      ledger.ConversationID   `json:"id"`
	Kind    ledger.ConversationKind `json:"kind"`
	Title   string                  `json:"title,omitempty"`
	Muted   bool                    `json:"muted,omitempty"`
	Timer   int64                   `json:"timer,omitempty"` // seconds
	Read    ledger.MessageNumber    `json:"read,omitempty"`
	Added   int64                   `json:"added,omitempty"`
	Members []ledger.ContactID      `json:"members"`
	Draft   string                  `json:"draft,omitempty"`
}

type exportMessage struct {
	Number       ledger.MessageNumber  `json:"number"`
	Conversation ledger.ConversationID `json:"conversation"`
	Sender       ledger.ContactID      `json:"sender,omitempty"`
	ID           []byte                `json:"id"`
	Body         string                `json:"body"`
	Written      int64                 `json:"written,omitempty"`
	Stored       int64                 `json:"stored,omitempty"`
	Timer        int64                 `json:"timer,omitempty"` // seconds
	Expires      int64                 `json:"expires,omitempty"`
	Deliveries   []exportDelivery      `json:"deliveries,omitempty"`
}

type exportDelivery struct {
	Contact ledger.ContactID     `json:"contact"`
	State   ledger.DeliveryState `json:"state"`
	Changed int64                `json:"changed,omitempty"`
}

// toMillis and fromMillis have 0 for no time, which 1970 has to live with.
func toMillis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// parseRecord reads a line, in which nothing may be that is not known.
func parseRecord(line []byte) (r record, err error) {
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		return record{}, fmt.Errorf("%w: %w", ErrExport, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return record{}, fmt.Errorf("%w: more than one record in a line", ErrExport)
	}
	members := 0
	for _, there := range []bool{r.Header != nil, r.Setting != nil, r.Contact != nil, r.Conversation != nil, r.Message != nil} {
		if there {
			members++
		}
	}
	if members != 1 {
		return record{}, fmt.Errorf("%w: %d members in a record", ErrExport, members)
	}
	return r, nil
}
