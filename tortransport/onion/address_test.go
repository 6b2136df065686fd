package onion_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/tortransport/onion"
	"pgregory.net/rapid"
)

// publicKeys draws any 32 bytes except zeros, be they a point of the curve or
// not.
func publicKeys() *rapid.Generator[ed25519.PublicKey] {
	return rapid.Custom(func(t *rapid.T) ed25519.PublicKey {
		return rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "public key")
	}).Filter(func(k ed25519.PublicKey) bool { return !bytes.Equal(k, make([]byte, 32)) })
}

func TestAddressRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := publicKeys().Draw(t, "key")
		a, err := onion.FromPublicKey(key)
		if err != nil {
			t.Fatal(err)
		}
		if !a.PublicKey().Equal(key) {
			t.Error("another public key came back")
		}
		if a.ServiceID() != encodeAddress(key, 3) {
			t.Errorf("service ID is %s, want %s", a.ServiceID(), encodeAddress(key, 3))
		}

		// In a random mixture of cases, with and without suffix.
		s := []byte(a.String())
		for i, up := range rapid.SliceOfN(rapid.Bool(), len(s), len(s)).Draw(t, "upper case") {
			if up {
				s[i] = bytes.ToUpper(s[i : i+1])[0]
			}
		}
		if rapid.Bool().Draw(t, "no suffix") {
			s = s[:56]
		}
		got, err := onion.Parse(string(s))
		if err != nil {
			t.Fatal(err)
		}
		if got != a {
			t.Errorf("%s parsed to another address", s)
		}
	})
}

// One wrong character in 65536 passes the checksum, but never as the address it
// was made from.
func TestAddressHasOneForm(t *testing.T) {
	const alphabet = "abcdefghijklmnopqrstuvwxyz234567"
	rapid.Check(t, func(t *rapid.T) {
		a, err := onion.FromPublicKey(publicKeys().Draw(t, "key"))
		if err != nil {
			t.Fatal(err)
		}
		id := []byte(a.ServiceID())
		i := rapid.IntRange(0, len(id)-1).Draw(t, "position")
		c := alphabet[rapid.IntRange(0, 31).Draw(t, "character")]
		same := id[i] == c
		id[i] = c
		got, err := onion.Parse(string(id))
		if same != (err == nil && got == a) {
			t.Errorf("%s for %s: error %v", id, a, err)
		}
	})
}

func TestFromPublicKeyChecksItsArgument(t *testing.T) {
	for _, key := range []ed25519.PublicKey{nil, make([]byte, 31), make([]byte, 33), make([]byte, 32), bytes.Repeat([]byte{1}, 64)} {
		a, err := onion.FromPublicKey(key)
		wantKind(t, err, onion.ErrMalformed)
		if !a.IsZero() {
			t.Error("an address came back")
		}
	}
}

func TestAddressDoesNotShareMemory(t *testing.T) {
	key := bytes.Repeat([]byte{7}, 32)
	a, err := onion.FromPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	want := a.String()
	key[0] = 8
	a.PublicKey()[1] = 9
	if a.String() != want {
		t.Error("the address changed with a slice outside")
	}
}

func TestAddressAsMapKey(t *testing.T) {
	m := map[onion.Address]int{}
	for range 2 {
		for _, id := range published {
			m[mustParse(t, id)]++
		}
	}
	if len(m) != len(published) {
		t.Errorf("%d keys, want %d", len(m), len(published))
	}
}

func TestZeroAddress(t *testing.T) {
	var a onion.Address
	if !a.IsZero() || mustParse(t, published[0]).IsZero() {
		t.Error("IsZero is wrong")
	}
	if a.String() != "" || a.ServiceID() != "" || a.Short() != "" {
		t.Errorf("text forms are %q, %q and %q, want none", a.String(), a.ServiceID(), a.Short())
	}
	if a.PublicKey() != nil {
		t.Error("it has a public key")
	}
}

func TestAddressInJSON(t *testing.T) {
	type contact struct {
		Address onion.Address
		Others  map[onion.Address]bool
	}
	for _, want := range []contact{
		{},
		{mustParse(t, published[0]), map[onion.Address]bool{mustParse(t, published[1]): true}},
	} {
		data, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		got := contact{Address: mustParse(t, published[2])} // must be overwritten
		if err := json.Unmarshal(data, &got); err != nil {
			t.Fatal(err)
		}
		if got.Address != want.Address || len(got.Others) != len(want.Others) {
			t.Errorf("%s came back as %v", data, got)
		}
		for a := range want.Others {
			if !got.Others[a] {
				t.Errorf("%s lost an address used as a key", data)
			}
		}
	}
}

func TestUnmarshalTextKeepsTheValueOnError(t *testing.T) {
	a := mustParse(t, published[0])
	wantKind(t, a.UnmarshalText([]byte(brokenChecksum[0])), onion.ErrChecksum)
	if a != mustParse(t, published[0]) {
		t.Error("the value changed")
	}
}

func TestLogsHoldTheShortForm(t *testing.T) {
	a := mustParse(t, published[0])
	if a.Short() != "pg6m…cryd.onion" {
		t.Errorf("short form is %q", a.Short())
	}
	var text, jsonText bytes.Buffer
	slog.New(slog.NewTextHandler(&text, nil)).Info("dial", "peer", a, slog.Group("g", "peer", a))
	slog.New(slog.NewJSONHandler(&jsonText, nil)).Info("dial", "peer", a, slog.Group("g", "peer", a))
	for _, got := range []string{text.String(), jsonText.String()} {
		if strings.Count(got, a.Short()) != 2 || strings.Contains(got, a.ServiceID()[:20]) {
			t.Errorf("log line is %s", got)
		}
	}
}
