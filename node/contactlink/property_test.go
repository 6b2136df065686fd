package contactlink_test

import (
	"crypto/ed25519"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/onionwire/onionwire/node/contactlink"
)

func keys() *rapid.Generator[ed25519.PublicKey] {
	return rapid.Custom(func(t *rapid.T) ed25519.PublicKey {
		seed := rapid.SliceOfN(rapid.Byte(), ed25519.SeedSize, ed25519.SeedSize).Draw(t, "seed")
		return ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
	})
}

func names() *rapid.Generator[string] {
	return rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]rune("aZ9 -_.'éßΩж漢字ليلى🧅👍")), 0, 16), func(r []rune) string {
		return strings.TrimSpace(string(r))
	})
}

func links(tb testing.TB) *rapid.Generator[contactlink.Link] {
	tb.Helper()
	return rapid.Custom(func(t *rapid.T) contactlink.Link {
		service := keys().Draw(t, "onion")
		identity := keys().Filter(func(k ed25519.PublicKey) bool { return !k.Equal(service) }).Draw(t, "identity")
		l := contactlink.Link{
			Onion: addressOf(tb, service),
			Port:  rapid.Uint16Min(1).Draw(t, "port"),
			Peer:  peerOf(tb, identity),
			Name:  names().Draw(t, "name"),
		}
		copy(l.ClientKey[:], rapid.SliceOfN(rapid.Byte(), 0, 32).Draw(t, "client key"))
		copy(l.Invite[:], rapid.SliceOfN(rapid.Byte(), 0, 16).Draw(t, "invite"))
		return l
	})
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		l := links(t).Draw(r, "link")
		for _, text := range []string{l.String(), l.QR()} {
			if got, err := contactlink.Parse(text); err != nil || got != l {
				r.Fatalf("%s came back as %v, %v", text, got, err)
			}
		}
		bare := contactlink.Link{Onion: l.Onion, Port: l.Port, Peer: l.Peer}
		if got, err := contactlink.Parse(multiaddr(t, l)); err != nil || got != bare {
			r.Fatalf("%s came back as %v, %v", multiaddr(t, l), got, err)
		}
	})
}

// TestAnyMistakeOfTypingIsFound: a character exchanged, left out, doubled or put
// in, or two neighbours swapped.
func TestAnyMistakeOfTypingIsFound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		l := links(t).Draw(r, "link")
		text := rapid.SampledFrom([]string{l.String(), l.QR()}).Draw(r, "form")
		at := rapid.IntRange(0, len(text)-2).Draw(r, "at")
		c := string(rapid.ByteRange('!', '~').Draw(r, "character"))
		for kind, wrong := range map[string]string{
			"exchanged": text[:at] + c + text[at+1:],
			"left out":  text[:at] + text[at+1:],
			"doubled":   text[:at+1] + text[at:],
			"put in":    text[:at] + c + text[at:],
			"swapped":   text[:at] + text[at+1:at+2] + text[at:at+1] + text[at+2:],
			"cut off":   text[:at],
		} {
			if got, err := contactlink.Parse(wrong); wrong != text && err == nil {
				r.Fatalf("%s was read as %v with character %d %s", text, got, at, kind)
			}
		}
	})
}

// TestEveryCharacterCounts tries all other characters at all places of one link.
func TestEveryCharacterCounts(t *testing.T) {
	t.Parallel()
	text := newReference(0x40, 0x60, field(1, "Alice")).text()
	for at := range len(text) {
		for c := range 256 {
			wrong := text[:at] + string([]byte{byte(c)}) + text[at+1:]
			if _, err := contactlink.Parse(wrong); wrong != text && err == nil {
				t.Errorf("accepted with character %d as %q", at, rune(c))
			}
		}
		if _, err := contactlink.Parse(text[:at]); err == nil {
			t.Errorf("accepted when cut off after %d characters", at)
		}
	}
}
