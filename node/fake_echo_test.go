package node_test

import (
	"context"
	"errors"
	"testing"

	"github.com/onionwire/onionwire/tortransport/tortest"
)

// TestEchoBot runs the bot of the examples again and again over the same events: it
// answers each message once.
func TestEchoBot(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	alice, _ := watched(t, fake, nil)
	l, contact := newRaw(t, fake).join(t, alice)
	for i, question := range []string{"hello", "are you there?", "really?"} {
		l.say(t, text(byte(i), question)) // behind those that are answered
		ctx, cancel := context.WithCancel(testContext(t))
		ended := make(chan error, 1)
		go func() { ended <- echo(ctx, alice.Node, 0) }()
		eventually(t, "its answers", func() bool { return len(textsOf(t, alice, contact.Conversation)) >= 2*(i+1) })
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("it ends with %v", err)
		}
	}
	if got := textsOf(t, alice, contact.Conversation); len(got) != 6 {
		t.Errorf("the conversation is %q", got)
	}
}
