package node_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/e2ee/filecrypt"
	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/node/transfer"
	"github.com/onionwire/onionwire/node/wire"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// TestDiskIsNotMounted: a file whose folder is not there when the node starts, as a disk
// that is not mounted yet, waits, says why, and arrives when it is.
func TestDiskIsNotMounted(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	bob := newRaw(t, fake)
	l, _ := bob.join(t, alice)
	folder := filepath.Join(t.TempDir(), "disk")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	f := newRawFile("x", bytes.Repeat([]byte("x"), 100_000))
	bob.onFetch(t, f.serve(t, func() error { return transfer.ErrPaused }))
	number := l.offer(t, alice, f)
	if err := alice.AcceptFile(testContext(t), number, folder); err != nil {
		t.Fatal(err)
	}
	alice.leave(t)
	if err := os.Rename(folder, folder+" unmounted"); err != nil {
		t.Fatal(err)
	}
	bob.onFetch(t, f.serve(t, nil))
	alice.come(t)
	bob.call(t, alice).say(t)
	eventually(t, "a file that says why it waits", func() bool {
		got, err := alice.File(testContext(t), number)
		return err == nil && got.State == "moving" && got.Why != ""
	})
	alice.await(t, "a signal", func(e node.Event) bool { return e.Kind == rpc.FileStalled && e.File == number })
	if err := os.Rename(folder+" unmounted", folder); err != nil {
		t.Fatal(err)
	}
	if got := awaitFile(t, alice, number, "arrived"); got.Why != "" {
		t.Errorf("it still waits because %s", got.Why)
	}
}

// TestSourceIsNotMounted: a file of ours that cannot be read now is not called broken:
// who fetches it is told to wait.
func TestSourceIsNotMounted(t *testing.T) {
	t.Parallel()
	const chunk, refused, paused = 1, 2, 2
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	bob := newRaw(t, fake)
	l, contact := bob.join(t, alice)
	path := filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(path, []byte("for bob"), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := alice.SendFile(testContext(t), contact.Conversation, path)
	if err != nil {
		t.Fatal(err)
	}
	id := hearOf[wire.FileOffer](t, l).ID
	l.say(t, wire.FileAnswer{ID: id, Answer: wire.FileAccepted})
	awaitFile(t, alice, file.Number, "moving")
	if err := os.Rename(path, path+" unmounted"); err != nil {
		t.Fatal(err)
	}
	if kind, reason := bob.fetch(t, alice, filecrypt.ID(id)); kind != refused || reason != paused {
		t.Errorf("bob gets %d, reason %d", kind, reason)
	}
	if got := awaitFile(t, alice, file.Number, "moving"); got.Why == "" {
		t.Error("nobody knows why")
	}
	if err := os.Rename(path+" unmounted", path); err != nil {
		t.Fatal(err)
	}
	if kind, _ := bob.fetch(t, alice, filecrypt.ID(id)); kind != chunk {
		t.Errorf("bob gets %d", kind)
	}
	if got := awaitFile(t, alice, file.Number, "moving"); got.Why != "" {
		t.Errorf("it still waits because %s", got.Why)
	}
}
