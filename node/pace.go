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
	// itemRate and itemBurst are the same of what is in cells, counted in rows that it
	// makes us write: what waited while somebody was away may come at once, but nobody
	// keeps the disk busy for the others.
	itemRate  = 100
	itemBurst = 2000
	// maxPaces is of how many peers the pace is remembered: of those with links,
	// and of some who have just left.
	maxPaces = 256
)

// pace is how fast is read from one peer, over all of its streams.
type pace struct{ cells, items *rate.Limiter }

func newPace() *pace {
	return &pace{rate.NewLimiter(cellRate, cellBurst), rate.NewLimiter(itemRate, itemBurst)}
}

// wait waits until another cell may be read.
func (p *pace) wait(ctx context.Context) error { return p.cells.Wait(ctx) }

// spend waits for as long as takes what was in a cell.
func (p *pace) spend(ctx context.Context, items int) error {
	return p.items.WaitN(ctx, min(items, itemBurst))
}
