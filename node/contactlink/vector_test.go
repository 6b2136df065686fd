package contactlink_test

import (
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node/contactlink"
	"github.com/onionwire/onionwire/node/internal/golden"
)

const vectorFile = "../../testdata/vectors/contact-links.json"

// vectors is what docs/protocol.md describes under "contact-links.json".
type vectors struct {
	Links   []vectorLink    `json:"links"`
	Read    []vectorRead    `json:"read"`
	Refused []vectorRefused `json:"refused"`
}

type vectorLink struct {
	Comment      string `json:"comment"`
	OnionSeed    string `json:"onion_seed"`
	IdentitySeed string `json:"identity_seed"`
	OnionKey     string `json:"onion_key"`
	IdentityKey  string `json:"identity_key"`
	Port         uint16 `json:"port"`
	Name         string `json:"name"`
	ClientKey    string `json:"client_key,omitempty"`
	Invite       string `json:"invite,omitempty"`
	Bytes        string `json:"bytes"`
	Link         string `json:"link"`
	QR           string `json:"qr"`
	PeerID       string `json:"peer_id"`
	Multiaddr    string `json:"multiaddr"`
}

type vectorRead struct {
	Comment string `json:"comment"`
	Text    string `json:"text"`
	Link    string `json:"link"`
}

type vectorRefused struct {
	Comment string `json:"comment"`
	Text    string `json:"text"`
	Error   string `json:"error"`
}

// classes are the names that the vectors have for errors.
var classes = map[string]error{
	"malformed": contactlink.ErrMalformed,
	"checksum":  contactlink.ErrChecksum,
	"newer":     contactlink.ErrNewer,
}

// referenceVectors computes the vectors without the package.
func referenceVectors(t *testing.T) vectors {
	t.Helper()
	var v vectors
	for _, l := range []struct {
		comment      string
		onionSeed    byte
		identitySeed byte
		port         uint16
		name         string
		clientKey    []byte
		invite       []byte
	}{
		{"without a name", 0x00, 0x20, 4001, "", nil, nil},
		{"with a name", 0x40, 0x60, 4001, "Alice", nil, nil},
		{"lowest port, a name of other letters", 0x80, 0xa0, 1, "Zoë 🧅 ليلى", nil, nil},
		{"highest port, the longest name", 0xc0, 0xe0, 65535, strings.Repeat("né", 21) + "n", nil, nil},
		{"with a client key", 0x00, 0x20, 4001, "", golden.Counting(0x80, 32), nil},
		{"with an invite", 0x00, 0x20, 4001, "", nil, golden.Counting(0xf0, 16)},
		{"with everything", 0x40, 0x60, 4001, "Alice", golden.Counting(0x80, 32), golden.Counting(0xf0, 16)},
	} {
		r := newReference(l.onionSeed, l.identitySeed)
		r.port = l.port
		if l.name != "" {
			r.fields = append(r.fields, field(1, l.name)...)
		}
		if l.clientKey != nil {
			r.fields = append(r.fields, field(2, string(l.clientKey))...)
		}
		if l.invite != nil {
			r.fields = append(r.fields, field(3, string(l.invite))...)
		}
		id := peerOf(t, r.identity)
		m, err := addressOf(t, r.onion).Multiaddr(l.port)
		if err != nil {
			t.Fatal(err)
		}
		v.Links = append(v.Links, vectorLink{
			Comment:      l.comment,
			OnionSeed:    hex.EncodeToString(golden.Counting(l.onionSeed, ed25519.SeedSize)),
			IdentitySeed: hex.EncodeToString(golden.Counting(l.identitySeed, ed25519.SeedSize)),
			OnionKey:     hex.EncodeToString(r.onion),
			IdentityKey:  hex.EncodeToString(r.identity),
			Port:         l.port,
			Name:         l.name,
			ClientKey:    hex.EncodeToString(l.clientKey),
			Invite:       hex.EncodeToString(l.invite),
			Bytes:        hex.EncodeToString(r.raw()),
			Link:         r.text(),
			QR:           strings.ToUpper(r.text()),
			PeerID:       id.String(),
			Multiaddr:    m.String() + "/p2p/" + id.String(),
		})
	}
	v.Read = readVectors(v.Links)
	v.Refused = refusedLinks(t)
	return v
}

// readVectors are links that are read although nobody writes them so.
func readVectors(links []vectorLink) []vectorRead {
	plain, named := newReference(0x00, 0x20), newReference(0x40, 0x60)
	skipped := func(r reference, fields ...[]byte) string {
		for _, f := range fields {
			r.fields = append(r.fields, f...)
		}
		return r.text()
	}
	fill := strings.Repeat("x", 255)
	return []vectorRead{
		{"white space around it", " \t" + links[1].Link + "\r\n", links[1].Link},
		{"white space around a multiaddr", "\n" + links[0].Multiaddr + " ", links[0].Link},
		{"a field to be skipped", skipped(plain, field(128, "later")), links[0].Link},
		{"fields to be skipped, one of them empty", skipped(plain, field(129, ""), field(255, "later")), links[0].Link},
		{"a field to be skipped behind the name", skipped(named, field(1, "Alice"), field(200, "\x00")), links[1].Link},
		{"a field to be skipped behind the invite", skipped(plain, field(3, string(golden.Counting(0xf0, 16))), field(128, "")), links[5].Link},
		{"the longest link", skipped(plain, field(128, fill), field(129, fill[:182])), links[0].Link},
	}
}

func TestVectorsMatchReference(t *testing.T) {
	computed := referenceVectors(t)
	golden.Check(t, vectorFile, computed)
	if !reflect.DeepEqual(golden.Read[vectors](t, vectorFile), computed) {
		t.Error("what is stored does not lead back")
	}
}

func TestVectors(t *testing.T) {
	v := golden.Read[vectors](t, vectorFile)
	for _, want := range v.Links {
		l := contactlink.Link{
			Onion: addressOf(t, unhex(t, want.OnionKey)),
			Port:  want.Port,
			Peer:  peerOf(t, unhex(t, want.IdentityKey)),
			Name:  want.Name,
		}
		copy(l.ClientKey[:], unhex(t, want.ClientKey))
		copy(l.Invite[:], unhex(t, want.Invite))
		if l.String() != want.Link || l.QR() != want.QR || multiaddr(t, l) != want.Multiaddr {
			t.Errorf("%s: written as %s, %s and %s", want.Comment, l, l.QR(), multiaddr(t, l))
		}
		if parse(t, want.Link) != l || parse(t, want.QR) != l {
			t.Errorf("%s: the short form is read as another link", want.Comment)
		}
		l.Name, l.ClientKey, l.Invite = "", [32]byte{}, [16]byte{}
		if parse(t, want.Multiaddr) != l {
			t.Errorf("%s: the multiaddr is read as another link", want.Comment)
		}
	}
	for _, r := range v.Read {
		if l, err := contactlink.Parse(r.Text); err != nil || l.String() != r.Link {
			t.Errorf("%s: read as %q, %v", r.Comment, l, err)
		}
	}
	for _, r := range v.Refused {
		wantRefused(t, r)
	}
}

func wantRefused(t *testing.T, r vectorRefused) {
	t.Helper()
	l, err := contactlink.Parse(r.Text)
	if class := classes[r.Error]; class == nil || !errors.Is(err, class) {
		t.Errorf("%s: error %v, want one that is %s", r.Comment, err, r.Error)
		return
	}
	if l != (contactlink.Link{}) {
		t.Errorf("%s: a link beside the error", r.Comment)
	}
	for _, part := range append(strings.FieldsFunc(r.Text, func(c rune) bool { return c == '/' || c == ':' }), r.Text) {
		if len(part) > 10 && strings.Contains(err.Error(), part) {
			t.Errorf("%s: the error repeats what was given: %v", r.Comment, err)
		}
	}
}
