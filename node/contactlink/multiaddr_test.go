package contactlink_test

import (
	"crypto/rand"
	"slices"
	"strings"
	"testing"

	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/peer"
	mh "github.com/multiformats/go-multihash"

	"github.com/onionwire/onionwire/node/contactlink"
)

func TestParseMultiaddr(t *testing.T) {
	t.Parallel()
	l := parse(t, " "+good+"\n")
	if l.Onion.ServiceID() != goodOnion || l.Port != 4001 || l.Peer.String() != goodPeer || l.Name != "" {
		t.Errorf("read as %q", l)
	}
	if multiaddr(t, l) != good {
		t.Errorf("written as %s", multiaddr(t, l))
	}
	// What libp2p programs write is read, and the other way round.
	if m, err := l.Multiaddr(); err != nil {
		t.Error(err)
	} else if info, err := peer.AddrInfoFromP2pAddr(m); err != nil || info.ID != l.Peer {
		t.Errorf("libp2p reads it as %v, %v", info, err)
	}
}

func refusedMultiaddrs(t testing.TB, add adder) {
	t.Helper()
	const address, peerID = "/onion3/" + goodOnion + ":4001", "/p2p/" + goodPeer
	for _, tc := range []struct{ class, comment, text string }{
		{"malformed", "slashes", "////"},
		{"malformed", "no peer ID", address},
		{"malformed", "an empty peer ID", address + "/p2p/"},
		{"malformed", "no slash before it", good[1:]},
		{"malformed", "the older name of p2p", address + "/ipfs/" + goodPeer},
		{"malformed", "another protocol", "/dns4/" + goodOnion + ":4001" + peerID},
		{"malformed", "an IP address", "/ip4/127.0.0.1/tcp/4001" + peerID},
		{"malformed", "an onion address in upper case", "/onion3/" + strings.ToUpper(goodOnion) + ":4001" + peerID},
		{"malformed", "an onion address with its ending", "/onion3/" + goodOnion + ".onion:4001" + peerID},
		{"malformed", "all in upper case", strings.ToUpper(good)},
		{"checksum", "a wrong character in the onion address", "/onion3/" + goodOnion[:1] + "a" + goodOnion[2:] + ":4001" + peerID},
		{"malformed", "an onion address of another version", "/onion3/" + goodOnion[:55] + "a:4001" + peerID},
		{"malformed", "an onion address of version 2", "/onion3/expyuzz4wqqyqhjn:4001" + peerID},
		{"malformed", "an onion address that is too short", "/onion3/" + goodOnion[1:] + ":4001" + peerID},
		{"malformed", "a space in the onion address", "/onion3/" + goodOnion[:9] + " " + goodOnion[9:] + ":4001" + peerID},
		{"malformed", "no port", "/onion3/" + goodOnion + peerID},
		{"malformed", "an empty port", "/onion3/" + goodOnion + ":" + peerID},
		{"malformed", "port 0 in a multiaddr", "/onion3/" + goodOnion + ":0" + peerID},
		{"malformed", "a port that is too large", "/onion3/" + goodOnion + ":65536" + peerID},
		{"malformed", "a port with a sign", "/onion3/" + goodOnion + ":+4001" + peerID},
		{"malformed", "a port with a zero before it", "/onion3/" + goodOnion + ":04001" + peerID},
		{"malformed", "two ports", "/onion3/" + goodOnion + ":4001:4002" + peerID},
		{"malformed", "a port with a space", "/onion3/" + goodOnion + ": 4001" + peerID},
		{"malformed", "a peer ID with a space", address + "/p2p/ " + goodPeer},
		{"malformed", "a peer ID that is cut off", address + peerID[:20]},
		{"malformed", "a peer ID of an RSA key", address + "/p2p/QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N"},
		{"malformed", "a peer ID with a field behind the key", address + "/p2p/" + oddPeer(t, nil, []byte{0x18, 1})},
		{"malformed", "a peer ID with a field before the key", address + "/p2p/" + oddPeer(t, []byte{0x18, 1}, nil)},
		{"malformed", "a peer ID with the type of the key twice", address + "/p2p/" + oddPeer(t, []byte{0x08, 1}, nil)},
		{"malformed", "a peer ID with the type of the key in two bytes", address + "/p2p/" + longTypedPeer(t)},
		{"malformed", "a peer ID with the type behind the key", address + "/p2p/" + exchangedPeer(t)},
		{"malformed", "a control character before it that is no white space", "\x1c" + good},
		{"malformed", "a control character behind it that is no white space", good + "\x1f"},
		{"malformed", "a peer ID as a CID", address + "/p2p/" + peer.ToCid(parse(t, good).Peer).String()},
		{"malformed", "something behind the peer ID", good + "/p2p-circuit"},
		{"malformed", "a slash behind the peer ID", good + "/"},
		{"malformed", "two multiaddrs", good + good},
		{"malformed", "two multiaddrs with a space between", good + " " + good},
		{"malformed", "both forms", good + " " + parse(t, good).String()},
		{"malformed", "a long multiaddr", strings.Repeat("/onion3/", 512)},
	} {
		add(tc.class, tc.comment, tc.text)
	}
	identity := peerOf(t, keyOf(0x20)).String()
	for _, k := range badKeys(t) {
		service := addressOf(t, k.key).ServiceID()
		add("malformed", "a multiaddr with an onion key that is "+k.comment, "/onion3/"+service+":4001/p2p/"+identity)
		add("malformed", "a multiaddr with an identity key that is "+k.comment, address+"/p2p/"+peerOf(t, k.key).String())
	}
	add("malformed", "a multiaddr with an onion key that is the identity key",
		"/onion3/"+addressOf(t, keyOf(0x20)).ServiceID()+":4001/p2p/"+identity)
}

// TestOtherKindOfKey: of the kinds of keys whose peer ID contains them, only one
// will do.
func TestOtherKindOfKey(t *testing.T) {
	t.Parallel()
	_, pub, err := crypto.GenerateSecp256k1Key(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	id, err := peer.IDFromPublicKey(pub)
	if err != nil {
		t.Fatal(err)
	}
	wantRefused(t, vectorRefused{"secp256k1", "/onion3/" + goodOnion + ":4001/p2p/" + id.String(), "malformed"})
	if _, err := contactlink.IdentityKey(id); err == nil {
		t.Error("it has an identity key")
	}
}

// oddPeer, longTypedPeer and exchangedPeer encode the key of goodPeer in another
// way than libp2p does, to the same key for whoever reads protobuf. No connection
// would prove such a peer ID, and it would pass for another person.
func oddPeer(t testing.TB, before, behind []byte) string {
	t.Helper()
	return peerOfProtobuf(t, slices.Concat(before, protobufOfGood(t), behind))
}

func longTypedPeer(t testing.TB) string {
	t.Helper()
	return peerOfProtobuf(t, append([]byte{0x08, 0x81, 0x00}, protobufOfGood(t)[2:]...))
}

func exchangedPeer(t testing.TB) string {
	t.Helper()
	key := protobufOfGood(t)
	return peerOfProtobuf(t, append(slices.Clone(key[2:]), key[:2]...))
}

// protobufOfGood is 08 01 12 20 (hexadecimal) and the key.
func protobufOfGood(t testing.TB) []byte {
	t.Helper()
	id, err := peer.Decode(goodPeer)
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := mh.Decode([]byte(id))
	if err != nil {
		t.Fatal(err)
	}
	return decoded.Digest
}

func peerOfProtobuf(t testing.TB, key []byte) string {
	t.Helper()
	hash, err := mh.Encode(key, mh.IDENTITY)
	if err != nil {
		t.Fatal(err)
	}
	return peer.ID(hash).String()
}
