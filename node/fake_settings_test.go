package node_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/node/wire"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

func set[T any](v T) *T { return &v }

// TestReceiptsAndHints: read receipts and typing hints are told, unless they are
// switched off for all or for one contact; those of others are shown in any case.
func TestReceiptsAndHints(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	c := new(clock)
	alice, _ := watched(t, fake, func(cfg *node.Config) { cfg.SetClock(c.now) })
	bob := newRaw(t, fake)
	l, contact := bob.join(t, alice)
	id := byte(0)
	// told does what may be told, and returns what was.
	did := func() (read, typing bool) {
		t.Helper()
		id++
		l.say(t, text(id, secret))
		e := alice.awaitKind(t, "message_received")
		ctx := testContext(t)
		c.forward(t, alice, 10*time.Second) // hints are rare
		if err := alice.MarkRead(ctx, contact.Conversation, e.Message); err != nil {
			t.Fatal(err)
		}
		if err := alice.Typing(ctx, contact.Conversation); err != nil {
			t.Fatal(err)
		}
		if _, err := alice.Send(ctx, contact.Conversation, secret, node.SendOptions{}); err != nil {
			t.Fatal(err)
		}
		for { // the message comes last
			content, bodies := l.hear(t)
			typing = typing || content.Typing
			for _, b := range bodies {
				switch body := b.(type) {
				case wire.Read:
					read = read || body.ID == wire.MessageID{id}
				case wire.Text:
					return read, typing
				}
			}
		}
	}
	change := func(u node.SettingsUpdate) {
		t.Helper()
		if _, err := alice.SetSettings(testContext(t), u); err != nil {
			t.Fatal(err)
		}
	}
	check := func(when string, wantRead, wantTyping bool) {
		t.Helper()
		if read, typing := did(); read != wantRead || typing != wantTyping {
			t.Errorf("%s: read receipt %t, typing hint %t", when, read, typing)
		}
	}
	check("at first", true, true)
	change(node.SettingsUpdate{ReadReceipts: set(false)})
	check("without receipts", false, true)
	change(node.SettingsUpdate{ReadReceipts: set(true), TypingHints: set(false)})
	check("without hints", true, false)
	change(node.SettingsUpdate{TypingHints: set(true)})
	if _, err := alice.UpdateContact(testContext(t), contact.ID, node.ContactUpdate{Silent: set(true)}); err != nil {
		t.Fatal(err)
	}
	check("silent towards one", false, false)
	content := bob.content(t)
	content.Typing = true
	l.send(t, content)
	if e := alice.awaitKind(t, "typing"); e.Conversation != contact.Conversation {
		t.Errorf("somebody types in conversation %d", e.Conversation)
	}
	if _, err := alice.UpdateContact(testContext(t), contact.ID, node.ContactUpdate{Silent: set(false)}); err != nil {
		t.Fatal(err)
	}
	check("in the end", true, true)
}

// TestSettingsAreKept: settings are there again after a restart, and those that make
// no sense change nothing.
func TestSettingsAreKept(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	bob := newRaw(t, fake)
	l, _ := bob.join(t, alice)
	folder := t.TempDir()
	want := node.SettingsUpdate{
		Name: set("Alice"), ReadReceipts: set(false), TypingHints: set(false), Expiry: set(rpc.Duration(time.Hour)),
		AutoAccept: set(int64(1 << 20)), Downloads: set(folder),
	}
	got, err := alice.SetSettings(testContext(t), want)
	if err != nil {
		t.Fatal(err)
	}
	if p := hearOf[wire.Profile](t, l); p.Name != "Alice" {
		t.Errorf("the new name is %q", p.Name)
	}
	for _, bad := range []node.SettingsUpdate{
		{Name: set("two\nlines")},
		{Expiry: set(rpc.Duration(-1))},
		{AutoAccept: set(int64(-1))},
		{Downloads: set(filepath.Join("not", "absolute"))},
	} {
		if _, err := alice.SetSettings(testContext(t), bad); !errors.Is(err, node.ErrInvalid) {
			t.Errorf("SetSettings: %v", err)
		}
	}
	alice.leave(t)
	alice.come(t)
	now, err := alice.Settings(testContext(t))
	if err != nil || now != got {
		t.Errorf("the settings are %+v after %+v: %v", now, got, err)
	}
	if link, err := alice.Link(testContext(t)); err != nil || link.Name != "Alice" {
		t.Errorf("the link has the name %q: %v", link.Name, err)
	}
}
