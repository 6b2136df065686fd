package contactlink_test

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"filippo.io/edwards25519"

	"github.com/onionwire/onionwire/node/contactlink"
	"github.com/onionwire/onionwire/tortransport/onion"
)

// TestCheck: what Parse would refuse has no form in which it could be given to
// others.
func TestCheck(t *testing.T) {
	t.Parallel()
	fine := parse(t, good)
	fine.Name = "Alice"
	if err := fine.Check(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*contactlink.Link){
		"zero":                  func(l *contactlink.Link) { *l = contactlink.Link{} },
		"no port":               func(l *contactlink.Link) { l.Port = 0 },
		"no peer":               func(l *contactlink.Link) { l.Peer = "" },
		"no onion address":      func(l *contactlink.Link) { l.Onion = onion.Address{} },
		"onion key of identity": func(l *contactlink.Link) { l.Peer = peerOf(t, l.Onion.PublicKey()) },
		"name":                  func(l *contactlink.Link) { l.Name = "Ali\nce" },
		"long name":             func(l *contactlink.Link) { l.Name = strings.Repeat("x", contactlink.MaxName+1) },
	} {
		l := fine
		spoil(&l)
		if err := l.Check(); !errors.Is(err, contactlink.ErrMalformed) {
			t.Errorf("%s: error %v", name, err)
		}
		if l.String() != "" || l.QR() != "" {
			t.Errorf("%s: it is written as %s", name, l)
		}
	}
}

func TestNoMultiaddr(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*contactlink.Link){
		"zero":             func(l *contactlink.Link) { *l = contactlink.Link{} },
		"no port":          func(l *contactlink.Link) { l.Port = 0 },
		"no peer":          func(l *contactlink.Link) { l.Peer = "" },
		"no peer ID":       func(l *contactlink.Link) { l.Peer = goodPeer },
		"no onion address": func(l *contactlink.Link) { l.Onion = onion.Address{} },
	} {
		l := parse(t, good)
		spoil(&l)
		if m, err := l.Multiaddr(); err == nil {
			t.Errorf("%s: it has the multiaddr %s", name, m)
		} else if strings.Contains(err.Error(), goodPeer) || strings.Contains(err.Error(), goodOnion) {
			t.Errorf("%s: the error repeats the link: %v", name, err)
		}
	}
}

func TestLinkIsShortInLogs(t *testing.T) {
	t.Parallel()
	l := parse(t, good)
	l.Name, l.ClientKey, l.Invite = "Alice", [32]byte([]byte(strings.Repeat("k", 32))), [16]byte([]byte(strings.Repeat("i", 16)))
	var b strings.Builder
	slog.New(slog.NewTextHandler(&b, nil)).Info("x", "contact", l)
	for _, secret := range []string{goodOnion, goodPeer, "Alice", l.String(), "onionwire:", "kkk", "6b6b", "107 107", "iii", "6969", "105 105"} {
		if strings.Contains(b.String(), secret) {
			t.Errorf("logged as %q", b.String())
		}
	}
}

// TestBadKeysAreWhatTheyAreSaidToBe, so that each is refused for its own reason.
func TestBadKeysAreWhatTheyAreSaidToBe(t *testing.T) {
	t.Parallel()
	for _, k := range badKeys(t) {
		p, err := new(edwards25519.Point).SetBytes(k.key)
		if off := k.comment == "not on the curve"; off != (err != nil) {
			t.Errorf("%s: decoded with %v", k.comment, err)
		} else if off {
			continue
		}
		if odd := strings.Contains(k.comment, ", ") || strings.Contains(k.comment, "canonical"); odd == bytes.Equal(p.Bytes(), k.key) {
			t.Errorf("%s: its own encoding is %x", k.comment, p.Bytes())
		}
		small := new(edwards25519.Point).MultByCofactor(p).Equal(edwards25519.NewIdentityPoint()) == 1
		if want := strings.HasPrefix(k.comment, "of order") || strings.HasPrefix(k.comment, "neutral"); small != want {
			t.Errorf("%s: of small order: %v", k.comment, small)
		}
	}
}

// TestQRFitsAlphanumericMode: a third less room than bytes take.
func TestQRFitsAlphanumericMode(t *testing.T) {
	t.Parallel()
	l := parse(t, good)
	l.Name = "Zoë 🧅"
	if rest := strings.Trim(l.QR(), "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"); rest != "" || l.QR() == "" {
		t.Errorf("%s has other characters", l.QR())
	}
}
