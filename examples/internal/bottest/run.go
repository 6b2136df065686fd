package bottest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
)

// Run runs a bot beside the test, and returns what ends it. It must end without an error
// then.
func Run(t *testing.T, bot func(context.Context) error) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- bot(ctx) }()
	done := false
	stop = func() {
		t.Helper()
		cancel()
		if done {
			return
		}
		done = true
		if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("the bot has ended with %v", err)
		}
	}
	t.Cleanup(stop)
	return stop
}

// WriteCursor has a bot begin with what happens from now on, however long it takes to
// start.
func WriteCursor(t *testing.T, n *Node, file string) {
	t.Helper()
	s, err := n.Status(n.context())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, fmt.Append(nil, s.Cursor), 0o600); err != nil {
		t.Fatal(err)
	}
}
