package main

import (
	"context"
	"errors"
	"time"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/onionwire/onionwire/tortransport"
)

// settleTime lets what a closed connection has left behind drain from the circuit.
const settleTime = 700 * time.Millisecond

func settle(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// trio is the same thing, done by a raw stream, a stock host and ours.
type trio struct{ raw, stock, ours times }

// compareDials measures, in turn, a raw round trip and what the two hosts do with
// the stock host behind the service, which they are not connected to before.
func (b *bed) compareDials(ctx context.Context, rounds int, stockDoes, oursDoes func(context.Context, host.Host, peer.ID) error) (t trio, err error) {
	raw, err := b.rawStream(ctx)
	if err != nil {
		return t, err
	}
	defer raw.Close()
	stock, err := b.stockDialler()
	if err != nil {
		return t, err
	}
	defer stock.Close()
	ours, err := b.ownDialler()
	if err != nil {
		return t, err
	}
	defer ours.Close()
	timed := func(h host.Host, does func(context.Context, host.Host, peer.ID) error) (time.Duration, error) {
		if err := settle(ctx, settleTime); err != nil {
			return 0, err
		}
		b.introduce(h)
		began := time.Now()
		err := does(ctx, h, b.stock.ID)
		took := time.Since(began)
		return took, errors.Join(err, h.Network().ClosePeer(b.stock.ID))
	}
	for round := range rounds + 1 {
		if err := settle(ctx, settleTime); err != nil {
			return t, err
		}
		r, err := roundTrip(raw)
		if err != nil {
			return t, err
		}
		s, err := timed(stock, stockDoes)
		if err != nil {
			return t, err
		}
		o, err := timed(ours, oursDoes)
		if err != nil {
			return t, err
		}
		if round > 0 { // the first warms up
			t.raw, t.stock, t.ours = append(t.raw, r), append(t.stock, s), append(t.ours, o)
		}
	}
	return t, nil
}

// measureFirstEcho: from no connection to the first answer of an application.
func measureFirstEcho(ctx context.Context, b *bed, rounds int) ([]figure, error) {
	t, err := b.compareDials(ctx, rounds,
		func(ctx context.Context, h host.Host, p peer.ID) error {
			if err := h.Connect(ctx, peer.AddrInfo{ID: p}); err != nil {
				return err
			}
			s, err := h.NewStream(ctx, p, echoProtocol)
			return firstAnswer(s, err)
		},
		func(ctx context.Context, h host.Host, p peer.ID) error {
			s, err := tortransport.OpenStream(ctx, h.Network(), p, echoProtocol)
			return firstAnswer(s, err)
		})
	if err != nil {
		return nil, err
	}
	raw, stock, ours := t.raw.best(), t.stock.best(), t.ours.best()
	return []figure{{
		order: 1, measure: "first application echo, warm circuit",
		raw: duration(raw), stock: duration(stock), ours: duration(ours),
		goals: []goal{
			{ratio: over(ours, raw), of: "raw round trips", limit: 2.3},
			{ratio: over(ours, stock), of: "of stock", limit: 0.45},
		},
	}}, nil
}

// firstAnswer is the time of one byte on a stream that has just been opened.
func firstAnswer(s network.Stream, err error) error {
	if err != nil {
		return err
	}
	_, err = roundTrip(s)
	_ = s.Reset() // the connection is closed next
	return err
}

// measureDial: from no connection to one that can be used.
func measureDial(ctx context.Context, b *bed, rounds int) ([]figure, error) {
	dial := func(ctx context.Context, h host.Host, p peer.ID) error {
		_, err := h.Network().DialPeer(ctx, p)
		return err
	}
	t, err := b.compareDials(ctx, rounds, dial, dial)
	if err != nil {
		return nil, err
	}
	raw, stock, ours := t.raw.best(), t.stock.best(), t.ours.best()
	return []figure{{
		order: 2, measure: "dial to usable connection, warm circuit",
		raw: duration(raw), stock: duration(stock), ours: duration(ours),
		goals: []goal{{ratio: over(ours, raw), of: "raw round trips", limit: 1.2}},
	}}, nil
}
