package wire_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node/internal/golden"
	"github.com/onionwire/onionwire/node/wire"
)

const vectorFile = "../../testdata/vectors/contents.json"

// vectors is what docs/protocol.md describes under "contents.json".
type vectors struct {
	Contents []content `json:"contents"`
	Items    []item    `json:"items"`
	Read     []read    `json:"read"`
	Refused  []refused `json:"refused"`
}

// read is what nobody writes and everybody reads.
type read struct {
	Comment string       `json:"comment"`
	Kind    string       `json:"kind"`
	Bytes   golden.Bytes `json:"bytes"`
	Same    golden.Bytes `json:"same"`
}

type refused struct {
	Comment string       `json:"comment"`
	Kind    string       `json:"kind"`
	Bytes   golden.Bytes `json:"bytes"`
	Error   string       `json:"error"`
}

// classes are the names that the vectors have for errors.
var classes = map[string]error{"malformed": wire.ErrContent, "unknown": wire.ErrUnknownContent}

// again decodes a content or an item and encodes what came of it.
func again(kind string, b []byte) ([]byte, any, error) {
	if kind == "content" {
		c, err := wire.DecodeContent(b)
		if err != nil {
			return nil, c, err
		}
		b, err = c.Encode()
		return b, c, err
	}
	i, err := wire.DecodeItem(b)
	if err != nil {
		return nil, i, err
	}
	b, err = wire.EncodeItem(i)
	return b, i, err
}

var (
	messageID = golden.Bytes(golden.Counting(0x10, 16))
	fileID    = golden.Bytes(golden.Counting(0x30, 16))
	group     = golden.Bytes(golden.Counting(0x50, 16))
	stream    = golden.Bytes(golden.Counting(0x01, 8))
	another   = golden.Bytes(golden.Counting(0xf1, 8))
	highest   = golden.Bytes(bytes.Repeat([]byte{0xff}, 8))
)

func keyOf(seed byte) golden.Bytes {
	return golden.Bytes(ed25519.NewKeyFromSeed(golden.Counting(seed, ed25519.SeedSize)).Public().(ed25519.PublicKey))
}

// madeItems are items of every kind, and such that are at their bounds.
func madeItems() []item {
	here := []address{{Onion: keyOf(0x00), Port: 4001}}
	all := []address{
		{Onion: keyOf(0x00), Port: 1},
		{Onion: keyOf(0x00), Port: 65535, ClientKey: golden.Counting(0x80, 32)},
		{Onion: keyOf(0x40), Port: 80, ClientKey: golden.Counting(0xa0, 32)},
		{Onion: keyOf(0x80), Port: 80},
	}
	longest := strings.Repeat("né", 21) + "n"
	offer := item{Body: "file_offer", ID: fileID, Key: golden.Counting(0x60, 32), Name: "onion.png", Size: 12345, Type: "image/png", SHA256: golden.Counting(0xc0, 32)}
	offered := func(comment string, change func(*item)) item {
		o := offer
		change(&o)
		o.Comment = comment
		return o
	}
	items := []item{
		{Comment: "request with nothing but where to answer", Body: "request", Addresses: here},
		{Comment: "request", Body: "request", Name: "Alice", Introduction: "Hello.\nWe met in the garden 🧅", Addresses: here},
		{Comment: "request of the bearer of an invite", Body: "request", Name: "Alice", Addresses: here, Invite: golden.Counting(0xf0, 16)},
		{Comment: "the longest request", Body: "request", Name: longest, Introduction: strings.Repeat("🧅", wire.MaxIntroduction), Addresses: all, Invite: golden.Counting(0xf0, 16)},
		{Comment: "accept", Body: "accept", Name: "Bob", Addresses: here},
		{Comment: "accept without a name, with all addresses", Body: "accept", Addresses: all},
		{Comment: "text", Body: "text", ID: messageID, Text: "hello", Written: 1767225600123},
		{Comment: "text of other letters that disappears", Body: "text", ID: messageID, Text: "zażółć\n🧅", Written: 1767225600123, Seconds: 3600},
		{Comment: "text with the highest numbers", Body: "text", ID: messageID, Text: "x", Written: wire.MaxWritten, Seconds: 1<<32 - 1},
		{Comment: "text with the lowest numbers and a control character", Body: "text", ID: make([]byte, 16), Text: "\x00"},
		{Comment: "text in another conversation", Body: "text", Conversation: group, ID: messageID, Text: "hello", Written: 1767225600123},
		{Comment: "read", Body: "read", ID: messageID},
		{Comment: "profile", Body: "profile", Name: "Alice"},
		{Comment: "profile without a name", Body: "profile"},
		{Comment: "one address", Body: "addresses", Addresses: here},
		{Comment: "as many as there can be", Body: "addresses", Addresses: all},
		{Comment: "timer", Body: "timer", Seconds: 86400},
		{Comment: "no timer", Body: "timer"},
		{Comment: "timer of another conversation", Body: "timer", Conversation: group, Seconds: 1<<32 - 1},
		offered("file offer", func(*item) {}),
		offered("file offer without a type, of an empty file", func(i *item) { i.Type, i.Size = "", 0 }),
		offered("file offer with a name that is a trap", func(i *item) { i.Name = "../../x\x00\u202e" }),
		offered("the longest file offer", func(i *item) {
			i.Name, i.Type, i.Size = strings.Repeat("né", 85), strings.Repeat("~", wire.MaxFileType), wire.MaxFile
		}),
		{Comment: "skip", Body: "skip"},
	}
	for i, comment := range []string{"accepted", "declined", "withdrawn", "arrived", "broken"} {
		items = append(items, item{Comment: "file answer: " + comment, Body: "file_answer", ID: fileID, Answer: uint32(i) + 1})
	}
	return items
}

// referenceVectors computes the vectors without the package.
func referenceVectors() vectors {
	var v vectors
	v.Items = madeItems()
	for n := range v.Items {
		v.Items[n].Bytes = v.Items[n].encoded()
	}
	skip, text := value(11, ""), v.Items[6].Bytes
	v.Contents = []content{
		{Comment: "nothing but a name", Stream: stream},
		{Comment: "first item", Stream: stream, Items: []golden.Bytes{skip}},
		{Comment: "items of which others go before, and a confirmation", Stream: stream, Base: 300, First: 305, Items: []golden.Bytes{text, skip, text}, AckStream: another, AckNext: 70000},
		{Comment: "confirmation", Stream: stream, Base: 308, AckStream: another, AckNext: 70001},
		{Comment: "nothing of a stream has come", Stream: stream, AckStream: another},
		{Comment: "somebody types", Stream: stream, Base: 308, AckStream: another, AckNext: 70001, Typing: true},
		{Comment: "item of a later version", Stream: stream, Items: []golden.Bytes{value(12, "later")}},
		{Comment: "highest numbers", Stream: highest, Base: 1<<63 - 2, First: 1<<63 - 2, Items: []golden.Bytes{skip}, AckStream: highest, AckNext: 1<<63 - 1},
		{Comment: "lowest name, highest base", Stream: golden.Bytes{0, 0, 0, 0, 0, 0, 0, 1}, Base: 1<<63 - 1},
	}
	for n := range v.Contents {
		v.Contents[n].Bytes = v.Contents[n].encoded()
	}
	v.Read = readVectors()
	v.Refused = append(refusedContents(), refusedItems()...)
	return v
}

func TestVectorsMatchReference(t *testing.T) {
	computed := referenceVectors()
	golden.Check(t, vectorFile, computed)
	if !reflect.DeepEqual(golden.Read[vectors](t, vectorFile), computed) {
		t.Error("what is stored does not lead back")
	}
}

func TestVectors(t *testing.T) {
	v := golden.Read[vectors](t, vectorFile)
	for _, want := range v.Contents {
		b, err := want.wire().Encode()
		if err != nil || !bytes.Equal(b, want.Bytes) {
			t.Errorf("%s: encoded as %x, %v", want.Comment, b, err)
		}
		if got, err := wire.DecodeContent(want.Bytes); err != nil || !reflect.DeepEqual(got, want.wire()) {
			t.Errorf("%s: decoded as %+v, %v", want.Comment, got, err)
		}
	}
	for _, want := range v.Items {
		b, err := wire.EncodeItem(want.wire())
		if err != nil || !bytes.Equal(b, want.Bytes) {
			t.Errorf("%s: encoded as %x, %v", want.Comment, b, err)
		}
		if got, err := wire.DecodeItem(want.Bytes); err != nil || fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", want.wire()) {
			t.Errorf("%s: decoded as %+v, %v", want.Comment, got, err)
		}
	}
	for _, r := range v.Read {
		if b, got, err := again(r.Kind, r.Bytes); err != nil || !bytes.Equal(b, r.Same) {
			t.Errorf("%s: decoded as %+v, %v", r.Comment, got, err)
		}
	}
	for _, r := range v.Refused {
		_, got, err := again(r.Kind, r.Bytes)
		if class := classes[r.Error]; class == nil || !errors.Is(err, class) {
			t.Errorf("%s: error %v, want one that is %s", r.Comment, err, r.Error)
		}
		if !reflect.ValueOf(got).IsZero() {
			t.Errorf("%s: decoded as %+v beside the error", r.Comment, got)
		}
	}
}
