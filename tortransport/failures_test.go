package tortransport_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"regexp"
	"strings"
	"testing"

	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/sec"
	ma "github.com/multiformats/go-multiaddr"
	"github.com/multiformats/go-multihash"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// wholeAddress matches what no error may contain: onion addresses, and peer IDs in
// base58 (46 letters and digits or more) or as CIDs.
var wholeAddress = regexp.MustCompile(`[A-Za-z0-9]{40}`)

func wantDiscreet(tb testing.TB, err error) {
	tb.Helper()
	if err != nil && wholeAddress.MatchString(err.Error()) {
		tb.Errorf("the error tells a whole address or peer ID")
	}
}

// damaged is the address of a new service with one byte of it changed: 33 is in
// the checksum, 34 the version.
func damaged(tb testing.TB, index int) ma.Multiaddr {
	tb.Helper()
	b := onionAddr(tb, newKey(tb)).Bytes()
	const prefix = 2 // the code of onion3
	b[prefix+index] ^= 1
	m, err := ma.NewMultiaddrBytes(b)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

func wrongChecksum(tb testing.TB) ma.Multiaddr {
	tb.Helper()
	return damaged(tb, 33)
}

func TestSOCKSReplies(t *testing.T) {
	f, d := fakeTor(t)
	p := newParty(t, d)
	for code, want := range map[byte]error{
		0x04: tortransport.ErrUnreachable,
		0x05: tortransport.ErrRefused,
		0x06: tortransport.ErrTimeout,
		0xf0: tortransport.ErrNotFound,
		0xf1: tortransport.ErrNotFound,
		0xf2: tortransport.ErrIntroduction,
		0xf3: tortransport.ErrRendezvous,
		0xf4: tortransport.ErrAuthMissing,
		0xf5: tortransport.ErrAuthBad,
		0xf6: onion.ErrMalformed,
		0xf7: tortransport.ErrTimeout,
		// Of these Tor does not say more than that it has failed.
		0x01: nil, 0x02: nil, 0x03: nil, 0x07: nil, 0x08: nil, 0x09: nil, 0xf8: nil, 0xff: nil,
	} {
		t.Run(fmt.Sprintf("0x%02x", code), func(t *testing.T) {
			f.OnSocks(func(tortest.FakeRequest) tortest.FakeSocksReply { return tortest.FakeSocksReply{Code: code} })
			err := p.dialFails(t, testContext(t), onionAddr(t, newKey(t)), p.id) // one that nothing is remembered of
			if want != nil && !errors.Is(err, want) {
				t.Errorf("got %v, want %v", err, want)
			}
			wantDiscreet(t, err)
		})
	}
}

func TestMalformedAddresses(t *testing.T) {
	_, d := fakeTor(t)
	k := newKey(t)
	p := newParty(t, d, k)
	good := onionAddr(t, k)
	for _, tc := range []struct {
		name string
		addr ma.Multiaddr
		want error
	}{
		{"checksum", wrongChecksum(t), onion.ErrChecksum},
		{"version", damaged(t, 34), onion.ErrVersion},
		{"not onion", ma.StringCast("/ip4/127.0.0.1/tcp/1"), onion.ErrNotOnion},
		{"empty", nil, onion.ErrNotOnion},
		{"trailing", good.Encapsulate(ma.StringCast("/ws")), nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, listenErr := p.Listen(tc.addr)
			for _, err := range []error{p.dialFails(t, testContext(t), tc.addr, p.id), listenErr} {
				if err == nil || tc.want != nil && !errors.Is(err, tc.want) {
					t.Errorf("got %v, want %v", err, tc.want)
				}
				wantDiscreet(t, err)
			}
		})
	}
}

func TestWrongPeer(t *testing.T) {
	_, d := fakeTor(t)
	k := newKey(t)
	addr := newParty(t, d, k).serve(t, k)
	stranger := randomPeer(t)
	err := newParty(t, d).dialFails(t, testContext(t), addr, stranger)
	if mismatch := (sec.ErrPeerIDMismatch{}); !errors.As(err, &mismatch) || mismatch.Expected != stranger {
		t.Errorf("got %v, want sec.ErrPeerIDMismatch", err)
	}
	wantDiscreet(t, err)
	if s := stranger.String(); !strings.Contains(err.Error(), s[:4]+"…"+s[len(s)-4:]) {
		t.Errorf("error %q does not say who was expected", err)
	}
}

// tellingDialer fails as x/net's SOCKS dialler does, with the address in full, and
// names a peer besides.
type tellingDialer struct{ peer string }

func (d tellingDialer) DialContext(_ context.Context, network, address string) (net.Conn, error) {
	return nil, &net.OpError{Op: "socks connect " + address + " for peer_" + d.peer, Net: network, Err: errRefusedByManager}
}

// TestForeignErrors: what others say in full is shortened, and still matches.
func TestForeignErrors(t *testing.T) {
	ed25519 := randomPeer(t)
	digest, err := multihash.Sum([]byte(ed25519), multihash.SHA2_256, -1) // as of an RSA key
	if err != nil {
		t.Fatal(err)
	}
	for name, id := range map[string]string{
		"Ed25519": ed25519.String(),
		"RSA":     peer.ID(digest).String(),
		"CID":     peer.ToCid(ed25519).String(),
	} {
		t.Run(name, func(t *testing.T) {
			p := partyConfig{}.new(t, tortransport.WithDialer(tellingDialer{id}))
			err := p.dialFails(t, testContext(t), onionAddr(t, newKey(t)), p.id)
			wantDiscreet(t, err)
			var op *net.OpError
			if !errors.Is(err, errRefusedByManager) || !errors.As(err, &op) {
				t.Errorf("got %v, want the dialler's own error", err)
			}
		})
	}
}
