// Package examples_test runs the example that is not in Go.
package examples_test

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/onionwire/onionwire/examples/internal/bottest"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestEcho: each message is answered once, whoever is killed in between.
func TestEcho(t *testing.T) {
	fake := tortest.NewFake(t)
	node, alice := bottest.New(t, fake), bottest.New(t, fake)
	ofAlice, here := bottest.Befriend(alice, node)
	tokenFile, cursorFile, socket := node.Token(here), node.File("cursor"), node.Socket
	bottest.WriteCursor(t, node, cursorFile)
	start := func() func() {
		return bottest.Run(t, func(ctx context.Context) error {
			var said bytes.Buffer
			cmd := exec.CommandContext(ctx, "python3", "echobot.py", socket, tokenFile, cursorFile)
			cmd.Stderr = &said
			err := cmd.Run()
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return errors.Join(err, errors.New(said.String()))
		})
	}
	stop := start()
	alice.Says(ofAlice, "ünö <&> \\ \"two\"\nlines")
	alice.Has(ofAlice, "ünö <&> \\ \"two\"\nlines", "ünö <&> \\ \"two\"\nlines")
	alice.Says(ofAlice, "two")
	stop()
	defer start()()
	node.Leave()
	node.Come()
	alice.Says(ofAlice, "three")
	alice.Has(ofAlice, "ünö <&> \\ \"two\"\nlines", "ünö <&> \\ \"two\"\nlines", "two", "two", "three", "three")
}

// A token that was mistyped is told, and nothing is tried again.
func TestWrongToken(t *testing.T) {
	node := bottest.New(t, tortest.NewFake(t))
	out, err := exec.CommandContext(t.Context(), "python3", "echobot.py", node.Socket, "echobot.py", node.File("cursor")).CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 || strings.Contains(string(out), "Traceback") {
		t.Errorf("it ends with %v:\n%s", err, out)
	}
}
