package node_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/onionwire/onionwire/node/wire"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// TestNamesThatAreNotText: here a file may have any bytes for a name. It is sent with one
// that everybody can read.
func TestNamesThatAreNotText(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	bob := newRaw(t, fake)
	l, contact := bob.join(t, alice)
	path := filepath.Join(t.TempDir(), "caf\xe9.txt")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := alice.SendFile(testContext(t), contact.Conversation, path)
	if err != nil {
		t.Fatal(err)
	}
	const want = "caf_.txt"
	if got := hearOf[wire.FileOffer](t, l).Name; got != want || f.Name != want {
		t.Errorf("it is sent as %q, and kept as %q, want %q", got, f.Name, want)
	}
}
