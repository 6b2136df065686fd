package onion_test

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/tortransport/onion"
)

// clientPairs are the key pairs of RFC 7748 section 6.1, in hexadecimal.
var clientPairs = []struct{ private, public string }{
	{
		"77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
		"8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
	},
	{
		"5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
		"de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
	},
}

// smallOrder are points for which every shared secret is zero: the list in
// https://cr.yp.to/ecdh.html, but for those that differ in the unused bit only.
var smallOrder = []string{
	"0000000000000000000000000000000000000000000000000000000000000000",
	"0100000000000000000000000000000000000000000000000000000000000000",
	"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
	"5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	raw, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// base32Text is the standard library's base32 of bytes in hexadecimal.
func base32Text(t testing.TB, s string) string {
	t.Helper()
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(unhex(t, s))
}

func mustClientKey(t testing.TB, s string) onion.ClientKey {
	t.Helper()
	k, err := onion.ParseClientKey(s)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestClientKeyForms(t *testing.T) {
	a := mustParse(t, published[0])
	for _, pair := range clientPairs {
		secret, public := base32Text(t, pair.private), base32Text(t, pair.public)
		k := mustClientKey(t, secret)
		if got := k.Public().String(); got != public {
			t.Errorf("public half is %s, want %s", got, public)
		}
		if k.Secret() != secret || !mustClientKey(t, strings.ToLower(secret)).Equal(k) {
			t.Error("the secret does not lead back to its key")
		}
		if want := "x25519:" + base64.StdEncoding.EncodeToString(unhex(t, pair.private)); k.ControlString() != want {
			t.Errorf("control string is %s, want %s", k.ControlString(), want)
		}
		line := published[0] + ":descriptor:x25519:" + secret
		if k.Credential(a) != line {
			t.Errorf("credential is %s, want %s", k.Credential(a), line)
		}
		for _, line := range []string{line, line + "\n", " " + strings.ToUpper(published[0]) + line[len(published[0]):] + "\r\n"} {
			gotA, gotK, err := onion.ParseClientCredential(line)
			if err != nil || gotA != a || !gotK.Equal(k) {
				t.Errorf("%q: %s, %v", line, gotA, err)
			}
		}
		for _, text := range []string{public, strings.ToLower(public), "descriptor:x25519:" + public + "\n"} {
			if p, err := onion.ParseClientPublicKey(text); err != nil || p != k.Public() {
				t.Errorf("%q: %s, %v", text, p, err)
			}
		}
		if want := "descriptor:x25519:" + public; k.Public().AuthorizedClient() != want {
			t.Errorf("line of the service is %s, want %s", k.Public().AuthorizedClient(), want)
		}
	}
}

func TestGenerateClientKey(t *testing.T) {
	a, err := onion.GenerateClientKey()
	if err != nil {
		t.Fatal(err)
	}
	b, err := onion.GenerateClientKey()
	if err != nil {
		t.Fatal(err)
	}
	if a.Equal(b) || a.Public() == b.Public() {
		t.Error("two new keys are the same")
	}
	if !a.Equal(a) || a.Equal(onion.ClientKey{}) || (onion.ClientKey{}).Equal(a) || !(onion.ClientKey{}).Equal(onion.ClientKey{}) {
		t.Error("Equal is wrong")
	}
	if _, err := onion.ParseClientPublicKey(a.Public().String()); err != nil {
		t.Error(err)
	}
}

func TestMalformedClientKeys(t *testing.T) {
	good := base32Text(t, clientPairs[0].private)
	for name, s := range map[string]string{
		"empty":          "",
		"short":          good[1:],
		"long":           good + "A",
		"padding":        good + "====",
		"line break":     good[:20] + "\n" + good[21:],
		"digit":          "0" + good[1:],
		"Kelvin sign":    "\u212a" + good[3:],
		"long s":         "\u017f" + good[2:],
		"last bits":      good[:51] + string(good[51]+1),
		"zeros":          strings.Repeat("A", 52),
		"an address":     published[0],
		"x25519":         "x25519:" + good,
		"kind of key":    "descriptor:ed25519:" + good,
		"space inside":   good[:20] + " " + good[21:],
		"not even ASCII": "\xff" + good[1:],
	} {
		t.Run(name, func(t *testing.T) {
			k, err := onion.ParseClientKey(s)
			wantRejected(t, err, k.IsZero(), s)
			p, err := onion.ParseClientPublicKey(s)
			wantRejected(t, err, p.IsZero(), s)
			a, k, err := onion.ParseClientCredential(published[0] + ":descriptor:x25519:" + s)
			wantRejected(t, err, a.IsZero() && k.IsZero(), s)
		})
	}
	for _, line := range []string{published[0], published[0] + ":" + good, published[0] + ":x25519:" + good, ""} {
		_, _, err := onion.ParseClientCredential(line)
		wantRejected(t, err, true, line)
	}
	_, _, err := onion.ParseClientCredential(brokenChecksum[0] + ":descriptor:x25519:" + good)
	if !errors.Is(err, onion.ErrChecksum) {
		t.Errorf("credential for a damaged address: %v", err)
	}
}

// wantRejected checks an error, and that it does not quote what may be a secret.
func wantRejected(t *testing.T, err error, zero bool, s string) {
	t.Helper()
	if !errors.Is(err, onion.ErrClientKey) {
		t.Fatalf("error is %v, want ErrClientKey", err)
	}
	if !zero {
		t.Error("a key came back with an error")
	}
	if len(s) >= 50 && strings.Contains(err.Error(), s[5:15]) {
		t.Errorf("error quotes the key: %v", err)
	}
}

// With such a key in its list a service would be open to everybody.
func TestKeysOfSmallOrderAreRefused(t *testing.T) {
	for _, point := range smallOrder {
		p, err := onion.ParseClientPublicKey(base32Text(t, point))
		if !errors.Is(err, onion.ErrClientKey) || !p.IsZero() {
			t.Errorf("%s: %v", point, err)
		}
	}
}

func TestZeroClientKey(t *testing.T) {
	var k onion.ClientKey
	if !k.IsZero() || !k.Public().IsZero() {
		t.Error("the zero key is not zero")
	}
	p := k.Public()
	if p.String() != "" || p.Short() != "" || p.AuthorizedClient() != "" {
		t.Error("the zero public key has a text form")
	}
	for name, f := range map[string]func(){
		"Secret":        func() { _ = k.Secret() },
		"ControlString": func() { _ = k.ControlString() },
		"Credential":    func() { _ = k.Credential(mustParse(t, published[0])) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s of the zero key does not panic", name)
				}
			}()
			f()
		}()
	}
}

func TestClientPublicKeyText(t *testing.T) {
	p := mustClientKey(t, base32Text(t, clientPairs[0].private)).Public()
	data, err := json.Marshal([]onion.ClientPublicKey{p, {}})
	if err != nil {
		t.Fatal(err)
	}
	var back []onion.ClientPublicKey
	if err := json.Unmarshal(data, &back); err != nil || len(back) != 2 || back[0] != p || !back[1].IsZero() {
		t.Errorf("%s came back as %v: %v", data, back, err)
	}
	kept := p
	if err := kept.UnmarshalText([]byte("nonsense")); err == nil || kept != p {
		t.Errorf("after an error it is %s: %v", kept, err)
	}
	if len(p.Short()) > 12 || p.LogValue().String() != p.Short() {
		t.Errorf("short form %q, in logs %q", p.Short(), p.LogValue())
	}
}
