package contactlink_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node/contactlink"
)

// wantOneSpelling fails unless a link that was read leads back to what it was read
// from, up to the spellings that are allowed.
func wantOneSpelling(t *testing.T, s string, l contactlink.Link, err error) {
	t.Helper()
	if err != nil {
		if !errors.Is(err, contactlink.ErrMalformed) && !errors.Is(err, contactlink.ErrChecksum) && !errors.Is(err, contactlink.ErrNewer) {
			t.Fatalf("error %v", err)
		}
		if l != (contactlink.Link{}) {
			t.Fatal("a link beside the error")
		}
		return
	}
	if err := l.Check(); err != nil {
		t.Fatalf("read what Check refuses: %v", err)
	}
	for _, text := range []string{l.String(), l.QR()} {
		if again, err := contactlink.Parse(text); err != nil || again != l {
			t.Fatalf("%q became %q and that became %q, %v", s, l, again, err)
		}
	}
	s = strings.TrimSpace(s)
	// Only fields to be skipped make a longer text than is written.
	if s != l.String() && s != l.QR() && s != multiaddr(t, l) && len(s) <= len(l.String()) {
		t.Fatalf("%q is another spelling of %q", s, l)
	}
}

func FuzzParse(f *testing.F) {
	link := newReference(0x00, 0x20, field(1, "Alice"), field(128, "later")).text()
	for _, s := range []string{
		"", good, " " + good, good + "/", strings.ToUpper(good), good[:70], "/onion3/x:1/p2p/y",
		link, strings.ToUpper(link), link[:60], "onionwire:", "onionwire:ae",
	} {
		f.Add(s)
	}
	for _, r := range refusedLinks(f) {
		f.Add(r.Text)
	}
	f.Fuzz(func(t *testing.T, s string) {
		l, err := contactlink.Parse(s)
		wantOneSpelling(t, s, l, err)
	})
}

// FuzzContent has the bytes below the base32 and the checksum.
func FuzzContent(f *testing.F) {
	for _, r := range []reference{
		newReference(0x00, 0x20),
		newReference(0x00, 0x20, field(1, "Alice")),
		newReference(0x00, 0x20, field(1, "Zoë 🧅"), field(128, ""), field(255, "later")),
		newReference(0x00, 0x20, field(2, "k")),
		newReference(0x00, 0x20, field(2, "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"), field(3, "iiiiiiiiiiiiiiii")),
		newReference(0x20, 0x20),
	} {
		f.Add(r.raw()[1:])
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		s := sealed(append([]byte{1}, content...))
		l, err := contactlink.Parse(s)
		if errors.Is(err, contactlink.ErrChecksum) {
			t.Fatal("the checksum does not fit")
		}
		wantOneSpelling(t, s, l, err)
	})
}
