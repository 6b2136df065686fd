package wire_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/wire"
)

func contents() *rapid.Generator[wire.Content] {
	return rapid.Custom(func(t *rapid.T) wire.Content {
		c := wire.Content{
			Stream: rapid.Uint64Min(1).Draw(t, "stream"),
			Base:   rapid.Uint64Max(wire.MaxSequence-8).Draw(t, "base"),
			Typing: rapid.Bool().Draw(t, "typing"),
		}
		if rapid.Bool().Draw(t, "ack") {
			c.Ack = wire.Ack{
				Stream: rapid.Uint64Min(1).Draw(t, "ack stream"),
				Next:   rapid.Uint64Max(wire.MaxSequence).Draw(t, "ack next"),
			}
		}
		item := rapid.SliceOfN(rapid.Byte(), 1, 300)
		if items := rapid.SliceOfN(item, 0, 8).Draw(t, "items"); len(items) > 0 {
			c.Items = items
			c.First = rapid.Uint64Range(c.Base, wire.MaxSequence-8).Draw(t, "first")
		}
		return c
	})
}

func TestContentRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		want := contents().Draw(r, "content")
		b, err := want.Encode()
		if err != nil {
			r.Fatal(err)
		}
		if got, err := wire.DecodeContent(b); err != nil || !reflect.DeepEqual(got, want) {
			r.Fatalf("came back as %+v, %v", got, err)
		}
	})
}

// TestContentFull: what fits is known before it is encoded.
func TestContentFull(t *testing.T) {
	t.Parallel()
	full := wire.Content{
		Stream: 1<<64 - 1, Ack: wire.Ack{Stream: 1<<64 - 1, Next: wire.MaxSequence}, Typing: true,
	}
	full.Base, full.First = wire.MaxSequence-wire.MaxItems, wire.MaxSequence-wire.MaxItems
	for _, size := range []int{1, 2, 127, 128, 16383, 16384, wire.MaxItem} {
		one := full
		one.Items = [][]byte{make([]byte, size)}
		whole, err := one.Encode()
		if err != nil {
			t.Fatalf("an item of %d bytes: %v", size, err)
		}
		if want := wire.ContentOverhead + wire.ItemSize(size); len(whole) != want {
			t.Errorf("with an item of %d bytes it has %d, and not %d", size, len(whole), want)
		}
	}
	rapid.Check(t, func(r *rapid.T) {
		most := rapid.SampledFrom([]int{2, 30, 300, 30000}).Draw(r, "most")
		some, left := full, wire.MaxContent-wire.ContentOverhead
		for len(some.Items) < wire.MaxItems {
			item := make([]byte, rapid.IntRange(1, most).Draw(r, "size"))
			if left -= wire.ItemSize(len(item)); left < 0 {
				break
			}
			some.Items = append(some.Items, item)
		}
		if _, err := some.Encode(); err != nil {
			r.Fatalf("%d items with %d bytes to spare: %v", len(some.Items), left, err)
		}
	})
}

func TestContentNotEncoded(t *testing.T) {
	t.Parallel()
	one := [][]byte{{0x5a, 0}}
	for name, c := range map[string]wire.Content{
		"no stream":              {Items: one},
		"too many items":         {Stream: 1, Items: make([][]byte, wire.MaxItems+1)},
		"item without a byte":    {Stream: 1, Items: [][]byte{{0x5a, 0}, {}}},
		"item too long":          {Stream: 1, Items: [][]byte{make([]byte, wire.MaxItem+1)}},
		"items too long":         {Stream: 1, Items: [][]byte{make([]byte, wire.MaxItem), make([]byte, 100)}},
		"base above first":       {Stream: 1, Base: 1, Items: one},
		"base too high":          {Stream: 1, Base: wire.MaxSequence + 1},
		"first too high":         {Stream: 1, First: wire.MaxSequence, Items: one},
		"confirmation, no name":  {Stream: 1, Ack: wire.Ack{Next: 1}},
		"confirmation, too high": {Stream: 1, Ack: wire.Ack{Stream: 1, Next: wire.MaxSequence + 1}},
	} {
		if b, err := c.Encode(); !errors.Is(err, wire.ErrContent) || b != nil {
			t.Errorf("%s: %d bytes, %v", name, len(b), err)
		}
	}
}

// TestFirstNeedsItems: without items it says nothing, and nothing comes of it.
func TestFirstNeedsItems(t *testing.T) {
	t.Parallel()
	b, err := wire.Content{Stream: 1, First: 7}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if c, err := wire.DecodeContent(b); err != nil || !reflect.DeepEqual(c, wire.Content{Stream: 1}) {
		t.Errorf("decoded as %+v, %v", c, err)
	}
}

// TestContentTooLong: more than a cell can hold has not come out of one.
func TestContentTooLong(t *testing.T) {
	t.Parallel()
	b, err := wire.Content{Stream: 1}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	b = append(b, value(15, strings.Repeat("x", wire.MaxContent-len(b)-4))...)
	if _, err := wire.DecodeContent(b); err != nil || len(b) != wire.MaxContent {
		t.Errorf("%d bytes: %v", len(b), err)
	}
	if _, err := wire.DecodeContent(append(b, 7<<3, 0)); !errors.Is(err, wire.ErrContent) {
		t.Errorf("two more: %v", err)
	}
}

// TestContentFitsIntoCells: what is said most often looks like a short text.
func TestContentFitsIntoCells(t *testing.T) {
	t.Parallel()
	if wire.MaxContent != e2ee.MaxContent {
		t.Errorf("a content of %d bytes in a cell for %d", wire.MaxContent, e2ee.MaxContent)
	}
	const smallest = 1724 // content of the smallest cell, by the specification
	for _, i := range madeItems() {
		if size := wire.ContentOverhead + wire.ItemSize(len(i.encoded())); size > smallest && i.Body != "request" {
			t.Errorf("%s: %d bytes, want up to %d", i.Comment, size, smallest)
		}
	}
	longest := item{Body: "text", Conversation: group, ID: messageID, Text: strings.Repeat("x", wire.MaxText), Written: wire.MaxWritten, Seconds: 1<<32 - 1}
	b, err := wire.EncodeItem(longest.wire())
	if err != nil || len(b) > wire.MaxItem {
		t.Errorf("the longest text makes an item of %d bytes, %v; want up to %d", len(b), err, wire.MaxItem)
	}
}
