package onion_test

import (
	"strconv"
	"strings"
	"testing"

	ma "github.com/multiformats/go-multiaddr"
	"github.com/onionwire/onionwire/tortransport/onion"
	"pgregory.net/rapid"
)

const peerID = "/p2p/12D3KooWBmAwcd4PJNJvfV89HwE48nwkRmAgo8Vy3uQEyNNHBox2"

func mustMultiaddr(t testing.TB, s string) ma.Multiaddr {
	t.Helper()
	m, err := ma.NewMultiaddr(s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMultiaddrRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, err := onion.FromPublicKey(publicKeys().Draw(t, "key"))
		if err != nil {
			t.Fatal(err)
		}
		port := rapid.Uint16Min(1).Draw(t, "port")
		m, err := a.Multiaddr(port)
		if err != nil {
			t.Fatal(err)
		}
		if want := "/onion3/" + a.ServiceID() + ":" + strconv.Itoa(int(port)); m.String() != want {
			t.Errorf("multiaddr is %s, want %s", m, want)
		}

		// Through the wire form, and with a peer ID after it.
		m, err = ma.NewMultiaddrBytes(m.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range []ma.Multiaddr{m, ma.Join(m, ma.StringCast(peerID))} {
			gotAddr, gotPort, err := onion.FromMultiaddr(m)
			if err != nil {
				t.Fatal(err)
			}
			if gotAddr != a || gotPort != port {
				t.Errorf("%s came back as %s and %d", m, gotAddr, gotPort)
			}
		}
	})
}

func TestMultiaddrNeedsAddressAndPort(t *testing.T) {
	if m, err := mustParse(t, published[0]).Multiaddr(0); err == nil || m != nil {
		t.Errorf("port 0: multiaddr %v, error %v", m, err)
	}
	m, err := onion.Address{}.Multiaddr(80)
	wantKind(t, err, onion.ErrMalformed)
	if m != nil {
		t.Errorf("zero Address: multiaddr %v", m)
	}
}

func TestFromMultiaddrRefuses(t *testing.T) {
	key := mustParse(t, published[0]).PublicKey()
	for name, tt := range map[string]struct {
		m    ma.Multiaddr
		kind error
	}{
		"nil":             {nil, onion.ErrNotOnion},
		"empty":           {ma.Multiaddr{}, onion.ErrNotOnion},
		"zero component":  {ma.Multiaddr{ma.Component{}}, onion.ErrNotOnion},
		"TCP":             {mustMultiaddr(t, "/ip4/127.0.0.1/tcp/80"), onion.ErrNotOnion},
		"version 2":       {mustMultiaddr(t, "/onion/expyuzz4wqqyqhjn:80"), onion.ErrNotOnion},
		"peer ID":         {mustMultiaddr(t, peerID), onion.ErrNotOnion},
		"onion in second": {mustMultiaddr(t, "/ip4/127.0.0.1/onion3/"+published[0]+":80"), onion.ErrNotOnion},
		"checksum":        {mustMultiaddr(t, "/onion3/"+brokenChecksum[0]+":80"), onion.ErrChecksum},
		"version":         {mustMultiaddr(t, "/onion3/"+encodeAddress(key, 4)+":80"), onion.ErrVersion},
		"all-zero key":    {mustMultiaddr(t, "/onion3/"+encodeAddress(make([]byte, 32), 3)+":80"), onion.ErrMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			a, port, err := onion.FromMultiaddr(tt.m)
			wantKind(t, err, tt.kind)
			if !a.IsZero() || port != 0 {
				t.Errorf("address %s and port %d came back", a, port)
			}
			if err != nil && strings.Contains(err.Error(), brokenChecksum[0][5:45]) {
				t.Errorf("error quotes the address: %q", err)
			}
		})
	}
}

func TestFromMultiaddrIgnoresWhatFollows(t *testing.T) {
	for _, rest := range []string{"", peerID, "/ws", peerID + "/p2p-circuit" + peerID} {
		a, port, err := onion.FromMultiaddr(mustMultiaddr(t, "/onion3/"+strings.ToUpper(published[0])+":65535"+rest))
		if err != nil {
			t.Fatal(err)
		}
		if a != mustParse(t, published[0]) || port != 65535 {
			t.Errorf("address %s and port %d", a, port)
		}
	}
}
