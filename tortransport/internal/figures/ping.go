package main

import (
	"context"
	"time"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/p2p/protocol/ping"
)

// measurePing: libp2p's ping on an open connection, beside a raw echo. The pings
// are made by hand, one at a time: libp2p's own function sends the next one while
// somebody else's turn is measured. The other side ends a stream of pings after
// half a minute, which is time for 25 rounds and a few more.
func measurePing(ctx context.Context, b *bed, rounds int) ([]figure, error) {
	raw, err := b.rawStream(ctx)
	if err != nil {
		return nil, err
	}
	defer raw.Close()
	stock, err := b.stockDialler()
	if err != nil {
		return nil, err
	}
	defer stock.Close()
	ours, err := b.ownDialler()
	if err != nil {
		return nil, err
	}
	defer ours.Close()
	open := func(h host.Host) (network.Stream, error) {
		s, err := h.NewStream(ctx, b.stock.ID, ping.ID)
		if err == nil {
			_, err = exchange(s, ping.PingSize) // negotiates
		}
		return s, err
	}
	atStock, err := open(stock)
	if err != nil {
		return nil, err
	}
	atOurs, err := open(ours)
	if err != nil {
		return nil, err
	}
	if err := settle(ctx, settleTime); err != nil {
		return nil, err
	}
	var t trio
	for range rounds {
		if t.raw, err = t.raw.add(exchange(raw, ping.PingSize)); err != nil {
			return nil, err
		}
		if t.stock, err = t.stock.add(exchange(atStock, ping.PingSize)); err != nil {
			return nil, err
		}
		if t.ours, err = t.ours.add(exchange(atOurs, ping.PingSize)); err != nil {
			return nil, err
		}
	}
	for name, times := range map[string]times{"raw": t.raw, "stock": t.stock, "ours": t.ours} {
		progress("ping, %s: best %s, median %s", name, times.best().Round(time.Microsecond), times.median().Round(time.Microsecond))
	}
	return []figure{{
		order: 3, measure: "libp2p ping, median",
		raw: duration(t.raw.median()), stock: duration(t.stock.median()), ours: duration(t.ours.median()),
		goals: []goal{
			{ratio: over(t.ours.median(), t.raw.median()), of: "of raw", limit: 1.03},
			{ratio: over(t.ours.best(), t.raw.best()), of: "of raw, best of each", limit: 1.03},
		},
	}}, nil
}
