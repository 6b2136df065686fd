package node_test

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/store"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// fill makes a disk full for the open files of this process whose names fit: what is
// written to them goes where there is never room.
func fill(t testing.TB, fits func(path string) bool) {
	t.Helper()
	full, err := os.OpenFile("/dev/full", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, e := range open {
		path, err := os.Readlink(filepath.Join("/proc/self/fd", e.Name()))
		if err != nil || !fits(path) {
			continue
		}
		fd, err := strconv.Atoi(e.Name())
		if err == nil {
			err = unix.Dup3(int(full.Fd()), fd, unix.O_CLOEXEC)
		}
		if err != nil {
			t.Fatal(err)
		}
		found = true
	}
	if !found {
		t.Fatal("no such file is open")
	}
}

// TestDiskIsFull: when nothing can be kept any more, the node ends, says why, and has
// promised nothing that is lost.
func TestDiskIsFull(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	bob := newRaw(t, fake)
	l, contact := bob.join(t, alice)
	l.say(t, text(1, secret+" before"))
	alice.awaitKind(t, "message_received")
	ended := make(chan error, 1)
	go func() {
		var last error
		for _, last = range alice.Events(t.Context(), 0) {
			if last != nil {
				break
			}
		}
		ended <- last
	}()
	l.hear(t) // the answer to the first
	confirmed := bob.in

	fill(t, func(path string) bool { return strings.HasPrefix(path, alice.root) && strings.HasSuffix(path, "-wal") })
	l.say(t, text(2, secret+" is not kept"))
	if _, err := alice.Send(testContext(t), contact.Conversation, secret+" is not kept either", node.SendOptions{}); err == nil {
		t.Error("a message was taken that cannot be kept")
	}
	<-alice.Done()
	for _, err := range []error{alice.Err(), <-ended} {
		if !errors.Is(err, store.ErrFull) || told.MatchString(err.Error()) {
			t.Errorf("the node has ended with %v", err)
		}
	}
	if _, err := alice.Send(testContext(t), contact.Conversation, secret, node.SendOptions{}); !errors.Is(err, store.ErrFull) {
		t.Errorf("Send: %v", err)
	}
	for { // nothing is confirmed that is not kept
		if _, _, err := l.read(); err != nil {
			break
		}
	}
	if bob.in.Next > confirmed.Next+1 { // the Accept may have been under way
		t.Error("something has left that was not kept")
	}
	alice.stop()
	alice.heard.Wait()
	within(t, "Close", func() {
		if err := alice.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := alice.profile.Close(); !errors.Is(err, store.ErrFull) {
		t.Errorf("the profile closes with %v", err)
	}
	alice.come(t)
	if got := textsOf(t, alice, contact.Conversation); len(got) != 1 || got[0] != secret+" before" {
		t.Errorf("what is left is %q", got)
	}
	l = bob.call(t, alice)
	bob.next--
	l.say(t, text(2, secret+" is said again"))
	alice.await(t, "the message", func(e node.Event) bool { return e.Kind == "message_received" })
}

// TestDiskIsFullForAFile: a file for which there is no room any more breaks, and
// nothing else does.
func TestDiskIsFullForAFile(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	bob := newRaw(t, fake)
	l, _ := bob.join(t, alice)
	folder := t.TempDir()
	f := newRawFile("x", make([]byte, 1<<20))
	asked, full := make(chan struct{}, 8), make(chan struct{})
	bob.onFetch(t, f.serve(t, func() error { asked <- struct{}{}; <-full; return nil }))
	number := l.offer(t, alice, f)
	if err := alice.AcceptFile(testContext(t), number, folder); err != nil {
		t.Fatal(err)
	}
	<-asked
	fill(t, func(path string) bool { return filepath.Dir(path) == folder && strings.HasSuffix(path, ".part") })
	close(full)
	if got := awaitFile(t, alice, number, "broken"); got.Why != store.ErrFull.Error() {
		t.Errorf("it is said to be broken because: %s", got.Why)
	}
	eventually(t, "the end of the draft", func() bool { return len(namesIn(t, folder)) == 0 })
	l.say(t, text(1, secret))
	alice.awaitKind(t, "message_received")
}
