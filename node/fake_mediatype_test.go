package node_test

import (
	"mime"
	"os"
	"path/filepath"
	"testing"

	"github.com/onionwire/onionwire/node/wire"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// TestMediaType: what a file is said to be follows from its name alone, and tells
// nothing of what the system knows.
func TestMediaType(t *testing.T) {
	t.Parallel()
	for extension, kind := range map[string]string{".pdf": "application/x-here", ".onionwire": "application/x-here-too"} {
		if err := mime.AddExtensionType(extension, kind); err != nil {
			t.Fatal(err)
		}
	}
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	bob := newRaw(t, fake)
	l, contact := bob.join(t, alice)
	folder := t.TempDir()
	for name, want := range map[string]string{
		"a.pdf":       "application/pdf",
		"a.JPG":       "image/jpeg",
		"a.txt":       "text/plain",
		"a.onionwire": "",
		"a":           "",
		"pdf":         "",
	} {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := alice.SendFile(testContext(t), contact.Conversation, path)
		if err != nil {
			t.Fatal(err)
		}
		if got := hearOf[wire.FileOffer](t, l); got.Type != want || f.Type != want {
			t.Errorf("%s is said to be %q, and is kept as %q, want %q", name, got.Type, f.Type, want)
		}
	}
}
