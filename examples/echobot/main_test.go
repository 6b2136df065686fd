package main

import (
	"context"
	"testing"

	"go.uber.org/goleak"

	"github.com/onionwire/onionwire/examples/internal/bottest"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestEcho: each message is answered once, whoever is started again in between.
func TestEcho(t *testing.T) {
	fake := tortest.NewFake(t)
	node, alice, eve := bottest.New(t, fake), bottest.New(t, fake), bottest.New(t, fake)
	ofAlice, here := bottest.Befriend(alice, node)
	ofEve, notHere := bottest.Befriend(eve, node)
	tokenFile, cursorFile := node.Token(here), node.File("cursor")
	socket := node.Socket
	start := func() func() {
		return bottest.Run(t, func(ctx context.Context) error { return run(ctx, socket, tokenFile, cursorFile) })
	}

	bottest.WriteCursor(t, node, cursorFile)
	stop := start()
	alice.Says(ofAlice, "one")
	eve.Says(ofEve, "not for the bot")
	eve.Has(ofEve, "not for the bot")
	stop()
	alice.Says(ofAlice, "while it is away")
	stop = start()
	alice.Has(ofAlice, "one", "while it is away", "one", "while it is away")
	alice.Says(ofAlice, "two")
	node.Leave()
	node.Come()
	alice.Says(ofAlice, "three")
	alice.Has(ofAlice, "one", "while it is away", "two", "three", "one", "while it is away", "two", "three")
	stop()
	defer start()()
	alice.Says(ofAlice, "four")
	alice.Has(ofAlice, "one", "while it is away", "two", "three", "one", "while it is away", "two", "three", "four", "four")
	node.Has(notHere, "not for the bot")
}

func TestWrongToken(t *testing.T) {
	node := bottest.New(t, tortest.NewFake(t))
	if err := run(t.Context(), node.Socket, node.File("none"), node.File("cursor")); err == nil {
		t.Error("it runs without a token")
	}
}
