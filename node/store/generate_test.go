package store_test

import (
	"math"
	"time"

	"pgregory.net/rapid"

	"github.com/onionwire/onionwire/node/ledger"
)

var settingNames = []string{"a", "b", "", "store.check"}

// draw has changes drawn: few numbers, so that they meet, and some that are wrong.
type draw struct{ t *rapid.T }

// number draws a number, most often one that is there.
func number[N ~int64](d draw) N {
	return N(rapid.SampledFrom([]int64{1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 4, 5, most, 0}).Draw(d.t, "number"))
}

// place draws the number of something new.
func place[N ~int64](d draw) N { return N(rapid.Int64Range(0, most).Draw(d.t, "place")) }

func (d draw) int(low, high int) int { return rapid.IntRange(low, high).Draw(d.t, "int") }
func (d draw) bool() bool            { return rapid.Bool().Draw(d.t, "bool") }
func (d draw) text() string {
	return rapid.SampledFrom([]string{"", "fox", "red fox", "Füchse"}).Draw(d.t, "text")
}

func (d draw) bytes(lengths ...int) []byte {
	b := make([]byte, rapid.SampledFrom(lengths).Draw(d.t, "length"))
	for i := range b {
		b[i] = byte(i + 1)
	}
	return b
}

func (d draw) moment() time.Time {
	if d.int(0, 4) == 0 {
		return time.Time{}
	}
	return noon.Add(time.Duration(d.int(0, 3000)) * time.Millisecond)
}

func (d draw) big() uint64 {
	return rapid.SampledFrom([]uint64{0, 1, 2, 3, 4, 5, math.MaxInt64, math.MaxInt64 + 1, math.MaxUint64}).Draw(d.t, "big")
}

func (d draw) contact() ledger.Contact {
	c := ledger.Contact{
		ID: number[ledger.ContactID](d), Peer: []byte{byte(d.int(1, 9))}, Name: d.text(), Alias: d.text(), Introduction: d.text(),
		Invite: d.bytes(0, 16), State: ledger.ContactState(d.int(1, 6)), Changed: d.moment(), Verified: d.bool(),
		Muted: d.bool(), KeepConnected: d.bool(), Forgotten: d.bool(), Expiry: time.Duration(d.int(-1, 5)), Silent: d.bool(),
		Added: d.moment(),
	}
	for range d.int(0, 2) {
		a := ledger.Address{Port: uint16(d.int(0, 8)), ClientKey: d.bytes(0, 32, 32, 32, 31)}
		a.Onion[0] = byte(d.int(0, 1))
		c.Addresses = append(c.Addresses, a)
	}
	return c
}

func (d draw) conversation() ledger.Conversation {
	c := ledger.Conversation{
		ID: number[ledger.ConversationID](d), Kind: ledger.ConversationKind(d.int(1, 2)), Title: d.text(), Muted: d.bool(),
		Timer: time.Duration(d.int(0, 3)) * time.Second, Read: number[ledger.MessageNumber](d), Added: d.moment(),
	}
	for range d.int(1, 2) {
		c.Members = append(c.Members, number[ledger.ContactID](d))
	}
	return c
}

func (d draw) message() ledger.Message {
	return ledger.Message{
		Number: place[ledger.MessageNumber](d), Conversation: number[ledger.ConversationID](d),
		Sender: rapid.SampledFrom([]ledger.ContactID{0, 0, 0, 1, 1, 2}).Draw(d.t, "sender"), ID: ledger.MessageID{byte(d.int(0, most))}, Body: d.text(), Written: d.moment(),
		Stored: d.moment(), Timer: time.Duration(d.int(0, 2)) * time.Second, Expires: d.moment(),
	}
}

func (d draw) event() ledger.Event {
	return ledger.Event{
		Cursor: d.cursor(), Happened: d.moment(), Kind: ledger.EventKind(d.int(1, 14)),
		Contact: number[ledger.ContactID](d), Conversation: number[ledger.ConversationID](d),
		Message: number[ledger.MessageNumber](d), File: number[ledger.FileNumber](d), ID: ledger.MessageID{byte(d.int(0, 1))},
		Delivery: ledger.DeliveryState(d.int(0, 7)), FileState: ledger.FileState(d.int(0, 7)), Seconds: uint32(d.int(0, 9)),
	}
}

// cursor draws the place of an event, seldom one that was used.
func (d draw) cursor() ledger.Cursor {
	return ledger.Cursor(rapid.Int64Range(0, 200).Draw(d.t, "cursor"))
}

func (d draw) file() ledger.File {
	return ledger.File{
		Number: number[ledger.FileNumber](d), Conversation: number[ledger.ConversationID](d), Contact: number[ledger.ContactID](d),
		ID: ledger.FileID{byte(d.int(0, 1))}, Incoming: d.bool(), Key: d.bytes(0, 32, 32, 32, 33), Name: d.text(), Type: d.text(),
		Size: d.big(), Hash: [32]byte(d.bytes(32)), Path: d.text(), Modified: d.moment(), Draft: d.text(), Chunks: d.big(),
		State: ledger.FileState(d.int(1, 7)), Why: d.text(), Added: d.moment(), Changed: d.moment(),
	}
}

func (d draw) streams() ledger.Streams {
	s := ledger.Streams{Out: d.big(), Base: d.big(), Sent: d.big(), In: d.big(), Next: d.big()}
	for range d.int(0, 2) {
		s.Retired = append(s.Retired, d.big())
	}
	return s
}

func (d draw) delivery() ledger.Delivery {
	return ledger.Delivery{
		Message: number[ledger.MessageNumber](d), Contact: number[ledger.ContactID](d), Item: ledger.ItemID(d.int(0, 3)),
		State: ledger.DeliveryState(d.int(1, 8)), Changed: d.moment(),
	}
}

func (d draw) item() ledger.Item {
	return ledger.Item{
		ID: number[ledger.ItemID](d), Contact: number[ledger.ContactID](d), Message: number[ledger.MessageNumber](d),
		Kind: ledger.ItemKind(d.int(1, 4)), Content: d.bytes(0, 9, 5000), Deadline: d.moment(),
	}
}

// change draws a change of any kind.
func (d draw) change() ledger.Change {
	switch d.int(0, 50) { // seldom, as so much goes with them
	case 49:
		return ledger.DropContact{Contact: number[ledger.ContactID](d), History: d.bool()}
	case 50:
		return ledger.DropConversation{Conversation: number[ledger.ConversationID](d)}
	}
	kinds := []func() ledger.Change{
		func() ledger.Change { return ledger.PutContact{Contact: d.contact()} },
		func() ledger.Change {
			return ledger.PutStreams{Contact: number[ledger.ContactID](d), Streams: d.streams()}
		},
		func() ledger.Change {
			return ledger.PutSession{
				Contact: number[ledger.ContactID](d),
				Session: ledger.Session{ID: ledger.SessionID{byte(d.int(0, 2))}, Saved: d.bytes(1, 5000)},
			}
		},
		func() ledger.Change {
			return ledger.DropSession{Contact: number[ledger.ContactID](d), ID: ledger.SessionID{byte(d.int(0, 2))}}
		},
		func() ledger.Change {
			// Their times are their order.
			token := byte(d.int(0, 3))
			return ledger.PutInvite{Invite: ledger.Invite{
				Token: [16]byte{token}, Note: d.text(), Added: noon.Add(time.Duration(token) * time.Second), Expires: d.moment(),
			}}
		},
		func() ledger.Change { return ledger.DropInvite{Token: [16]byte{byte(d.int(0, 3))}} },
		func() ledger.Change { return ledger.PutConversation{Conversation: d.conversation()} },
		func() ledger.Change {
			return ledger.PutDraft{Conversation: number[ledger.ConversationID](d), Text: d.text()}
		},
		func() ledger.Change { return ledger.AddMessage{Message: d.message(), Event: d.event()} },
		func() ledger.Change { return ledger.AddMessage{Message: d.message(), Event: d.event()} },
		func() ledger.Change { return ledger.AddMessage{Message: d.message(), Event: d.event()} },
		func() ledger.Change {
			return ledger.EditMessage{Message: number[ledger.MessageNumber](d), Body: d.text()}
		},
		func() ledger.Change { return ledger.DropMessage{Message: number[ledger.MessageNumber](d)} },
		func() ledger.Change { return ledger.ExpireMessage{Message: number[ledger.MessageNumber](d), Now: noon} },
		func() ledger.Change { return ledger.HoldMessage{Message: number[ledger.MessageNumber](d)} },
		func() ledger.Change {
			return ledger.ExpireRead{
				Conversation: number[ledger.ConversationID](d), UpTo: number[ledger.MessageNumber](d), Now: noon,
			}
		},
		func() ledger.Change { return ledger.PutDelivery{Delivery: d.delivery()} },
		func() ledger.Change {
			return ledger.ReadDelivery{
				Conversation: number[ledger.ConversationID](d), Contact: number[ledger.ContactID](d),
				ID: ledger.MessageID{byte(d.int(0, most))}, Changed: d.moment(), Event: d.event(),
			}
		},
		func() ledger.Change { return ledger.PutItem{Item: d.item()} },
		func() ledger.Change { return ledger.DropItem{Item: number[ledger.ItemID](d)} },
		func() ledger.Change {
			return ledger.PutCell{Cell: ledger.Cell{
				Contact: number[ledger.ContactID](d), First: d.big(), Count: d.int(0, 3),
				Session: ledger.SessionID{byte(d.int(0, 2))}, Cell: d.bytes(4096, 8192),
			}}
		},
		func() ledger.Change { return ledger.DropCells{Contact: number[ledger.ContactID](d), Below: d.big()} },
		func() ledger.Change { return ledger.PutFile{File: d.file()} },
		func() ledger.Change { return ledger.DropFile{File: number[ledger.FileNumber](d)} },
		func() ledger.Change {
			return ledger.PutSetting{Name: rapid.SampledFrom(settingNames).Draw(d.t, "name"), Value: d.bytes(0, 3)}
		},
		func() ledger.Change {
			return ledger.DropSetting{Name: rapid.SampledFrom(settingNames).Draw(d.t, "name")}
		},
		func() ledger.Change { return ledger.AddEvent{Event: d.event()} },
	}
	return rapid.SampledFrom(kinds).Draw(d.t, "kind")()
}
