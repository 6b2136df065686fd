package node_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/node/store"
	"github.com/onionwire/onionwire/node/vault"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// TestSecrets changes the passphrase of a running node, and takes the identity along, which
// only the passphrase allows.
func TestSecrets(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	newRaw(t, fake).join(t, alice)
	if _, err := alice.SetSettings(testContext(t), node.SettingsUpdate{Name: set("Alice")}); err != nil {
		t.Fatal(err)
	}
	if err := alice.ChangePassphrase(testContext(t), "", "secret"); err != nil {
		t.Fatal(err)
	}
	for _, wrong := range []string{"", "another"} {
		if err := alice.ChangePassphrase(testContext(t), wrong, "mine"); !errors.Is(err, node.ErrPassphrase) {
			t.Errorf("ChangePassphrase: %v", err)
		}
		if _, err := alice.Words(testContext(t), wrong); !errors.Is(err, node.ErrPassphrase) {
			t.Errorf("Words: %v", err)
		}
		if err := alice.Export(testContext(t), wrong, filepath.Join(t.TempDir(), "export"), "export", true); !errors.Is(err, node.ErrPassphrase) {
			t.Errorf("Export: %v", err)
		}
	}
	words, err := alice.Words(testContext(t), "secret")
	if err != nil || len(strings.Fields(words)) != vault.WordCount {
		t.Errorf("%d words, %v", len(strings.Fields(words)), err)
	}

	path := filepath.Join(t.TempDir(), "export")
	for _, bad := range []string{"export", filepath.Join(path, "nowhere"), t.TempDir()} {
		if err := alice.Export(testContext(t), "secret", bad, "export", true); !errors.Is(err, node.ErrInvalid) {
			t.Errorf("Export: %v", err)
		}
	}
	if err := alice.Export(testContext(t), "secret", path, "", true); !errors.Is(err, node.ErrInvalid) {
		t.Errorf("Export without a passphrase: %v", err)
	}
	if err := alice.Export(testContext(t), "secret", path, "export", true); err != nil {
		t.Fatal(err)
	}
	if err := alice.Export(testContext(t), "secret", path, "export", true); !errors.Is(err, node.ErrInvalid) {
		t.Errorf("Export over another: %v", err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	p, err := profile.Import(testContext(t), t.TempDir(), "alice", file, []byte("export"), vault.WithoutPassphrase())
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if got, err := p.Words(nil); err != nil || strings.Join(got, " ") != words {
		t.Errorf("other words came back, %v", err)
	}
	s, err := node.Configure(testContext(t), p, node.SettingsUpdate{})
	if err != nil || s.Name != "Alice" {
		t.Errorf("the settings are %+v, %v", s, err)
	}
	err = p.Store().View(testContext(t), func(tx *store.View) error {
		all, err := tx.Contacts()
		if len(all) != 1 {
			t.Errorf("%d contacts came back", len(all))
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestConversationsAndMessages are what programs show: pages, what is not read, and what
// is done about it.
func TestConversationsAndMessages(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	ctx := testContext(t)
	var contacts []node.Contact
	for i := range 3 {
		l, c := newRaw(t, fake).join(t, alice)
		l.say(t, text(byte(i), "hello"))
		alice.awaitKind(t, "message_received")
		contacts = append(contacts, c)
	}
	id := contacts[1].Conversation
	first, err := alice.Send(ctx, id, "one", node.SendOptions{ID: rpc.MessageID{1}})
	if err != nil || first.ID != (rpc.MessageID{1}) {
		t.Fatal(first, err)
	}
	again, err := alice.Send(ctx, id, "one, again", node.SendOptions{ID: rpc.MessageID{1}})
	if err != nil || again.Number != first.Number || again.Text != "one" {
		t.Errorf("it is said twice: %+v, %v", again, err)
	}
	all, err := alice.MessagesAfter(ctx, id, 0, 10)
	if err != nil || len(all) != 2 || all[0].Text != "hello" || all[1].Text != "one" {
		t.Errorf("messages are %+v, %v", all, err)
	}

	page, err := alice.Conversations(ctx, 0, 2)
	if err != nil || len(page) != 2 || page[0].ID != id || page[0].Last != first.Number || page[0].Unread != 1 {
		t.Errorf("the first page is %+v, %v", page, err)
	}
	rest, err := alice.Conversations(ctx, page[1].ID, 2)
	if err != nil || len(rest) != 1 || rest[0].ID != contacts[0].Conversation {
		t.Errorf("the second page is %+v, %v", rest, err)
	}
	if s, err := alice.Status(ctx); err != nil || s.Unread != 3 {
		t.Errorf("%d are unread, %v", s.Unread, err)
	}
	c, err := alice.UpdateConversation(ctx, id, node.ConversationUpdate{Muted: set(true)})
	if err != nil || !c.Muted {
		t.Errorf("the conversation is %+v, %v", c, err)
	}
	if s, err := alice.Status(ctx); err != nil || s.Unread != 2 {
		t.Errorf("%d are unread, %v", s.Unread, err)
	}
	if err := alice.RetryMessage(ctx, all[0].Number); !errors.Is(err, node.ErrState) {
		t.Errorf("a message of theirs is sent again: %v", err)
	}
	if err := alice.RetryMessage(ctx, 1000); !errors.Is(err, node.ErrNotFound) {
		t.Errorf("RetryMessage: %v", err)
	}
	if err := alice.AskAgain(ctx, contacts[0].ID); !errors.Is(err, node.ErrState) {
		t.Errorf("a contact is asked again: %v", err)
	}
}

// TestMessageIsRetried: a message that was cancelled goes out after all.
func TestMessageIsRetried(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	bob := newRaw(t, fake)
	l, contact := bob.join(t, alice)
	ctx := testContext(t)
	online := func(want bool) func() bool {
		return func() bool {
			p, err := alice.Presence(ctx, contact.ID)
			return err == nil && (p.State == rpc.Online) == want
		}
	}
	// Before she has shown him as there, that she does not says nothing.
	eventually(t, "his presence", online(true))
	l.Close()
	bob.Close()
	eventually(t, "his absence", online(false))
	m, err := alice.Send(ctx, contact.Conversation, "hello", node.SendOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := alice.Cancel(ctx, m.Number); err != nil {
		t.Fatal(err)
	}
	if err := alice.RetryMessage(ctx, m.Number); err != nil {
		t.Fatal(err)
	}
	if m, err := alice.Message(ctx, m.Number); err != nil || len(m.Deliveries) != 1 || m.Deliveries[0].State != "queued" {
		t.Errorf("it is %+v, %v", m, err)
	}
}
