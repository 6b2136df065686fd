package node

import (
	"context"

	"golang.org/x/time/rate"
)

const (
	// cellRate and cellBurst are how many cells a second are read from a contact,
	// and how many at once: a person who writes sends fewer, and what waits travels
	// many messages to a cell.
	cellRate  = 5
	cellBurst = 20
	// maxPaces is of how many peers the pace is remembered: of those with links,
	// and of some who have just left.
	maxPaces = 256
)

// pace is how fast is read from one peer, over all of its streams.
type pace struct{ limiter *rate.Limiter }

// wait waits until another cell may be read.
func (p *pace) wait(ctx context.Context) error { return p.limiter.Wait(ctx) }
