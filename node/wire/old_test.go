package wire_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/wire"
	"github.com/onionwire/onionwire/node/wire/internal/pb"
)

func TestOldContentRoundTrip(t *testing.T) {
	for _, text := range []string{"x", "hello", "zażółć 🧅", strings.Repeat("x", wire.MaxText)} {
		want := wire.Message{ID: wire.MessageID{1, 2, 3}, Text: text}
		b, err := wire.EncodeMessage(want)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := wire.Decode(b); err != nil || got != want {
			t.Errorf("a text of %d bytes came back changed: %v", len(text), err)
		}
	}
	want := wire.Confirmation{IDs: []wire.MessageID{{1}, {2}, {3}}}
	b, err := wire.EncodeConfirmation(want)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := wire.Decode(b); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("receipt came back as %v, %v", got, err)
	}
}

// TestOldContentFitsIntoCells: a receipt looks like a short text, and the longest
// text can be sealed.
func TestOldContentFitsIntoCells(t *testing.T) {
	const smallest = 1724 // content of the smallest cell, by the specification
	receipt, err := wire.EncodeConfirmation(wire.Confirmation{IDs: make([]wire.MessageID, wire.MaxReceiptIDs)})
	if err != nil || len(receipt) > smallest {
		t.Errorf("the longest receipt has %d bytes, %v; want up to %d", len(receipt), err, smallest)
	}
	for _, tc := range []struct{ text, most int }{{1700, smallest}, {wire.MaxText, e2ee.MaxContent}} {
		content, err := wire.EncodeMessage(wire.Message{Text: strings.Repeat("x", tc.text)})
		if err != nil || len(content) > tc.most {
			t.Errorf("a text of %d bytes makes a content of %d, %v; want up to %d", tc.text, len(content), err, tc.most)
		}
	}
}

func TestOldContentNotSent(t *testing.T) {
	if _, err := wire.EncodeMessage(wire.Message{Text: strings.Repeat("x", wire.MaxText+1)}); !errors.Is(err, wire.ErrTextTooLong) {
		t.Errorf("a text that is too long: %v", err)
	}
	if _, err := wire.EncodeMessage(wire.Message{Text: "\xff"}); !errors.Is(err, wire.ErrContent) {
		t.Errorf("a text that is not UTF-8: %v", err)
	}
	if _, err := wire.EncodeMessage(wire.Message{}); !errors.Is(err, wire.ErrContent) {
		t.Errorf("an empty text: %v", err)
	}
	for _, n := range []int{0, wire.MaxReceiptIDs + 1} {
		if _, err := wire.EncodeConfirmation(wire.Confirmation{IDs: make([]wire.MessageID, n)}); !errors.Is(err, wire.ErrContent) {
			t.Errorf("a receipt for %d messages: %v", n, err)
		}
	}
}

func TestOldContentRefused(t *testing.T) {
	encode := func(c *pb.OldContent) string {
		b, err := proto.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	id := make([]byte, 16)
	tooMany := make([][]byte, wire.MaxReceiptIDs+1)
	for i := range tooMany {
		tooMany[i] = id
	}
	for name, tc := range map[string]struct {
		in   string
		want error
	}{
		"not protobuf":      {"\xff\xff", wire.ErrContent},
		"nothing":           {"", wire.ErrUnknownContent},
		"from the future":   {"\x1a\x01x", wire.ErrUnknownContent},
		"short id":          {encode(&pb.OldContent{Body: &pb.OldContent_Text{Text: &pb.OldText{Id: id[1:]}}}), wire.ErrContent},
		"no id":             {encode(&pb.OldContent{Body: &pb.OldContent_Text{Text: &pb.OldText{Text: "x"}}}), wire.ErrContent},
		"text too long":     {encode(&pb.OldContent{Body: &pb.OldContent_Text{Text: &pb.OldText{Id: id, Text: strings.Repeat("x", wire.MaxText+1)}}}), wire.ErrContent},
		"text not UTF-8":    {"\x0a\x15\x0a\x10" + string(id) + "\x12\x01\xff", wire.ErrContent},
		"text empty":        {encode(&pb.OldContent{Body: &pb.OldContent_Text{Text: &pb.OldText{Id: id}}}), wire.ErrContent},
		"empty receipt":     {encode(&pb.OldContent{Body: &pb.OldContent_Receipt{Receipt: &pb.OldReceipt{}}}), wire.ErrContent},
		"too many receipts": {encode(&pb.OldContent{Body: &pb.OldContent_Receipt{Receipt: &pb.OldReceipt{Ids: tooMany}}}), wire.ErrContent},
		"receipt, bad id":   {encode(&pb.OldContent{Body: &pb.OldContent_Receipt{Receipt: &pb.OldReceipt{Ids: [][]byte{id, id[1:]}}}}), wire.ErrContent},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := wire.Decode([]byte(tc.in)); !errors.Is(err, tc.want) {
				t.Errorf("Decode gave %v, %v; want the error %v", got, err, tc.want)
			}
		})
	}
}

// TestProtobufIsReadAsUsual pins what the specification says of fields that are
// unknown or come repeatedly.
func TestProtobufIsReadAsUsual(t *testing.T) {
	const id1, id2 = "\x0a\x10aaaaaaaaaaaaaaaa", "\x0a\x10bbbbbbbbbbbbbbbb"
	text := func(body string) string { return "\x0a" + string(rune(len(body))) + body }
	receipt := func(body string) string { return "\x12" + string(rune(len(body))) + body }
	a, b := wire.MessageID([]byte("aaaaaaaaaaaaaaaa")), wire.MessageID([]byte("bbbbbbbbbbbbbbbb"))
	for name, tc := range map[string]struct {
		in   string
		want any
	}{
		"unknown field beside the body": {text(id1+"\x12\x01x") + "\x1a\x01x", wire.Message{ID: a, Text: "x"}},
		"unknown field within":          {text(id1 + "\x12\x01x" + "\x1a\x01x"), wire.Message{ID: a, Text: "x"}},
		"a field twice":                 {text(id1 + id2 + "\x12\x01x" + "\x12\x01y"), wire.Message{ID: b, Text: "y"}},
		"a text in two parts":           {text(id1) + text("\x12\x01x"), wire.Message{ID: a, Text: "x"}},
		"a receipt in two parts":        {receipt(id1) + receipt(id2), wire.Confirmation{IDs: []wire.MessageID{a, b}}},
		"a text and then a receipt":     {text(id1+"\x12\x01x") + receipt(id2), wire.Confirmation{IDs: []wire.MessageID{b}}},
	} {
		if got, err := wire.Decode([]byte(tc.in)); err != nil || !reflect.DeepEqual(got, tc.want) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

func FuzzOldContent(f *testing.F) {
	text, _ := wire.EncodeMessage(wire.Message{ID: wire.MessageID{9}, Text: "seed"})
	receipt, _ := wire.EncodeConfirmation(wire.Confirmation{IDs: []wire.MessageID{{1}, {2}}})
	f.Add(text)
	f.Add(receipt)
	f.Fuzz(func(t *testing.T, in []byte) {
		got, err := wire.Decode(in)
		if err != nil {
			if !errors.Is(err, wire.ErrContent) && !errors.Is(err, wire.ErrUnknownContent) {
				t.Fatalf("an error without a class: %v", err)
			}
			return
		}
		var again []byte
		switch c := got.(type) {
		case wire.Message:
			again, err = wire.EncodeMessage(c)
		case wire.Confirmation:
			again, err = wire.EncodeConfirmation(c)
		}
		if err != nil {
			t.Fatalf("what was decoded cannot be encoded: %v", err)
		}
		if back, err := wire.Decode(again); err != nil || !reflect.DeepEqual(back, got) {
			t.Fatalf("round trip failed: %v", err)
		}
	})
}
