package wire_test

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/onionwire/onionwire/node/contactlink"
	"github.com/onionwire/onionwire/node/e2ee/filecrypt"
	"github.com/onionwire/onionwire/node/internal/golden"
	"github.com/onionwire/onionwire/node/wire"
)

func randomID(t *rapid.T) (a [16]byte) {
	copy(a[:], rapid.SliceOfN(rapid.Byte(), 0, 16).Draw(t, "id"))
	return a
}

func array32(t *rapid.T, label string) (a [32]byte) {
	copy(a[:], rapid.SliceOfN(rapid.Byte(), 0, 32).Draw(t, label))
	return a
}

// perhaps draws nothing or as many bytes as there are.
func perhaps(t *rapid.T, b []byte, label string) []byte {
	if rapid.Bool().Draw(t, label) {
		return b
	}
	return nil
}

func places(t *rapid.T) (all wire.Addresses) {
	for n := rapid.IntRange(1, wire.MaxAddresses).Draw(t, "addresses"); len(all) < n; {
		all = append(all, wire.Address{
			Onion:     [32]byte(keyOf(rapid.Byte().Draw(t, "onion"))),
			Port:      uint16(1 + len(all)),
			ClientKey: perhaps(t, golden.Counting(1, 32), "client key"),
		})
	}
	return all
}

func bodyKinds() map[string]func(t *rapid.T) wire.Body {
	text := rapid.StringN(1, 2000, wire.MaxText)
	called := rapid.SampledFrom([]string{"", "Alice", "Zoë 🧅 ليلى", strings.Repeat("n", contactlink.MaxName)})
	introduction := rapid.StringOfN(rapid.RuneFrom([]rune("aZ \n🧅ü")), 0, wire.MaxIntroduction, -1)
	seconds := rapid.Uint32()
	return map[string]func(*rapid.T) wire.Body{
		"request": func(t *rapid.T) wire.Body {
			return wire.Request{
				Name: called.Draw(t, "name"), Introduction: introduction.Draw(t, "introduction"),
				Addresses: places(t), Invite: perhaps(t, golden.Counting(1, 16), "invite"),
			}
		},
		"accept":    func(t *rapid.T) wire.Body { return wire.Accept{Name: called.Draw(t, "name"), Addresses: places(t)} },
		"profile":   func(t *rapid.T) wire.Body { return wire.Profile{Name: called.Draw(t, "name")} },
		"addresses": func(t *rapid.T) wire.Body { return places(t) },
		"text": func(t *rapid.T) wire.Body {
			return wire.Text{
				ID: randomID(t), Text: text.Draw(t, "text"),
				Written: rapid.Uint64Max(wire.MaxWritten).Draw(t, "written"), Timer: seconds.Draw(t, "timer"),
			}
		},
		"read":  func(t *rapid.T) wire.Body { return wire.Read{ID: randomID(t)} },
		"timer": func(t *rapid.T) wire.Body { return wire.Timer{Seconds: seconds.Draw(t, "seconds")} },
		"file offer": func(t *rapid.T) wire.Body {
			return wire.FileOffer{
				ID: randomID(t), Key: array32(t, "key"), SHA256: array32(t, "hash"),
				Name: rapid.StringN(1, 60, wire.MaxFileName).Draw(t, "name"), Size: rapid.Uint64Max(wire.MaxFile).Draw(t, "size"),
				Type: rapid.StringMatching(`[ -~]{0,127}`).Draw(t, "type"),
			}
		},
		"file answer": func(t *rapid.T) wire.Body {
			answer := rapid.Uint32Range(uint32(wire.FileAccepted), uint32(wire.FileBroken))
			return wire.FileAnswer{ID: randomID(t), Answer: wire.Answer(answer.Draw(t, "answer"))}
		},
		"skip": func(*rapid.T) wire.Body { return wire.Skip{} },
	}
}

func TestItemRoundTrip(t *testing.T) {
	t.Parallel()
	kinds := bodyKinds()
	if len(kinds) != len(bodies) {
		t.Errorf("%d kinds of bodies out of %d", len(kinds), len(bodies))
	}
	for name, draw := range kinds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(r *rapid.T) {
				want := wire.Item{Conversation: perhaps(r, golden.Counting(1, 16), "conversation"), Body: draw(r)}
				b, err := wire.EncodeItem(want)
				if err != nil || len(b) > wire.MaxItem {
					r.Fatalf("%d bytes, %v", len(b), err)
				}
				if got, err := wire.DecodeItem(b); err != nil || !reflect.DeepEqual(got, want) {
					r.Fatalf("came back as %+v, %v", got, err)
				}
			})
		})
	}
}

// TestItemNotEncoded: nobody is sent what they would refuse.
func TestItemNotEncoded(t *testing.T) {
	t.Parallel()
	here := wire.Addresses{{Onion: [32]byte(keyOf(0)), Port: 80}}
	offer := wire.FileOffer{Name: "x"}
	with := func(change func(*wire.FileOffer)) wire.FileOffer {
		o := offer
		change(&o)
		return o
	}
	at := func(a wire.Address) wire.Addresses { return wire.Addresses{a} }
	onion := here[0].Onion
	for name, body := range map[string]wire.Body{
		"no body":                                nil,
		"empty text":                             wire.Text{},
		"text that is not UTF-8":                 wire.Text{Text: "\xff"},
		"text of no year":                        wire.Text{Text: "x", Written: wire.MaxWritten + 1},
		"name that is too long":                  wire.Profile{Name: strings.Repeat("n", contactlink.MaxName+1)},
		"name that is not UTF-8":                 wire.Profile{Name: "\xff"},
		"name that cannot be seen":               wire.Profile{Name: "\u200b"},
		"name with a space behind it":            wire.Accept{Name: "Alice ", Addresses: here},
		"name not in normal form C":              wire.Request{Name: "Zoe\u0308", Addresses: here},
		"introduction that is too long":          wire.Request{Introduction: strings.Repeat("ü", wire.MaxIntroduction+1), Addresses: here},
		"introduction that is not UTF-8":         wire.Request{Introduction: "\xff", Addresses: here},
		"introduction with a control character":  wire.Request{Introduction: "a\tb", Addresses: here},
		"invite that is too short":               wire.Request{Addresses: here, Invite: make([]byte, 15)},
		"invite of zeros":                        wire.Request{Addresses: here, Invite: make([]byte, 16)},
		"request without addresses":              wire.Request{},
		"accept without addresses":               wire.Accept{},
		"no addresses":                           wire.Addresses{},
		"too many addresses":                     append(append(here, here...), append(here, append(here, here...)...)...),
		"twice the same address":                 append(here, here...),
		"address without a port":                 at(wire.Address{Onion: onion}),
		"address without a key":                  at(wire.Address{Port: 80}),
		"client key that is too long":            at(wire.Address{Onion: onion, Port: 80, ClientKey: make([]byte, 33)}),
		"client key of zeros":                    at(wire.Address{Onion: onion, Port: 80, ClientKey: make([]byte, 32)}),
		"file without a name":                    with(func(o *wire.FileOffer) { o.Name = "" }),
		"file with a name that is too long":      with(func(o *wire.FileOffer) { o.Name = strings.Repeat("n", wire.MaxFileName+1) }),
		"file with a name that is not UTF-8":     with(func(o *wire.FileOffer) { o.Name = "\xff" }),
		"file that is too large":                 with(func(o *wire.FileOffer) { o.Size = wire.MaxFile + 1 }),
		"file with a type that is too long":      with(func(o *wire.FileOffer) { o.Type = strings.Repeat("t", wire.MaxFileType+1) }),
		"file with a type that cannot be shown":  with(func(o *wire.FileOffer) { o.Type = "\x7f" }),
		"file with a type that is not ASCII":     with(func(o *wire.FileOffer) { o.Type = "ü" }),
		"answer that is none":                    wire.FileAnswer{},
		"answer of a later version of this code": wire.FileAnswer{Answer: wire.FileBroken + 1},
	} {
		if b, err := wire.EncodeItem(wire.Item{Body: body}); !errors.Is(err, wire.ErrContent) || b != nil {
			t.Errorf("%s: %d bytes, %v", name, len(b), err)
		}
	}
	if _, err := wire.EncodeItem(wire.Item{Conversation: make([]byte, 15), Body: wire.Skip{}}); !errors.Is(err, wire.ErrContent) {
		t.Errorf("conversation with a name that is too short: %v", err)
	}
}

func TestTextTooLong(t *testing.T) {
	t.Parallel()
	long := item{Body: "text", ID: messageID, Text: strings.Repeat("x", wire.MaxText+1)}
	if _, err := wire.EncodeItem(long.wire()); !errors.Is(err, wire.ErrTextTooLong) || !errors.Is(err, wire.ErrContent) {
		t.Errorf("encoded: %v", err)
	}
	if _, err := wire.DecodeItem(long.encoded()); !errors.Is(err, wire.ErrTextTooLong) || !errors.Is(err, wire.ErrContent) {
		t.Errorf("decoded: %v", err)
	}
}

// TestSameBounds: what two packages bound for the same reason has one bound.
func TestSameBounds(t *testing.T) {
	t.Parallel()
	if wire.MaxFile != filecrypt.MaxSize {
		t.Errorf("files of %d bytes are offered, of %d encrypted", wire.MaxFile, filecrypt.MaxSize)
	}
	var offer wire.FileOffer
	if len(offer.Key) != filecrypt.KeySize {
		t.Errorf("file keys have %d and %d bytes", len(offer.Key), filecrypt.KeySize)
	}
	var link contactlink.Link
	for n, b := range map[string][]byte{"client key": link.ClientKey[:], "invite": link.Invite[:]} {
		b[0] = 1
		request := wire.Request{Addresses: wire.Addresses{{Onion: [32]byte(keyOf(0)), Port: 80}}}
		if n == "invite" {
			request.Invite = b
		} else {
			request.Addresses[0].ClientKey = b
		}
		if _, err := wire.EncodeItem(wire.Item{Body: request}); err != nil {
			t.Errorf("%s of a link: %v", n, err)
		}
	}
}

// TestErrorsKeepSecrets: what is refused is not repeated.
func TestErrorsKeepSecrets(t *testing.T) {
	t.Parallel()
	secret := bytes.Repeat([]byte("S"), 31)
	for _, r := range [][]byte{
		value(4, value(1, secret)), value(6, value(1, strings.Repeat("S", 65))), value(9, value(2, secret)), append(value(4, value(2, secret)), 0xff),
	} {
		if _, err := wire.DecodeItem(r); err == nil || strings.Contains(err.Error(), "SS") || strings.Contains(err.Error(), "5353") {
			t.Errorf("error %v", err)
		}
	}
}
