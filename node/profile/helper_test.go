package profile_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/crypto"
	"go.uber.org/goleak"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/store"
	"github.com/onionwire/onionwire/node/vault"
)

// soak lets some tests go on for much longer.
var soak = os.Getenv("NODE_TEST_SOAK") != ""

func TestMain(m *testing.M) {
	if task := os.Getenv(childTask); task != "" {
		child(task)
		return
	}
	vault.DefaultCost = cheap // of which the example makes use
	if !soak {
		// Less than rapid's own default, which a flag still overrides.
		_ = flag.Set("rapid.checks", "30")
	}
	goleak.VerifyTestMain(m)
}

// cheap is a cost for tests.
var cheap = vault.Cost{Time: 1, Memory: 8, Threads: 1}

// background is for what happens outside of a test.
var background = context.Background()

func sealed(t testing.TB, passphrase string) vault.Protection {
	t.Helper()
	p, err := vault.WithPassphrase([]byte(passphrase), cheap)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// create makes the profile name under the passphrase "secret" and leaves it open until
// the test ends.
func create(t testing.TB, root, name string) *profile.Profile {
	t.Helper()
	return opened(t)(profile.Create(t.Context(), root, name, sealed(t, "secret")))
}

// open opens the profile alice that create has made.
func open(t testing.TB, root string) *profile.Profile {
	t.Helper()
	return opened(t)(profile.Open(t.Context(), root, "alice", []byte("secret")))
}

func opened(t testing.TB) func(*profile.Profile, error) *profile.Profile {
	t.Helper()
	return func(p *profile.Profile, err error) *profile.Profile {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { shut(t, p) })
		return p
	}
}

func shut(t testing.TB, p *profile.Profile) {
	t.Helper()
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}

// entries returns the names in a folder.
func entries(t testing.TB, dir string) []string {
	t.Helper()
	all, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range all {
		names = append(names, e.Name())
	}
	return names
}

// wantEntries fails the test unless a folder holds what is named, and no more.
func wantEntries(t testing.TB, dir string, want ...string) {
	t.Helper()
	if got := entries(t, dir); strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("the folder holds %q, want %q", got, want)
	}
}

// snapshot returns the content of all files below a folder but the lock.
func snapshot(t testing.TB, dir string) map[string]string {
	t.Helper()
	all := make(map[string]string)
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "lock" {
			return err
		}
		b, err := os.ReadFile(path)
		all[path] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func wantSnapshot(t testing.TB, dir string, want map[string]string) {
	t.Helper()
	got := snapshot(t, dir)
	for path := range got {
		if content, ok := want[path]; !ok || content != got[path] {
			t.Errorf("%s was changed, or is new", filepath.Base(path))
		}
	}
	for path := range want {
		if _, ok := got[path]; !ok {
			t.Errorf("%s is gone", filepath.Base(path))
		}
	}
}

// wantSame fails the test unless two cards are those of one identity at the same
// addresses.
func wantSame(t testing.TB, got, want *profile.Card) {
	t.Helper()
	if got.Peer != want.Peer {
		t.Error("another identity came back")
	}
	if len(got.Addresses) != len(want.Addresses) {
		t.Fatalf("%d addresses came back, want %d", len(got.Addresses), len(want.Addresses))
	}
	for i := range got.Addresses {
		if got.Addresses[i] != want.Addresses[i] {
			t.Errorf("address %d is another one", i)
		}
	}
}

func read(t testing.TB, root, name string) *profile.Card {
	t.Helper()
	card, err := profile.Read(root, name, []byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	return card
}

// hostKey is the identity key as libp2p takes it.
func hostKey(t testing.TB, p *profile.Profile) crypto.PrivKey {
	t.Helper()
	key, err := crypto.UnmarshalEd25519PrivateKey(p.IdentityKey())
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// addBob adds a contact and what was written to it.
func addBob(p *profile.Profile) error {
	now := time.UnixMilli(1_700_000_000_000).UTC()
	return p.Store().Update(background, func(tx *store.Update) error {
		return tx.Apply(
			ledger.PutContact{Contact: ledger.Contact{
				ID: 1, Peer: []byte("peer of bob"), Name: "Bob Bobson", State: ledger.Accepted, Added: now, Changed: now,
				Addresses: []ledger.Address{{Onion: [32]byte{1}, Port: 4001}},
			}},
			ledger.PutConversation{Conversation: ledger.Conversation{
				ID: 1, Kind: ledger.Direct, Added: now, Members: []ledger.ContactID{1},
			}},
			ledger.AddMessage{
				Message: ledger.Message{Number: 1, Conversation: 1, ID: ledger.MessageID{1}, Body: "behind the old mill", Written: now, Stored: now},
				Event:   ledger.Event{Cursor: 1, Happened: now, Kind: ledger.MessageQueued, Contact: 1, Conversation: 1, Message: 1},
			},
		)
	})
}

// wantBob fails the test unless what addBob has added is there.
func wantBob(t testing.TB, p *profile.Profile) {
	t.Helper()
	err := p.Store().View(background, func(tx *store.View) error {
		contacts, err := tx.Contacts()
		if err != nil || len(contacts) != 1 || contacts[0].Name != "Bob Bobson" {
			t.Errorf("there are %d contacts, %v", len(contacts), err)
		}
		messages, err := tx.Messages(1, 0, 10)
		if err != nil || len(messages) != 1 || messages[0].Body != "behind the old mill" {
			t.Errorf("there are %d messages, %v", len(messages), err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
