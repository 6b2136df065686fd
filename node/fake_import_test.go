package node_test

import (
	"bytes"
	"testing"

	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/vault"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// TestImportWithoutHistory: contacts that were imported alone can be written to at once.
func TestImportWithoutHistory(t *testing.T) {
	fake := tortest.NewFake(t)
	alice, bob := newParty(t, fake), newParty(t, fake)
	befriend(t, alice, bob)
	ctx := testContext(t)
	alice.leave(t)

	p, err := profile.Open(ctx, alice.root, "someone", nil)
	if err != nil {
		t.Fatal(err)
	}
	var export bytes.Buffer
	if err := p.Export(ctx, &export, []byte("export"), false); err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	alice.root, alice.cursor = t.TempDir(), 0
	p, err = profile.Import(ctx, alice.root, "someone", &export, []byte("export"), vault.WithoutPassphrase())
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}

	alice.come(t)
	changed := alice.awaitKind(t, "contact_changed")
	contact := contactOf(t, alice, bob.profile.Peer())
	if contact.ID != changed.Contact || contact.Conversation == 0 || contact.Conversation != changed.Conversation {
		t.Fatalf("told of %+v, and there is %+v", changed, contact)
	}
	arrives(t, alice, bob, contact.Conversation, "it is me again")
}
