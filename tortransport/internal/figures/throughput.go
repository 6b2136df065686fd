package main

import (
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/onionwire/onionwire/tortransport"
)

// volume is what is sent, and comes back, in bytes: enough for windows to find
// their size.
const volume = 20 << 20

// measureThroughput: one stream that is echoed, so that it is full both ways. How
// much may be under way is up to who receives: against the stock host its windows
// count for one direction, ours for the other.
func measureThroughput(ctx context.Context, b *bed, rounds int) ([]figure, error) {
	dialler, err := b.stockDialler()
	if err != nil {
		return nil, err
	}
	defer dialler.Close()
	own, err := b.ownDialler()
	if err != nil {
		return nil, err
	}
	defer own.Close()
	var t trio
	var toOwn times
	for round := range rounds {
		bulks := []func() error{
			func() (err error) { t.raw, err = t.raw.add(b.rawBulk(ctx)); return err },
			func() (err error) { t.stock, err = t.stock.add(hostBulk(ctx, dialler, b.stock.ID)); return err },
			func() (err error) { t.ours, err = t.ours.add(hostBulk(ctx, own, b.stock.ID)); return err },
			func() (err error) { toOwn, err = toOwn.add(hostBulk(ctx, own, b.own.ID)); return err },
		}
		// Tor remembers for a while how much the circuit could carry: in turn, there
		// and back, so that nobody always comes after the same.
		if round%2 == 1 {
			slices.Reverse(bulks)
		}
		for _, bulk := range bulks {
			if err := bulk(); err != nil {
				return nil, err
			}
		}
		progress("throughput: raw %s, stock %s, ours to stock %s, ours to ours %s", t.raw[round].Round(time.Millisecond),
			t.stock[round].Round(time.Millisecond), t.ours[round].Round(time.Millisecond), toOwn[round].Round(time.Millisecond))
	}
	raw, stock := rate(t.raw.best()), rate(t.stock.best())
	row := func(order int, to string, took time.Duration) figure {
		return figure{
			order: order, measure: "throughput of one stream to " + to + ", 20 MiB each way",
			raw: raw, stock: stock, ours: rate(took),
			goals: []goal{{ratio: over(t.raw.best(), took), of: "of raw", limit: 0.95, atLeast: true}},
		}
	}
	return []figure{row(4, "our own host", toOwn.best()), row(5, "a stock host", t.ours.best())}, nil
}

func rate(took time.Duration) quantity { return throughput(volume / took.Seconds()) }

func (b *bed) rawBulk(ctx context.Context) (time.Duration, error) {
	c, err := b.rawStream(ctx)
	if err != nil {
		return 0, err
	}
	took, err := bulk(c)
	return took, errors.Join(err, c.Close(), settle(ctx, settleTime))
}

func hostBulk(ctx context.Context, h host.Host, p peer.ID) (time.Duration, error) {
	s, err := tortransport.OpenStream(ctx, h.Network(), p, echoProtocol)
	if err != nil {
		return 0, err
	}
	if _, err := roundTrip(s); err != nil { // negotiates
		return 0, err
	}
	if err := settle(ctx, settleTime); err != nil { // until identify is done
		return 0, err
	}
	took, err := bulk(s)
	return took, errors.Join(err, h.Network().ClosePeer(p), settle(ctx, settleTime))
}

// bulk measures until all that was sent has come back.
func bulk(rw io.ReadWriter) (time.Duration, error) {
	began := time.Now()
	sent := make(chan error, 1)
	go func() {
		_, err := io.CopyN(rw, zeros{}, volume)
		sent <- err
	}()
	_, err := io.CopyN(io.Discard, rw, volume)
	return time.Since(began), errors.Join(err, <-sent)
}

// zeros are as good as anything: Tor compresses nothing.
type zeros struct{}

// Read never ends.
func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}
