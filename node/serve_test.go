package node_test

import (
	"errors"
	"testing"

	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/node/rpc/token"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// TestServe uses a node the way another program does, with a token that outlives the
// node and then is revoked.
func TestServe(t *testing.T) {
	fake := tortest.NewFake(t)
	alice, bob := newParty(t, fake), newParty(t, fake)
	ofAlice, _ := befriend(t, alice, bob)
	ctx := testContext(t)

	server, err := alice.Serve(ctx, "test")
	if err != nil {
		t.Fatal(err)
	}
	secret, err := token.Load(rpc.TokenPath(alice.profile.SocketPath()))
	if err != nil {
		t.Fatal(err)
	}
	owner, err := rpc.Dial(ctx, alice.profile.SocketPath(), secret)
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close()
	var made struct {
		Token string   `json:"token"`
		ID    token.ID `json:"id"`
	}
	scope := map[string]any{"scopes": []string{"send"}, "conversation": ofAlice, "note": "a bot"}
	if err := owner.Call(ctx, "new_token", scope, &made); err != nil {
		t.Fatal(err)
	}
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	alice.leave(t)
	alice.come(t)
	if server, err = alice.Serve(ctx, "test"); err != nil {
		t.Fatal(err)
	}
	defer server.Close()

	shown, err := token.Parse(made.Token)
	if err != nil {
		t.Fatal(err)
	}
	bot, err := rpc.Dial(ctx, alice.profile.SocketPath(), shown)
	if err != nil {
		t.Fatal(err)
	}
	defer bot.Close()
	hello := map[string]any{"conversation": ofAlice, "text": "hello from a bot"}
	if err := bot.Call(ctx, "send", hello, nil); err != nil {
		t.Fatal(err)
	}
	got, err := bob.Message(ctx, bob.awaitKind(t, "message_received").Message)
	if err != nil || got.Text != "hello from a bot" {
		t.Errorf("bob got %q, %v", got.Text, err)
	}
	if err := bot.Call(ctx, "contacts", nil, nil); !errors.Is(err, rpc.ErrForbidden) {
		t.Errorf("a token to send with lists contacts: %v", err)
	}
	if err := owner.Call(ctx, "drop_token", map[string]any{"id": made.ID}, nil); err != nil {
		t.Fatal(err)
	}
	if err := bot.Call(ctx, "send", hello, nil); err == nil {
		t.Error("a revoked token goes on sending")
	}
}
