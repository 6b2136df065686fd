package node_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/node/store"
	"github.com/onionwire/onionwire/node/transfer"
	"github.com/onionwire/onionwire/node/wire"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// TestDraftsAreRemoved: however it comes that a file does not arrive, nothing of it is
// left.
func TestDraftsAreRemoved(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	ctx := testContext(t)
	type ending func(l *rawLink, f *rawFile, n ledger.FileNumber, c node.Contact) error
	for name, end := range map[string]ending{
		"called off here": func(_ *rawLink, _ *rawFile, n ledger.FileNumber, _ node.Contact) error {
			return alice.WithdrawFile(ctx, n)
		},
		"paused before": func(_ *rawLink, _ *rawFile, n ledger.FileNumber, _ node.Contact) error {
			if err := alice.PauseFile(ctx, n); err != nil {
				return err
			}
			return alice.WithdrawFile(ctx, n)
		},
		"called off there": func(l *rawLink, f *rawFile, _ ledger.FileNumber, _ node.Contact) error {
			l.say(t, wire.FileAnswer{ID: f.ID, Answer: wire.FileWithdrawn})
			return nil
		},
		"broken there": func(l *rawLink, f *rawFile, _ ledger.FileNumber, _ node.Contact) error {
			l.say(t, wire.FileAnswer{ID: f.ID, Answer: wire.FileBroken})
			return nil
		},
		"contact blocked": func(_ *rawLink, _ *rawFile, _ ledger.FileNumber, c node.Contact) error {
			return alice.BlockContact(ctx, c.ID)
		},
		"contact deleted": func(_ *rawLink, _ *rawFile, _ ledger.FileNumber, c node.Contact) error {
			return alice.DeleteContact(ctx, c.ID, false)
		},
		"contact deleted, with history": func(_ *rawLink, _ *rawFile, _ ledger.FileNumber, c node.Contact) error {
			return alice.DeleteContact(ctx, c.ID, true)
		},
	} {
		t.Run(name, func(t *testing.T) {
			mallory := newRaw(t, fake)
			l, contact := mallory.join(t, alice)
			folder := t.TempDir()
			f := newRawFile("x", bytes.Repeat([]byte("x"), 100_000))
			asked, over := make(chan struct{}, 8), make(chan struct{})
			t.Cleanup(func() { close(over) })
			mallory.onFetch(t, f.serve(t, func() error {
				asked <- struct{}{}
				<-over
				return transfer.ErrPaused
			}))
			number := l.offer(t, alice, f)
			if err := alice.AcceptFile(ctx, number, folder); err != nil {
				t.Fatal(err)
			}
			<-asked
			if n := namesIn(t, folder); len(n) != 1 {
				t.Fatalf("before it there are %q", n)
			}
			if err := end(l, f, number, contact); err != nil {
				t.Fatal(err)
			}
			eventually(t, "the end of the draft", func() bool { return len(namesIn(t, folder)) == 0 })
		})
	}
}

// TestDraftsOfACrash: what a crash has left of a file that does not arrive is removed
// by the next start, and what still arrives is not.
func TestDraftsOfACrash(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	mallory := newRaw(t, fake)
	l, contact := mallory.join(t, alice)
	folder := t.TempDir()
	f := newRawFile("x", bytes.Repeat([]byte("x"), 100_000))
	mallory.onFetch(t, f.serve(t, func() error { return transfer.ErrPaused }))
	number := l.offer(t, alice, f)
	if err := alice.AcceptFile(testContext(t), number, folder); err != nil {
		t.Fatal(err)
	}
	// Another one, of which only the draft was not removed.
	left := filepath.Join(folder, ".onionwire-left-.part")
	if err := os.WriteFile(left, []byte("half of it"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := alice.profile.Store().Update(testContext(t), func(tx *store.Update) error {
		counters, err := tx.Counters()
		if err != nil {
			return err
		}
		return tx.Apply(ledger.PutFile{File: ledger.File{
			Number: counters.File + 1, Conversation: contact.Conversation, Contact: contact.ID, Incoming: true,
			Name: "x", Size: 100, Draft: left, State: ledger.Withdrawn,
		}})
	})
	if err != nil {
		t.Fatal(err)
	}
	alice.leave(t)
	alice.come(t)
	eventually(t, "the end of the draft", func() bool { return len(namesIn(t, folder)) == 1 })
	mallory.onFetch(t, f.serve(t, nil))
	mallory.call(t, alice).say(t)
	awaitFile(t, alice, number, "arrived")
}

// TestFolderIsGone: a file whose folder is gone breaks.
func TestFolderIsGone(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	mallory := newRaw(t, fake)
	l, _ := mallory.join(t, alice)
	folder := filepath.Join(t.TempDir(), "a")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	f := newRawFile("x", bytes.Repeat([]byte("x"), 100_000))
	asked, gone := make(chan struct{}, 8), make(chan struct{})
	mallory.onFetch(t, f.serve(t, func() error { asked <- struct{}{}; <-gone; return nil }))
	number := l.offer(t, alice, f)
	if err := alice.AcceptFile(testContext(t), number, folder); err != nil {
		t.Fatal(err)
	}
	<-asked
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	close(gone)
	if got := awaitFile(t, alice, number, "broken"); got.Why == "" {
		t.Error("nobody knows why")
	}
	if err := alice.Err(); err != nil {
		t.Error(err)
	}
}

// TestAutomaticAcceptance: files are taken without asking from contacts who are
// verified, up to a size, into the folder of the settings, and not otherwise.
func TestAutomaticAcceptance(t *testing.T) {
	t.Parallel()
	const most = 1000
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	bob, mallory := newRaw(t, fake), newRaw(t, fake)
	toBob, contact := bob.join(t, alice)
	toMallory, _ := mallory.join(t, alice)
	folder := t.TempDir()
	ctx := testContext(t)
	alice.trusts(t, contact, most, folder)
	small, large, theirs := newRawFile("small", make([]byte, most)), newRawFile("large", make([]byte, most+1)), newRawFile("theirs", make([]byte, 1))
	bob.onFetch(t, small.serve(t, nil))
	mallory.onFetch(t, theirs.serve(t, nil))
	notThis, norThis := toMallory.offer(t, alice, theirs), toBob.offer(t, alice, large)
	this := toBob.offer(t, alice, small)
	if f := awaitFile(t, alice, this, "arrived"); f.Path != filepath.Join(folder, "small") {
		t.Errorf("it is at %q", f.Path)
	}
	for _, n := range []ledger.FileNumber{notThis, norThis} {
		if f, err := alice.File(ctx, n); err != nil || f.State != rpc.FileState("offered") {
			t.Errorf("the other is %s: %v", f.State, err)
		}
	}
	eventually(t, "one file", func() bool { return len(namesIn(t, folder)) == 1 })
}
