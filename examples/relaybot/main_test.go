package main

import (
	"context"
	"io"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/onionwire/onionwire/examples/internal/bottest"
	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRelay(t *testing.T) {
	fake := tortest.NewFake(t)
	node, alice, bob := bottest.New(t, fake), bottest.New(t, fake), bottest.New(t, fake)
	name := "Alice"
	if _, err := alice.SetSettings(t.Context(), rpc.SettingsUpdate{Name: &name}); err != nil {
		t.Fatal(err)
	}
	ofAlice, toAlice := bottest.Befriend(alice, node)
	ofBob, toBob := bottest.Befriend(bob, node)
	tokenA, tokenB, socket := node.Token(toAlice), node.Token(toBob), node.Socket

	both := run(t.Context(), socket, tokenA, node.Token(toAlice), io.Discard)
	if both == nil || !strings.Contains(both.Error(), "the same conversation") {
		t.Errorf("two tokens for one conversation: %v", both)
	}
	// Without cursors it begins with what comes.
	bottest.WriteCursor(t, node, tokenA+".cursor")
	bottest.WriteCursor(t, node, tokenB+".cursor")
	start := func() func() {
		return bottest.Run(t, func(ctx context.Context) error { return run(ctx, socket, tokenA, tokenB, io.Discard) })
	}
	stop := start()
	alice.Says(ofAlice, "hello")
	bob.Has(ofBob, "Alice: hello")
	bob.Says(ofBob, "who is there?")
	alice.Has(ofAlice, "hello", "somebody: who is there?")
	stop()
	alice.Says(ofAlice, "me")
	defer start()()
	bob.Has(ofBob, "Alice: hello", "who is there?", "Alice: me")
	node.Leave()
	node.Come()
	bob.Says(ofBob, "I see")
	alice.Has(ofAlice, "hello", "somebody: who is there?", "me", "somebody: I see")
	bob.Has(ofBob, "Alice: hello", "who is there?", "Alice: me", "I see")
}
