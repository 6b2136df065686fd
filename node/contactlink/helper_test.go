package contactlink_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/onionwire/onionwire/node/contactlink"
	"github.com/onionwire/onionwire/node/internal/golden"
	"github.com/onionwire/onionwire/tortransport/onion"
)

const (
	goodOnion = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd"
	goodPeer  = "12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA"
	good      = "/onion3/" + goodOnion + ":4001/p2p/" + goodPeer
)

// reference is a link written from docs/protocol.md alone, in which everything
// can be wrong.
type reference struct {
	version         byte
	onion, identity []byte
	port            uint16
	fields          []byte
}

// newReference has keys that count up from a byte as their seeds.
func newReference(onionSeed, identitySeed byte, fields ...[]byte) reference {
	r := reference{version: 1, onion: keyOf(onionSeed), identity: keyOf(identitySeed), port: 4001}
	for _, f := range fields {
		r.fields = append(r.fields, f...)
	}
	return r
}

func field(kind byte, value string) []byte {
	return append([]byte{kind, byte(len(value))}, value...)
}

// raw is all but the checksum.
func (r reference) raw() []byte {
	raw := append([]byte{r.version}, r.onion...)
	raw = append(raw, r.identity...)
	raw = binary.BigEndian.AppendUint16(raw, r.port)
	return append(raw, r.fields...)
}

func (r reference) text() string { return sealed(r.raw()) }

// sealed is the short form of bytes that begin with the version.
func sealed(raw []byte) string {
	sum := sha256.Sum256(append([]byte("onionwire-e2ee-2 contact link"), raw...))
	return unsealed(append(raw[:len(raw):len(raw)], sum[:4]...))
}

func unsealed(raw []byte) string {
	return "onionwire:" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw))
}

func keyOf(seed byte) ed25519.PublicKey {
	return ed25519.NewKeyFromSeed(golden.Counting(seed, ed25519.SeedSize)).Public().(ed25519.PublicKey)
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	raw, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func parse(t testing.TB, s string) contactlink.Link {
	t.Helper()
	l, err := contactlink.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func addressOf(t testing.TB, key []byte) onion.Address {
	t.Helper()
	a, err := onion.FromPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func peerOf(t testing.TB, key []byte) peer.ID {
	t.Helper()
	pub, err := crypto.UnmarshalEd25519PublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	id, err := peer.IDFromPublicKey(pub)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func multiaddr(t testing.TB, l contactlink.Link) string {
	t.Helper()
	m, err := l.Multiaddr()
	if err != nil {
		t.Fatal(err)
	}
	return m.String()
}
