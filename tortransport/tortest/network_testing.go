package tortest

import (
	"context"
	"testing"
	"time"
)

const (
	// startLimit bounds the start of a network for a test, so that a machine
	// on which it cannot work says so before the test binary times out.
	startLimit = 2 * time.Minute
	// cleanupTime is left for cleaning up before the deadline of a test.
	cleanupTime = 5 * time.Second
)

// New starts a network for a test or benchmark and stops it when that ends. It
// fails the test, with what tor said, if the network does not start.
func New(tb testing.TB, cfg Config) *Network {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), startLimit)
	defer cancel()
	if t, ok := tb.(interface{ Deadline() (time.Time, bool) }); ok {
		if deadline, ok := t.Deadline(); ok {
			ctx, cancel = context.WithDeadline(ctx, deadline.Add(-cleanupTime))
			defer cancel()
		}
	}
	n, err := Start(ctx, cfg)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := n.Err(); err != nil {
			tb.Log(err) // often why the test failed
		}
		if err := n.Stop(); err != nil {
			tb.Error(err)
		}
	})
	return n
}
