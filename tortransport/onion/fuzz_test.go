package onion_test

import (
	"errors"
	"strings"
	"testing"

	ma "github.com/multiformats/go-multiaddr"
	"github.com/onionwire/onionwire/tortransport/onion"
)

// FuzzParse checks that a text is either one of the forms of the address it
// parses to, or is refused with one of the documented errors that does not quote
// it.
func FuzzParse(f *testing.F) {
	for _, id := range append(published, brokenChecksum...) {
		f.Add(id)
		f.Add(strings.ToUpper(id) + ".ONION")
	}
	f.Add("expyuzz4wqqyqhjn.onion")
	f.Add(encodeAddress(make([]byte, 32), 3))
	f.Add(encodeAddress([]byte(strings.Repeat("k", 32)), 4))
	f.Add(published[0][:30] + "\r\n" + published[0][30:])
	f.Add("\u212a" + published[0][3:])
	f.Add("")

	f.Fuzz(func(t *testing.T, s string) {
		a, err := onion.Parse(s)
		if err != nil {
			wantOneOf(t, err, onion.ErrMalformed, onion.ErrChecksum, onion.ErrVersion)
			if !a.IsZero() {
				t.Fatal("an address came back with an error")
			}
			if len(s) >= 50 && strings.Contains(err.Error(), s[5:45]) {
				t.Fatalf("error quotes the address: %q", err)
			}
			return
		}
		if a.IsZero() {
			t.Fatal("the zero Address came back without an error")
		}
		if !strings.EqualFold(s, a.String()) && !strings.EqualFold(s, a.ServiceID()) {
			t.Fatalf("%q parsed to %s", s, a)
		}
		if want := encodeAddress(a.PublicKey(), 3); a.ServiceID() != want {
			t.Fatalf("service ID is %s, want %s", a.ServiceID(), want)
		}
		if again, err := onion.Parse(a.String()); err != nil || again != a {
			t.Fatalf("%s does not parse to itself: %v", a, err)
		}
	})
}

// FuzzFromMultiaddr does the same for the wire form of a multiaddr.
func FuzzFromMultiaddr(f *testing.F) {
	for _, s := range []string{
		"/onion3/" + published[0] + ":80",
		"/onion3/" + published[1] + ":65535" + peerID,
		"/onion3/" + brokenChecksum[0] + ":1",
		"/onion3/" + encodeAddress([]byte(strings.Repeat("k", 32)), 4) + ":1",
		"/onion/expyuzz4wqqyqhjn:80",
		"/ip4/127.0.0.1/tcp/80",
		peerID,
	} {
		f.Add(ma.StringCast(s).Bytes())
	}
	f.Add([]byte{})

	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := ma.NewMultiaddrBytes(data)
		if err != nil {
			m = nil
		}
		a, port, err := onion.FromMultiaddr(m)
		if err != nil {
			wantOneOf(t, err, onion.ErrNotOnion, onion.ErrMalformed, onion.ErrChecksum, onion.ErrVersion)
			if !a.IsZero() || port != 0 {
				t.Fatal("a result came back with an error")
			}
			return
		}
		back, err := a.Multiaddr(port)
		if err != nil {
			t.Fatal(err)
		}
		if !m[:1].Equal(back) {
			t.Fatalf("%s came back as %s", m, back)
		}
		if again, err := onion.Parse(a.String()); err != nil || again != a {
			t.Fatalf("%s is not accepted as text: %v", a, err)
		}
	})
}

// wantOneOf fails the test unless err matches exactly one of kinds.
func wantOneOf(t *testing.T, err error, kinds ...error) {
	t.Helper()
	n := 0
	for _, k := range kinds {
		if errors.Is(err, k) {
			n++
		}
	}
	if n != 1 {
		t.Fatalf("error %v matches %d of the documented ones, want 1", err, n)
	}
}
