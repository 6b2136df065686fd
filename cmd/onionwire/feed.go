package main

import (
	"context"
	"sync"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/rpc"
)

// happening is an event, or why there are no more.
type happening struct {
	event rpc.Event
	err   error
}

// listen tells what happens after a cursor until ctx ends, or the node does: that is
// the last. The function that it returns ends it, too.
func listen(ctx context.Context, api rpc.API, after ledger.Cursor) (<-chan happening, func()) {
	ctx, cancel := context.WithCancel(ctx)
	feed := make(chan happening)
	var task sync.WaitGroup
	task.Go(func() {
		for e, err := range api.Events(ctx, after) {
			select {
			case feed <- happening{e, err}:
			case <-ctx.Done():
				return
			}
		}
	})
	return feed, func() {
		cancel()
		task.Wait()
	}
}
