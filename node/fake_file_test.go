package node_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/libp2p/go-libp2p/core/network"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/e2ee/filecrypt"
	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/transfer"
	"github.com/onionwire/onionwire/node/wire"
	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// TestFileNames: whatever a contact calls a file, it arrives in the folder that was
// chosen, beside what is there, under a name of its own.
func TestFileNames(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	mallory := newRaw(t, fake)
	l, _ := mallory.join(t, alice)
	root := t.TempDir()
	folder := filepath.Join(root, "a", "b")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "x"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	body := bytes.Repeat([]byte("what is in the file"), 5000)
	names := []string{
		"../../x", "/etc/passwd", `..\..\x`, "..", ".", "/", ".bashrc", "CON", "nul.txt", "a\x00b", "\u202egpj.exe",
		strings.Repeat("x", 255), "x", "x\n", "-rf", "~/x", "C:x", "x/", filepath.Join(root, "y"),
	}
	for _, name := range names {
		f := newRawFile(name, body)
		mallory.onFetch(t, f.serve(t, nil))
		number := l.offer(t, alice, f)
		if err := alice.AcceptFile(testContext(t), number, folder); err != nil {
			t.Fatal(err)
		}
		got := awaitFile(t, alice, number, "arrived")
		if filepath.Dir(got.Path) != folder {
			t.Errorf("%q has arrived as %q", name, got.Path)
		}
		b, err := os.ReadFile(got.Path)
		if err != nil || !bytes.Equal(b, body) {
			t.Errorf("%q: %d bytes, %v", name, len(b), err)
		}
	}
	eventually(t, "the end of the drafts", func() bool { return len(namesIn(t, folder)) == len(names)+1 })
	if b, err := os.ReadFile(filepath.Join(folder, "x")); err != nil || string(b) != "mine" {
		t.Errorf("what was there is %q: %v", b, err)
	}
	if n := namesIn(t, root); len(n) != 1 {
		t.Errorf("there is something outside of the folder: %q", n)
	}
}

// TestBadFiles: a file that is not what was offered breaks, both sides know, and
// nothing is left of it.
func TestBadFiles(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	mallory := newRaw(t, fake)
	l, _ := mallory.join(t, alice)
	body := bytes.Repeat([]byte("x"), 3*filecrypt.ChunkSize)
	// by answers by hand: with all that was asked for in front of it.
	by := func(answer func(s network.Stream)) func(*rawFile) func(network.Stream) {
		return func(*rawFile) func(network.Stream) {
			return func(s network.Stream) {
				defer s.Close()
				if _, err := io.ReadFull(s, make([]byte, 24)); err == nil {
					answer(s)
				}
			}
		}
	}
	for name, serve := range map[string]func(*rawFile) func(network.Stream){
		"another key": func(f *rawFile) func(network.Stream) {
			other := *f
			other.Key[0]++
			return other.serve(t, nil)
		},
		"another hash": func(f *rawFile) func(network.Stream) {
			other := *f
			other.body = bytes.Repeat([]byte("y"), len(body))
			return other.serve(t, nil)
		},
		"longer than it said": func(f *rawFile) func(network.Stream) {
			other := *f
			other.body = append(body, body...)
			return other.serve(t, nil)
		},
		"changed": func(f *rawFile) func(network.Stream) {
			return f.serve(t, func() error { return transfer.ErrChanged })
		},
		"another chunk": by(func(s network.Stream) {
			_, _ = s.Write(binary.BigEndian.AppendUint64([]byte{1}, 7))
		}),
		"no such frame":  by(func(s network.Stream) { _, _ = s.Write([]byte{9, 9, 9}) }),
		"no such reason": by(func(s network.Stream) { _, _ = s.Write([]byte{2, 99}) }),
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			f := newRawFile("x", body)
			mallory.onFetch(t, serve(f))
			number := l.offer(t, alice, f)
			if err := alice.AcceptFile(testContext(t), number, folder); err != nil {
				t.Fatal(err)
			}
			if got := awaitFile(t, alice, number, "broken"); got.Why == "" {
				t.Error("nobody knows why")
			}
			for {
				if a := hearOf[wire.FileAnswer](t, l); a.ID == f.ID && a.Answer == wire.FileBroken {
					break
				}
			}
			l.say(t)
			eventually(t, "the end of the draft", func() bool { return len(namesIn(t, folder)) == 0 })
		})
	}
}

// TestMoreThanAskedFor: what a sender adds to a file is not read.
func TestMoreThanAskedFor(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	mallory := newRaw(t, fake)
	l, _ := mallory.join(t, alice)
	folder := t.TempDir()
	f := newRawFile("x", []byte("short"))
	mallory.onFetch(t, func(s network.Stream) {
		defer s.Close()
		if _, err := io.ReadFull(s, make([]byte, 24)); err != nil {
			return
		}
		c := f.cipher(t)
		defer c.Close()
		sealed, err := c.SealTo(binary.BigEndian.AppendUint64([]byte{1}, 0), 0, f.body)
		if err == nil {
			_, _ = s.Write(append(sealed, make([]byte, 1<<20)...))
		}
	})
	number := l.offer(t, alice, f)
	if err := alice.AcceptFile(testContext(t), number, folder); err != nil {
		t.Fatal(err)
	}
	got := awaitFile(t, alice, number, "arrived")
	if b, err := os.ReadFile(got.Path); err != nil || string(b) != "short" {
		t.Errorf("%d bytes have arrived: %v", len(b), err)
	}
}

// TestUnwillingSender: a sender who pauses, who does not know the file yet, and who
// cuts the stream, is asked again.
func TestUnwillingSender(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	mallory := newRaw(t, fake)
	l, _ := mallory.join(t, alice)
	f := newRawFile("x", bytes.Repeat([]byte("x"), 100_000))
	var tries atomic.Int32
	mallory.onFetch(t, f.serve(t, func() error {
		switch tries.Add(1) {
		case 1:
			return transfer.ErrUnknown
		case 2:
			return transfer.ErrPaused
		}
		return nil
	}))
	number := l.offer(t, alice, f)
	if err := alice.AcceptFile(testContext(t), number, t.TempDir()); err != nil {
		t.Fatal(err)
	}
	awaitFile(t, alice, number, "arrived")
}

// TestSlowFetcher: what happens before somebody has said which file is wanted says
// nothing about that file.
func TestSlowFetcher(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	bob := newRaw(t, fake)
	l, contact := bob.join(t, alice)
	path := filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(path, []byte("for bob"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := alice.SendFile(testContext(t), contact.Conversation, path); err != nil {
		t.Fatal(err)
	}
	id := hearOf[wire.FileOffer](t, l).ID
	s, err := tortransport.OpenStream(network.WithNoDial(testContext(t), "connected"), bob.Network(), l.Conn().RemotePeer(), transfer.ProtocolID)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Reset() }()
	_, _ = s.Write(id[:8])
	eventually(t, "the stream", func() bool { return alice.Serving() == 1 })
	l.say(t, text(1, secret))
	alice.awaitKind(t, "message_received")
	_, _ = s.Write(append(id[8:], make([]byte, 8)...))
	var kind [1]byte
	if _, err := io.ReadFull(s, kind[:]); err != nil || kind[0] != 1 {
		t.Errorf("it gets %d: %v", kind[0], err)
	}
}

// TestBadFetchers: a file is given to the contact to whom it was offered, as long as it
// is offered, and to nobody else.
func TestBadFetchers(t *testing.T) {
	t.Parallel()
	const chunk, refused, unknown, paused, changed = 1, 2, 1, 2, 3
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	bob, mallory := newRaw(t, fake), newRaw(t, fake)
	toBob, contact := bob.join(t, alice)
	mallory.join(t, alice)
	path := filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(path, []byte("for bob"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx := testContext(t)
	file, err := alice.SendFile(ctx, contact.Conversation, path)
	if err != nil {
		t.Fatal(err)
	}
	id := filecrypt.ID(hearOf[wire.FileOffer](t, toBob).ID)
	check := func(who string, r *raw, id filecrypt.ID, wantKind, wantReason byte) {
		t.Helper()
		kind, reason := r.fetch(t, alice, id)
		if kind != wantKind || kind == refused && reason != wantReason {
			t.Errorf("%s gets %d, reason %d", who, kind, reason)
		}
	}
	check("bob", bob, id, chunk, 0)
	check("somebody else", mallory, id, refused, unknown)
	check("bob, with another id,", bob, filecrypt.ID{1}, refused, unknown)
	toBob.say(t, wire.FileAnswer{ID: wire.FileID(id), Answer: wire.FileAccepted})
	awaitFile(t, alice, file.Number, "moving")
	if err := alice.PauseFile(ctx, file.Number); err != nil {
		t.Fatal(err)
	}
	check("bob, in a pause,", bob, id, refused, paused)
	if err := alice.ResumeFile(ctx, file.Number); err != nil {
		t.Fatal(err)
	}
	check("bob, after it,", bob, id, chunk, 0)
	if err := os.WriteFile(path, []byte("for somebody else"), 0o600); err != nil {
		t.Fatal(err)
	}
	check("bob, of another file,", bob, id, refused, changed)
	if f := awaitFile(t, alice, file.Number, "broken"); f.Why == "" {
		t.Error("nobody knows why")
	}
	check("bob, in the end,", bob, id, refused, unknown)
	for _, bad := range []string{"x", filepath.Join(filepath.Dir(path), "nothing"), filepath.Dir(path), "/dev/null"} {
		if _, err := alice.SendFile(ctx, contact.Conversation, bad); !errors.Is(err, node.ErrInvalid) {
			t.Errorf("SendFile: %v", err)
		}
	}
}

// TestSwappedFile puts another file of the same size where one was that is offered, while
// the node runs and while it does not: the contact does not get it.
func TestSwappedFile(t *testing.T) {
	t.Parallel()
	const chunk, refused, changed = 1, 2, 3
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	bob := newRaw(t, fake)
	toBob, contact := bob.join(t, alice)
	folder := t.TempDir()
	write := func(path, body string) {
		t.Helper()
		if err := os.WriteFile(path+".new", []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(path+".new", path); err != nil {
			t.Fatal(err)
		}
	}
	offer := func(name string) (path string, number ledger.FileNumber, id filecrypt.ID) {
		t.Helper()
		path = filepath.Join(folder, name)
		write(path, "for bob")
		f, err := alice.SendFile(testContext(t), contact.Conversation, path)
		if err != nil {
			t.Fatal(err)
		}
		return path, f.Number, filecrypt.ID(hearOf[wire.FileOffer](t, toBob).ID)
	}
	first, firstNumber, firstID := offer("first")
	second, secondNumber, secondID := offer("second")
	_, _, thirdID := offer("third")
	write(first, "secret!")
	if kind, reason := bob.fetch(t, alice, firstID); kind != refused || reason != changed {
		t.Errorf("of another file of the same size bob gets %d, reason %d", kind, reason)
	}
	awaitFile(t, alice, firstNumber, "broken")

	alice.leave(t)
	write(second, "secret!")
	alice.come(t)
	bob.call(t, alice).say(t)
	if kind, reason := bob.fetch(t, alice, secondID); kind != refused || reason != changed {
		t.Errorf("after a restart bob gets %d, reason %d", kind, reason)
	}
	awaitFile(t, alice, secondNumber, "broken")
	if kind, reason := bob.fetch(t, alice, thirdID); kind != chunk {
		t.Errorf("of the file that was offered bob gets %d, reason %d", kind, reason)
	}
}
