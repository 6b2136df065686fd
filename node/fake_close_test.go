package node_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/wire"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// TestCloseInTheMiddle closes a node while everything is under way: a dial that nobody
// answers, handshakes of both kinds, a file, a peer that does not read, a stranger,
// somebody who reads events, and commands. That no goroutine is left is seen in the end.
func TestCloseInTheMiddle(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	deaf, silent, nowhere, stranger := newRaw(t, fake), newRaw(t, fake), newRaw(t, fake), newRaw(t, fake)
	l, contact := deaf.join(t, alice) // who reads nothing more
	ctx := testContext(t)

	// A file whose sender takes its time.
	f := newRawFile("x", make([]byte, 1<<20))
	asked, over := make(chan struct{}, 8), make(chan struct{})
	t.Cleanup(func() { close(over) })
	deaf.onFetch(t, f.serve(t, func() error { asked <- struct{}{}; <-over; return nil }))
	number := l.offer(t, alice, f)
	if err := alice.AcceptFile(ctx, number, t.TempDir()); err != nil {
		t.Fatal(err)
	}
	<-asked

	// A handshake of ours that is not answered, and one of theirs that is not ended.
	if _, err := alice.AddContact(ctx, silent.link(), node.AddOptions{}); err != nil {
		t.Fatal(err)
	}
	ours := silent.opened(t)
	if _, err := wire.NewConn(ours).Read(wire.Handshake); err != nil {
		t.Fatal(err)
	}
	theirs, h := stranger.greet(t, alice)
	h.Close()

	// A dial.
	dialled := make(chan struct{}, 8)
	fake.OnSocks(func(tortest.FakeRequest) tortest.FakeSocksReply {
		dialled <- struct{}{}
		return tortest.FakeSocksReply{Silent: true}
	})
	if _, err := alice.AddContact(ctx, nowhere.link(), node.AddOptions{}); err != nil {
		t.Fatal(err)
	}
	<-dialled

	var busy sync.WaitGroup
	for range 4 {
		busy.Go(func() {
			for {
				if _, err := alice.Send(ctx, contact.Conversation, secret, node.SendOptions{}); err != nil {
					if !errors.Is(err, node.ErrClosed) {
						t.Errorf("Send: %v", err)
					}
					return
				}
			}
		})
		busy.Go(func() {
			var last error
			for _, last = range alice.Events(ctx, 0) {
				if last != nil {
					break
				}
			}
			if !errors.Is(last, node.ErrClosed) {
				t.Errorf("Events: %v", last)
			}
		})
	}
	eventually(t, "messages", func() bool { return alice.count("message_queued") > 20 })
	within(t, "Close", func() {
		if err := alice.Close(); err != nil {
			t.Error(err)
		}
		if err := alice.Close(); err != nil { // does nothing
			t.Error(err)
		}
		busy.Wait()
	})
	for { // what was under way
		if _, _, err := l.read(); err != nil {
			break
		}
	}
	wantEnd(t, ours)
	wantEnd(t, theirs)
	<-alice.Done()
	if err := alice.Err(); !errors.Is(err, node.ErrClosed) {
		t.Errorf("Err: %v", err)
	}
}

// TestAfterClose: all methods that wait for something say that the node is closed.
func TestAfterClose(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	link := newRaw(t, fake).link()
	if err := alice.Close(); err != nil {
		t.Fatal(err)
	}
	ctx := testContext(t)
	for name, call := range map[string]func() error{
		"Ready":       func() error { return alice.Ready(ctx) },
		"AddContact":  func() error { _, err := alice.AddContact(ctx, link, node.AddOptions{}); return err },
		"Send":        func() error { _, err := alice.Send(ctx, 1, secret, node.SendOptions{}); return err },
		"NewInvite":   func() error { _, err := alice.NewInvite(ctx, node.InviteOptions{}); return err },
		"SetSettings": func() error { _, err := alice.SetSettings(ctx, node.SettingsUpdate{}); return err },
		"Events": func() (err error) {
			for _, err = range alice.Events(ctx, 0) {
				if err != nil {
					break
				}
			}
			return err
		},
	} {
		if err := call(); !errors.Is(err, node.ErrClosed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestNotDone: what somebody does not wait for any longer is not done.
func TestNotDone(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	bob := newRaw(t, fake)
	_, contact := bob.join(t, alice)
	release := alice.Hold()
	ctx, cancel := context.WithCancel(testContext(t))
	sent := make(chan error, 1)
	before := alice.Inputs()
	go func() {
		_, err := alice.Send(ctx, contact.Conversation, secret, node.SendOptions{})
		sent <- err
	}()
	eventually(t, "the command", func() bool { return alice.Inputs() > before })
	cancel()
	if err := <-sent; !errors.Is(err, context.Canceled) {
		t.Errorf("Send: %v", err)
	}
	release()
	alice.Hold()()
	if got := textsOf(t, alice, contact.Conversation); len(got) > 0 {
		t.Error("it was sent all the same")
	}
}

// TestDeletedTwice: of several who delete the same message one does it, and the others
// hear that it is gone.
func TestDeletedTwice(t *testing.T) {
	t.Parallel()
	const times = 8
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	bob := newRaw(t, fake)
	_, contact := bob.join(t, alice)
	ctx := testContext(t)
	for range 10 {
		m, err := alice.Send(ctx, contact.Conversation, secret, node.SendOptions{})
		if err != nil {
			t.Fatal(err)
		}
		results := make(chan error, times)
		for range times {
			go func() { results <- alice.DeleteMessage(ctx, m.Number) }()
		}
		done := 0
		for range times {
			switch err := <-results; {
			case err == nil:
				done++
			case !errors.Is(err, node.ErrNotFound):
				t.Fatal(err)
			}
		}
		if done != 1 {
			t.Fatalf("%d have deleted it", done)
		}
	}
}
