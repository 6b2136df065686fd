package profile_test

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/tortransport/onion"
)

func TestAddressesChange(t *testing.T) {
	root := t.TempDir()
	p := create(t, root, "alice")
	first := p.OnionKeys()[0]
	second, err := p.NewOnionKey()
	if err != nil {
		t.Fatal(err)
	}
	if second.Equal(first) {
		t.Fatal("the new key is the old one")
	}
	if link := p.Link(); link.Onion != second.Address() {
		t.Error("the link leads to the old address")
	}
	check := func(want ...onion.Key) {
		t.Helper()
		for what, got := range map[string][]onion.Address{
			"in memory": p.Card().Addresses, "on the disk": read(t, root, "alice").Addresses,
		} {
			if len(got) != len(want) {
				t.Fatalf("%s there are %d addresses, want %d", what, len(got), len(want))
			}
			for i := range want {
				if got[i] != want[i].Address() {
					t.Errorf("%s address %d is another one", what, i)
				}
			}
		}
	}
	check(second, first)
	shut(t, p)
	p = open(t, root)
	check(second, first)
	if err := p.RetireOnionKey(second.Address()); !errors.Is(err, profile.ErrNotRetiring) {
		t.Errorf("the current one: error is %v, want ErrNotRetiring", err)
	}
	if err := p.RetireOnionKey(first.Address()); err != nil {
		t.Fatal(err)
	}
	if err := p.RetireOnionKey(first.Address()); !errors.Is(err, profile.ErrNotRetiring) {
		t.Errorf("one that is not in use: error is %v, want ErrNotRetiring", err)
	}
	check(second)
	shut(t, p)
	p = open(t, root)
	check(second)
	if third, err := p.NewOnionKey(); err != nil || third.Equal(first) {
		t.Errorf("a retired key came back, %v", err)
	}
}

func TestTooManyAddresses(t *testing.T) {
	p := create(t, t.TempDir(), "alice")
	for range profile.MaxOnionKeys - 1 {
		if _, err := p.NewOnionKey(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := p.NewOnionKey(); !errors.Is(err, profile.ErrTooManyKeys) {
		t.Errorf("error is %v, want ErrTooManyKeys", err)
	}
	if err := p.RetireOnionKey(p.OnionKeys()[2].Address()); err != nil {
		t.Fatal(err)
	}
	if _, err := p.NewOnionKey(); err != nil {
		t.Error(err)
	}
}

// Whatever is done, what Read says is what the open profile says, and no address that
// was given up comes back.
func TestAddressesByChance(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	shut(t, create(t, root, "alice"))
	gone := make(map[onion.Address]bool)
	rapid.Check(t, func(r *rapid.T) {
		p, err := profile.Open(background, root, "alice", []byte("secret"))
		if err != nil {
			r.Fatal(err)
		}
		defer p.Close()
		for range rapid.IntRange(1, 4).Draw(r, "changes") {
			if at := rapid.IntRange(0, 3).Draw(r, "which"); at == 0 {
				_, err := p.NewOnionKey()
				if full := len(p.OnionKeys()) == profile.MaxOnionKeys; err != nil && (!full || !errors.Is(err, profile.ErrTooManyKeys)) {
					r.Fatal(err)
				}
			} else if keys := p.OnionKeys(); at < len(keys) {
				if err := p.RetireOnionKey(keys[at].Address()); err != nil {
					r.Fatal(err)
				}
				gone[keys[at].Address()] = true
			}
			card := p.Card()
			for _, a := range card.Addresses {
				if gone[a] {
					r.Fatal("an address came back")
				}
			}
			got, err := profile.Read(root, "alice", []byte("secret"))
			if err != nil || len(got.Addresses) != len(card.Addresses) || got.Link() != card.Link() {
				r.Fatalf("Read says something else, %v", err)
			}
		}
	})
}
