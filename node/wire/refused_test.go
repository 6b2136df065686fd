package wire_test

import (
	"bytes"
	"slices"
	"strings"

	"github.com/onionwire/onionwire/node/internal/golden"
	"github.com/onionwire/onionwire/node/wire"
)

// readVectors show what protobuf leaves open, and what is passed over.
func readVectors() []read {
	c := content{Stream: stream, Base: 5, First: 5, Items: []golden.Bytes{value(11, "")}}
	empty := content{Stream: stream, Base: 5}
	text := func(parts ...[]byte) []byte { return value(4, slices.Concat(parts...)) }
	id, hello := some(1, messageID), some(2, "hello")
	plain := text(id, hello)
	here := value(3, address{Onion: keyOf(0x00), Port: 80}.encoded())
	long := number(1, 1<<32|7)
	all := []read{
		{"unknown fields in a content", "content", slices.Concat(number(15, 7), c.encoded(), value(100, "later")), c.encoded()},
		{"fields in another order", "content", slices.Concat(value(4, value(11, "")), number(3, 5), number(2, 5), fixed(1, name(stream))), c.encoded()},
		{"a field twice", "content", slices.Concat(fixed(1, 7), number(2, 3), c.encoded()), c.encoded()},
		{"a field twice, the second time 0", "content", slices.Concat(number(7, 1), empty.encoded(), []byte{7 << 3, 0}), empty.encoded()},
		{"a number in more bytes than needed", "content", slices.Concat(fixed(1, name(stream)), []byte{2 << 3, 0x85, 0x00}), empty.encoded()},
		{"a field with another wire type", "content", slices.Concat(empty.encoded(), value(6, "x")), empty.encoded()},
		{"a sequence number without items", "content", slices.Concat(empty.encoded(), number(3, 1<<63)), empty.encoded()},
		{"typing as another number", "content", slices.Concat(empty.encoded(), number(7, 300)), slices.Concat(empty.encoded(), number(7, 1))},
		{"unknown fields in an item", "item", slices.Concat(number(20, 1), plain, value(21, "later")), plain},
		{"unknown fields in a body", "item", text(id, hello, value(15, "later")), plain},
		{"a body in two parts", "item", slices.Concat(text(id), text(hello)), plain},
		{"two bodies, of which the last counts", "item", slices.Concat(value(6, value(1, "Alice")), plain), plain},
		{"two bodies, and the first once more", "item", slices.Concat(text(id, hello, number(3, 9)), value(11, ""), plain), plain},
		{"an empty conversation", "item", slices.Concat(value(1, ""), plain), plain},
		{"an empty client key and an empty invite", "item", value(2, slices.Concat(value(3, slices.Concat(some(1, keyOf(0x00)), number(2, 80), value(3, ""))), value(4, ""))), value(2, here)},
		{"something in a skip", "item", value(11, "\x08\x01"), value(11, "")},
		{"a number above 32 bits, of which the lower count", "item", value(8, long), value(8, number(1, 7))},
		{"a port above 32 bits, of which the lower count", "item", value(2, value(3, slices.Concat(some(1, keyOf(0x00)), number(2, 1<<32|80)))), value(2, here)},
	}
	for _, n := range []struct{ comment, name string }{
		{"a name with a space before it is none", " Alice"},
		{"a name with a line break is none", "Ali\nce"},
		{"a name that turns the direction of writing is none", "Ali\u202ece"},
		{"a name that is not in normal form C is none", "Zoe\u0308"},
	} {
		all = append(all, read{n.comment, "item", value(2, slices.Concat(value(1, n.name), here)), value(2, here)})
	}
	return append(all,
		read{"no name in an accept, either", "item", value(3, slices.Concat(value(1, " "), value(2, address{Onion: keyOf(0x00), Port: 80}.encoded()))), value(3, value(2, address{Onion: keyOf(0x00), Port: 80}.encoded()))},
		read{"nor in a profile", "item", value(6, value(1, "\u200b")), value(6, "")},
	)
}

func refusedContents() []refused {
	skip := value(4, value(11, ""))
	named := fixed(1, name(stream))
	var all []refused
	for _, tc := range []struct {
		comment string
		bytes   []byte
	}{
		{"nothing", []byte{}},
		{"no stream", slices.Concat(number(3, 1), skip)},
		{"a stream as another wire type", slices.Concat(number(1, 7), skip)},
		{"not protobuf", []byte{0xff, 0xff}},
		{"cut off", slices.Concat(named, skip)[:11]},
		{"a byte behind it", slices.Concat(named, skip, []byte{0})},
		{"field 0", slices.Concat(named, []byte{0, 0})},
		{"a number of 11 bytes", slices.Concat(named, []byte{2 << 3}, bytes.Repeat([]byte{0x80}, 10), []byte{0})},
		{"an end of a group", slices.Concat(named, []byte{9<<3 | 4})},
		{"wire type 6", slices.Concat(named, []byte{9<<3 | 6})},
		{"an item without a byte", slices.Concat(named, value(4, ""))},
		{"an item without a byte among others", slices.Concat(named, skip, value(4, ""), skip)},
		{"257 items", slices.Concat(named, bytes.Repeat(skip, wire.MaxItems+1))},
		{"base above first", slices.Concat(named, number(2, 2), number(3, 1), skip)},
		{"base too high", slices.Concat(named, number(2, 1<<63))},
		{"base and first too high", slices.Concat(named, number(2, 1<<63), number(3, 1<<63), skip)},
		{"sequence numbers that end too high", slices.Concat(named, number(3, 1<<63-2), skip, skip)},
		{"sequence numbers that begin anew", slices.Concat(named, number(3, 1<<64-1), skip, skip)},
		{"a confirmation for no stream", slices.Concat(named, number(6, 1))},
		{"a confirmation that is too high", slices.Concat(named, fixed(5, 7), number(6, 1<<63))},
	} {
		all = append(all, refused{tc.comment, "content", tc.bytes, "malformed"})
	}
	return all
}

func refusedItems() []refused {
	text := func(parts ...[]byte) []byte { return value(4, slices.Concat(parts...)) }
	request := func(parts ...[]byte) []byte { return value(2, slices.Concat(parts...)) }
	place := func(parts ...[]byte) []byte { return value(3, slices.Concat(parts...)) }
	offer := func(change func(*item)) []byte {
		o := item{Body: "file_offer", ID: fileID, Key: golden.Counting(0x60, 32), Name: "x", Size: 1, SHA256: golden.Counting(0xc0, 32)}
		change(&o)
		return o.encoded()
	}
	id, hello := some(1, messageID), some(2, "hello")
	onion, port := some(1, keyOf(0x00)), number(2, 80)
	here := place(onion, port)
	small := append([]byte{1}, make([]byte, 31)...)
	all := []refused{
		{"nothing", "", []byte{}, "unknown"},
		{"a conversation and no body", "", some(1, group), "unknown"},
		{"a body of a later version", "", value(12, "later"), "unknown"},
		{"a body with another wire type", "", number(11, 1), "unknown"},
		{"file answer of a later version", "", value(10, slices.Concat(some(1, fileID), number(2, 6))), "unknown"},
		{"file answer below 0", "", value(10, slices.Concat(some(1, fileID), number(2, 1<<64-1))), "unknown"},
		{"not protobuf", "", []byte{0xff, 0xff}, "malformed"},
		{"a body that is not protobuf", "", text([]byte{0xff}), "malformed"},
		{"a first part of a body that is not protobuf", "", slices.Concat(text([]byte{0xff}), value(11, "")), "malformed"},
		{"a conversation of 15 bytes", "", slices.Concat(some(1, group[1:]), value(11, "")), "malformed"},
		{"a conversation of 17 bytes, and a body of a later version", "", slices.Concat(some(1, append(group[:16:16], 0)), value(12, "later")), "malformed"},

		{"text without an id", "", text(hello), "malformed"},
		{"text with an id of 15 bytes", "", text(some(1, messageID[1:]), hello), "malformed"},
		{"text with an id of 17 bytes", "", text(some(1, append(messageID[:16:16], 0)), hello), "malformed"},
		{"empty text", "", text(id), "malformed"},
		{"text that is not UTF-8", "", text(id, some(2, "\xff")), "malformed"},
		{"text with a surrogate", "", text(id, some(2, "\xed\xa0\x80")), "malformed"},
		{"text of the year 10000", "", text(id, hello, number(3, wire.MaxWritten+1)), "malformed"},
		{"read without an id", "", value(5, ""), "malformed"},
		{"read with an id of 17 bytes", "", value(5, some(1, append(messageID[:16:16], 0))), "malformed"},

		{"request without an address", "", request(some(1, "Alice")), "malformed"},
		{"request with five addresses", "", request(here, place(onion, number(2, 1)), place(onion, number(2, 2)), place(onion, number(2, 3)), place(onion, number(2, 4))), "malformed"},
		{"request with a name of 65 bytes", "", request(some(1, strings.Repeat("n", 65)), here), "malformed"},
		{"request with a name that is not UTF-8", "", request(some(1, "Ali\xffce"), here), "malformed"},
		{"request with an introduction of 501 characters", "", request(some(2, strings.Repeat("x", 501)), here), "malformed"},
		{"request with an introduction that is not UTF-8", "", request(some(2, "\xc1\xa1"), here), "malformed"},
		{"request with a zero byte in the introduction", "", request(some(2, "a\x00b"), here), "malformed"},
		{"request with a carriage return in the introduction", "", request(some(2, "a\r\nb"), here), "malformed"},
		{"request with an escape in the introduction", "", request(some(2, "\x1b[2J"), here), "malformed"},
		{"request with a control character of 8 bits in the introduction", "", request(some(2, "\u009b2J"), here), "malformed"},
		{"request with DEL in the introduction", "", request(some(2, "\x7f"), here), "malformed"},
		{"request with an invite of 15 bytes", "", request(here, some(4, messageID[1:])), "malformed"},
		{"request with an invite of 17 bytes", "", request(here, some(4, append(messageID[:16:16], 0))), "malformed"},
		{"request with an invite of zeros", "", request(here, some(4, make([]byte, 16))), "malformed"},
		{"an address without an onion key", "", request(place(port)), "malformed"},
		{"an onion key of 31 bytes", "", request(place(some(1, keyOf(0)[1:]), port)), "malformed"},
		{"an onion key of 33 bytes", "", request(place(some(1, append(keyOf(0)[:32:32], 0)), port)), "malformed"},
		{"an onion key of zeros", "", request(place(some(1, make([]byte, 32)), port)), "malformed"},
		{"a neutral onion key", "", request(place(some(1, small), port)), "malformed"},
		{"an onion key that is not on the curve", "", request(place(some(1, append([]byte{2}, make([]byte, 31)...)), port)), "malformed"},
		{"an address without a port", "", request(place(onion)), "malformed"},
		{"port 65536", "", request(place(onion, number(2, 65536))), "malformed"},
		{"a client key of 31 bytes", "", request(place(onion, port, some(3, make([]byte, 31)))), "malformed"},
		{"a client key of zeros", "", request(place(onion, port, some(3, make([]byte, 32)))), "malformed"},
		{"the same address twice", "", request(here, place(onion, port, some(3, golden.Counting(1, 32)))), "malformed"},
		{"accept without an address", "", value(3, ""), "malformed"},
		{"accept with a name of 65 bytes", "", value(3, slices.Concat(some(1, strings.Repeat("n", 65)), value(2, slices.Concat(onion, port)))), "malformed"},
		{"no addresses", "", value(7, ""), "malformed"},
		{"profile with a name of 65 bytes, in which some cannot be seen", "", value(6, some(1, strings.Repeat("\u200b", 21)+"xx")), "malformed"},

		{"file offer without an id", "", offer(func(i *item) { i.ID = nil }), "malformed"},
		{"file offer with a key of 31 bytes", "", offer(func(i *item) { i.Key = i.Key[1:] }), "malformed"},
		{"file offer without a name", "", offer(func(i *item) { i.Name = "" }), "malformed"},
		{"file offer with a name of 256 bytes", "", offer(func(i *item) { i.Name = strings.Repeat("n", 256) }), "malformed"},
		{"file offer with a name that is not UTF-8", "", offer(func(i *item) { i.Name = "\xff" }), "malformed"},
		{"file offer of more than 10 GiB", "", offer(func(i *item) { i.Size = wire.MaxFile + 1 }), "malformed"},
		{"file offer with a type of 128 characters", "", offer(func(i *item) { i.Type = strings.Repeat("t", 128) }), "malformed"},
		{"file offer with a type beyond ASCII", "", offer(func(i *item) { i.Type = "imäge" }), "malformed"},
		{"file offer with a line break in the type", "", offer(func(i *item) { i.Type = "a\nb" }), "malformed"},
		{"file offer with DEL in the type", "", offer(func(i *item) { i.Type = "a\x7f" }), "malformed"},
		{"file offer without a hash", "", offer(func(i *item) { i.SHA256 = nil }), "malformed"},
		{"file answer without an id", "", value(10, number(2, 1)), "malformed"},
		{"file answer without an answer", "", value(10, some(1, fileID)), "malformed"},
		{"file answer of a later version without an id", "", value(10, number(2, 6)), "malformed"},
	}
	for i := range all {
		all[i].Kind = "item"
	}
	return all
}
