package wire_test

import (
	"encoding/binary"
	"slices"

	"github.com/onionwire/onionwire/node/internal/golden"
	"github.com/onionwire/onionwire/node/wire"
)

// The encodings of this file are written from docs/protocol.md and the description
// of protobuf alone: fields in the order of their numbers, and none that is 0 or
// empty, except for the body of an item.

func number(field int, v uint64) []byte {
	if v == 0 {
		return nil
	}
	return binary.AppendUvarint(binary.AppendUvarint(nil, uint64(field)<<3), v)
}

func fixed(field int, v uint64) []byte {
	if v == 0 {
		return nil
	}
	return binary.LittleEndian.AppendUint64(binary.AppendUvarint(nil, uint64(field)<<3|1), v)
}

// value has a length in front, even if that is 0.
func value[T string | []byte | golden.Bytes](field int, v T) []byte {
	b := binary.AppendUvarint(binary.AppendUvarint(nil, uint64(field)<<3|2), uint64(len(v)))
	return append(b, v...)
}

func some[T string | []byte | golden.Bytes](field int, v T) []byte {
	if len(v) == 0 {
		return nil
	}
	return value(field, v)
}

// content is a Content of contents.json.
type content struct {
	Comment   string         `json:"comment"`
	Stream    golden.Bytes   `json:"stream"`
	Base      uint64         `json:"base,omitempty"`
	First     uint64         `json:"first,omitempty"`
	Items     []golden.Bytes `json:"items,omitempty"`
	AckStream golden.Bytes   `json:"ack_stream,omitempty"`
	AckNext   uint64         `json:"ack_next,omitempty"`
	Typing    bool           `json:"typing,omitempty"`
	Bytes     golden.Bytes   `json:"bytes"`
}

func name(b golden.Bytes) uint64 {
	if len(b) == 0 {
		return 0
	}
	return binary.BigEndian.Uint64(b)
}

// encoded is what Bytes has to be.
func (c content) encoded() []byte {
	b := slices.Concat(fixed(1, name(c.Stream)), number(2, c.Base), number(3, c.First))
	for _, item := range c.Items {
		b = append(b, value(4, item)...)
	}
	typing := uint64(0)
	if c.Typing {
		typing = 1
	}
	return slices.Concat(b, fixed(5, name(c.AckStream)), number(6, c.AckNext), number(7, typing))
}

// wire is what the package has for it.
func (c content) wire() wire.Content {
	w := wire.Content{
		Stream: name(c.Stream), Base: c.Base, First: c.First,
		Ack: wire.Ack{Stream: name(c.AckStream), Next: c.AckNext}, Typing: c.Typing,
	}
	for _, item := range c.Items {
		w.Items = append(w.Items, item)
	}
	return w
}

// item is an Item of contents.json; which fields it has depends on the body.
type item struct {
	Comment      string       `json:"comment"`
	Body         string       `json:"body"`
	Conversation golden.Bytes `json:"conversation,omitempty"`
	Name         string       `json:"name,omitempty"`
	Introduction string       `json:"introduction,omitempty"`
	Addresses    []address    `json:"addresses,omitempty"`
	Invite       golden.Bytes `json:"invite,omitempty"`
	ID           golden.Bytes `json:"id,omitempty"`
	Text         string       `json:"text,omitempty"`
	Written      uint64       `json:"written,omitempty"`
	Seconds      uint32       `json:"seconds,omitempty"`
	Key          golden.Bytes `json:"key,omitempty"`
	Size         uint64       `json:"size,omitempty"`
	Type         string       `json:"type,omitempty"`
	SHA256       golden.Bytes `json:"sha256,omitempty"`
	Answer       uint32       `json:"answer,omitempty"`
	Bytes        golden.Bytes `json:"bytes"`
}

type address struct {
	Onion     golden.Bytes `json:"onion"`
	Port      uint16       `json:"port"`
	ClientKey golden.Bytes `json:"client_key,omitempty"`
}

func (a address) encoded() []byte {
	return slices.Concat(some(1, a.Onion), number(2, uint64(a.Port)), some(3, a.ClientKey))
}

func addresses(field int, all []address) (b []byte) {
	for _, a := range all {
		b = append(b, value(field, a.encoded())...)
	}
	return b
}

// bodies are the numbers of the fields that items have for them.
var bodies = map[string]int{
	"request": 2, "accept": 3, "text": 4, "read": 5, "profile": 6, "addresses": 7, "timer": 8,
	"file_offer": 9, "file_answer": 10, "skip": 11,
}

// encoded is what Bytes has to be.
func (i item) encoded() []byte {
	return slices.Concat(some(1, i.Conversation), value(bodies[i.Body], i.body()))
}

func (i item) body() []byte {
	switch i.Body {
	case "request":
		return slices.Concat(some(1, i.Name), some(2, i.Introduction), addresses(3, i.Addresses), some(4, i.Invite))
	case "accept":
		return slices.Concat(some(1, i.Name), addresses(2, i.Addresses))
	case "text":
		return slices.Concat(some(1, i.ID), some(2, i.Text), number(3, i.Written), number(4, uint64(i.Seconds)))
	case "read":
		return some(1, i.ID)
	case "profile":
		return some(1, i.Name)
	case "addresses":
		return addresses(1, i.Addresses)
	case "timer":
		return number(1, uint64(i.Seconds))
	case "file_offer":
		return slices.Concat(some(1, i.ID), some(2, i.Key), some(3, i.Name), number(4, i.Size), some(5, i.Type), some(6, i.SHA256))
	case "file_answer":
		return slices.Concat(some(1, i.ID), number(2, uint64(i.Answer)))
	default:
		return nil
	}
}

// wire is what the package has for it.
func (i item) wire() wire.Item {
	var a wire.Addresses
	for _, one := range i.Addresses {
		a = append(a, wire.Address{Onion: [32]byte(one.Onion), Port: one.Port, ClientKey: one.ClientKey})
	}
	var body wire.Body
	switch i.Body {
	case "request":
		body = wire.Request{Name: i.Name, Introduction: i.Introduction, Addresses: a, Invite: i.Invite}
	case "accept":
		body = wire.Accept{Name: i.Name, Addresses: a}
	case "text":
		body = wire.Text{ID: wire.MessageID(i.ID), Text: i.Text, Written: i.Written, Timer: i.Seconds}
	case "read":
		body = wire.Read{ID: wire.MessageID(i.ID)}
	case "profile":
		body = wire.Profile{Name: i.Name}
	case "addresses":
		body = a
	case "timer":
		body = wire.Timer{Seconds: i.Seconds}
	case "file_offer":
		body = wire.FileOffer{
			ID: wire.FileID(i.ID), Key: [32]byte(i.Key), Name: i.Name, Size: i.Size, Type: i.Type, SHA256: [32]byte(i.SHA256),
		}
	case "file_answer":
		body = wire.FileAnswer{ID: wire.FileID(i.ID), Answer: wire.Answer(i.Answer)}
	case "skip":
		body = wire.Skip{}
	}
	return wire.Item{Conversation: i.Conversation, Body: body}
}
