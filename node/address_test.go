package node_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/peer"
	mh "github.com/multiformats/go-multihash"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/tortransport/onion"
)

const (
	goodOnion = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd"
	goodPeer  = "12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA"
)

func TestParseAddress(t *testing.T) {
	t.Parallel()
	good := "/onion3/" + goodOnion + ":4001/p2p/" + goodPeer
	for _, s := range []string{
		good,
		" " + good + "\n",
		"/onion3/" + strings.ToUpper(goodOnion) + ":4001/p2p/" + goodPeer,
		"/onion3/" + goodOnion + ".onion:4001/p2p/" + goodPeer,
	} {
		a, err := node.ParseAddress(s)
		if err != nil {
			t.Errorf("%q: %v", s, err)
		} else if a.String() != good || a.Port != 4001 {
			t.Errorf("%q became %q", s, a)
		}
	}
}

func TestParseAddressRefuses(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, s string
		also    error
	}{
		{"nothing", "", nil},
		{"slashes", "////", nil},
		{"no peer ID", "/onion3/" + goodOnion + ":4001", nil},
		{"empty peer ID", "/onion3/" + goodOnion + ":4001/p2p/", nil},
		{"no slash", "onion3/" + goodOnion + ":4001/p2p/" + goodPeer, nil},
		{"older name of p2p", "/onion3/" + goodOnion + ":4001/ipfs/" + goodPeer, nil},
		{"other protocol", "/dns4/" + goodOnion + ":4001/p2p/" + goodPeer, nil},
		{"IP address", "/ip4/127.0.0.1/tcp/4001/p2p/" + goodPeer, nil},
		{"wrong checksum", "/onion3/" + goodOnion[:1] + "a" + goodOnion[2:] + ":4001/p2p/" + goodPeer, onion.ErrChecksum},
		{"wrong version", "/onion3/" + goodOnion[:55] + "a:4001/p2p/" + goodPeer, onion.ErrVersion},
		{"version 2", "/onion3/expyuzz4wqqyqhjn:4001/p2p/" + goodPeer, onion.ErrVersion},
		{"too short", "/onion3/" + goodOnion[1:] + ":4001/p2p/" + goodPeer, onion.ErrMalformed},
		{"space within", "/onion3/" + goodOnion[:9] + " " + goodOnion[9:] + ":4001/p2p/" + goodPeer, onion.ErrMalformed},
		{"no port", "/onion3/" + goodOnion + "/p2p/" + goodPeer, nil},
		{"empty port", "/onion3/" + goodOnion + ":/p2p/" + goodPeer, nil},
		{"port 0", "/onion3/" + goodOnion + ":0/p2p/" + goodPeer, nil},
		{"port too large", "/onion3/" + goodOnion + ":65536/p2p/" + goodPeer, nil},
		{"signed port", "/onion3/" + goodOnion + ":+4001/p2p/" + goodPeer, nil},
		{"two ports", "/onion3/" + goodOnion + ":4001:4002/p2p/" + goodPeer, nil},
		{"port with a space", "/onion3/" + goodOnion + ": 4001/p2p/" + goodPeer, nil},
		{"peer ID with a space", "/onion3/" + goodOnion + ":4001/p2p/ " + goodPeer, nil},
		{"damaged peer ID", "/onion3/" + goodOnion + ":4001/p2p/" + goodPeer[:20], nil},
		{"RSA peer ID", "/onion3/" + goodOnion + ":4001/p2p/QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N", nil},
		{"other kind of key", "/onion3/" + goodOnion + ":4001/p2p/" + secp256k1Peer(t), nil},
		{"other form of the peer ID", "/onion3/" + goodOnion + ":4001/p2p/" + oddPeer(t), nil},
		{"something behind", "/onion3/" + goodOnion + ":4001/p2p/" + goodPeer + "/p2p-circuit", nil},
		{"slash behind", "/onion3/" + goodOnion + ":4001/p2p/" + goodPeer + "/", nil},
		{"two addresses", strings.Repeat("/onion3/"+goodOnion+":4001/p2p/"+goodPeer, 2), nil},
		{"much", strings.Repeat("/onion3/", 1<<16), nil},
	} {
		a, err := node.ParseAddress(tc.s)
		if !errors.Is(err, node.ErrAddress) || tc.also != nil && !errors.Is(err, tc.also) {
			t.Errorf("%s: error %v", tc.name, err)
			continue
		}
		if a != (node.Address{}) {
			t.Errorf("%s: an address beside the error", tc.name)
		}
		for _, part := range append(strings.Split(tc.s, "/"), tc.s) {
			if len(part) > 16 && strings.Contains(err.Error(), part) {
				t.Errorf("%s: the error repeats what was given: %v", tc.name, err)
			}
		}
	}
}

func secp256k1Peer(t testing.TB) string {
	t.Helper()
	_, pub, err := crypto.GenerateSecp256k1Key(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	id, err := peer.IDFromPublicKey(pub)
	if err != nil {
		t.Fatal(err)
	}
	return id.String()
}

// oddPeer encodes the key of goodPeer in another way than libp2p does. No
// connection would prove such a peer ID, and it would pass for another person.
func oddPeer(t testing.TB) string {
	t.Helper()
	id, err := peer.Decode(goodPeer)
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := mh.Decode([]byte(id))
	if err != nil {
		t.Fatal(err)
	}
	// A protobuf field that nobody knows.
	odd, err := mh.Encode(append(decoded.Digest, 0x18, 1), mh.IDENTITY)
	if err != nil {
		t.Fatal(err)
	}
	return peer.ID(odd).String()
}

func TestAddressIsShortInLogs(t *testing.T) {
	t.Parallel()
	a, err := node.ParseAddress("/onion3/" + goodOnion + ":4001/p2p/" + goodPeer)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	slog.New(slog.NewTextHandler(&b, nil)).Info("x", "contact", a)
	if s := b.String(); strings.Contains(s, goodOnion) || strings.Contains(s, goodPeer) {
		t.Errorf("logged as %q", s)
	}
	if s := (node.Address{}).String(); s != "" {
		t.Errorf("the zero address prints as %q", s)
	}
}

// FuzzParseAddress checks that what is accepted has one form, and what is not
// is refused with the right error.
func FuzzParseAddress(f *testing.F) {
	good := "/onion3/" + goodOnion + ":4001/p2p/" + goodPeer
	for _, s := range []string{"", good, " " + good, good + "/", strings.ToUpper(good), good[:70], "/onion3/x:1/p2p/y"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := node.ParseAddress(s)
		if err != nil {
			if !errors.Is(err, node.ErrAddress) {
				t.Fatalf("error %v", err)
			}
			return
		}
		again, err := node.ParseAddress(a.String())
		if err != nil || again != a {
			t.Fatalf("%q became %q and that became %q, %v", s, a, again, err)
		}
		pub, err := a.Peer.ExtractPublicKey()
		if err != nil {
			t.Fatal(err)
		}
		raw, err := pub.Raw()
		if err != nil || len(raw) != ed25519.PublicKeySize {
			t.Fatalf("the key has %d bytes, %v", len(raw), err)
		}
	})
}
