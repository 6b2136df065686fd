package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/onionwire/onionwire/internal/report"
	"github.com/onionwire/onionwire/node"
)

const (
	deliveryRounds = 30
	deliveryLimit  = 1.10
	// allowance is what a delivery may take beside the round trip: two transactions.
	allowance = 10 * time.Millisecond

	queued      = 1000
	queueRounds = 3
	queueLimit  = 1.3

	coldRounds = 6
	coldLimit  = 1.25
)

// measureDelivery measures from Send to the delivery on a warm connection, and a raw
// round trip, by turns.
func measureDelivery(ctx context.Context, b *bed) ([]report.Figure, error) {
	raw, err := dialRaw(ctx, b.alice.daemon, b.echo)
	if err != nil {
		return nil, err
	}
	defer raw.Close()
	var ours, bare []time.Duration
	for round := range deliveryRounds + 2 {
		began := time.Now()
		if err := b.alice.delivered(ctx, b.ofAlice, "How are you?"); err != nil {
			return nil, err
		}
		took := time.Since(began)
		trip, err := roundTrip(raw)
		if err != nil {
			return nil, err
		}
		if round >= 2 { // the first warm up
			ours, bare = append(ours, took), append(bare, trip)
		}
		time.Sleep(300 * time.Millisecond) // within what a contact may send
	}
	o, r := median(ours), median(bare)
	return []report.Figure{{
		Measure: "send to delivered, warm, median, without 10 ms", Base: milliseconds(r) + " raw round trip",
		Ours: milliseconds(o), Value: (o - allowance).Seconds() / r.Seconds(), Limit: deliveryLimit,
	}}, nil
}

// measureQueue measures what waits for somebody who comes back, from the first that is
// sent to the last that is delivered, and as many bytes on a raw stream.
func measureQueue(ctx context.Context, b *bed) ([]report.Figure, error) {
	text := strings.Repeat("It is about time that you came back. ", 3)
	var ours, bare []time.Duration
	for range queueRounds {
		b.bob.leave()
		if err := b.alice.awaitOffline(ctx); err != nil {
			return nil, err
		}
		for range queued {
			if _, err := b.alice.node.Send(ctx, b.ofAlice, text, node.SendOptions{}); err != nil {
				return nil, err
			}
		}
		if err := b.bob.come(ctx); err != nil {
			return nil, err
		}
		took, err := b.alice.drain(ctx, queued)
		if err != nil {
			return nil, err
		}
		raw, err := dialRaw(ctx, b.alice.daemon, b.sink)
		if err != nil {
			return nil, err
		}
		if _, err := push(raw, 1); err != nil {
			return nil, err
		}
		pushed, err := push(raw, queued*int64(len(text)))
		raw.Close()
		if err != nil {
			return nil, err
		}
		ours, bare = append(ours, took), append(bare, pushed)
	}
	o, r := slices.Min(ours), slices.Min(bare)
	return []report.Figure{{
		Measure: fmt.Sprintf("%d queued messages of %d bytes to a returning contact", queued, len(text)),
		Base:    milliseconds(r) + " the texts on a raw stream", Ours: milliseconds(o), Value: o.Seconds() / r.Seconds(), Limit: queueLimit,
	}}, nil
}

// awaitOffline waits until no contact is there.
func (p *person) awaitOffline(ctx context.Context) error {
	for {
		s, err := p.node.Status(ctx)
		if err != nil || s.Connected == 0 {
			return err
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// drain measures from the first message that is sent to the last that is delivered.
func (p *person) drain(ctx context.Context, n int) (time.Duration, error) {
	var began, ended time.Time
	_, err := p.await(ctx, func(e node.Event) bool {
		switch e.Delivery {
		case "sent":
			if began.IsZero() {
				began = e.Happened.Time
			}
		case "delivered":
			n--
			ended = e.Happened.Time
		}
		return n == 0
	})
	return ended.Sub(began), err
}

// measureCold measures the first message of somebody whose tor has just started, to a
// contact who has come online, and a raw stream from such a tor, with two round trips.
func measureCold(ctx context.Context, b *bed) ([]report.Figure, error) {
	var ours, bare []time.Duration
	for range coldRounds {
		for _, side := range []func() (time.Duration, error){
			func() (time.Duration, error) { return b.coldMessage(ctx) },
			func() (time.Duration, error) { return b.coldStream(ctx) },
		} {
			b.alice.leave()
			b.alice.stopTor()
			if err := b.alice.startTor(ctx); err != nil {
				return nil, err
			}
			took, err := side()
			if err != nil {
				return nil, err
			}
			if len(ours) == len(bare) {
				ours = append(ours, took)
			} else {
				bare = append(bare, took)
			}
		}
	}
	o, r := median(ours), median(bare)
	return []report.Figure{{
		Measure: "first message, cold, median", Base: milliseconds(r) + " raw cold dial and two round trips",
		Ours: milliseconds(o), Value: o.Seconds() / r.Seconds(), Limit: coldLimit,
	}}, nil
}

func (b *bed) coldMessage(ctx context.Context) (time.Duration, error) {
	if err := b.alice.come(ctx); err != nil {
		return 0, err
	}
	began := time.Now()
	err := b.alice.delivered(ctx, b.ofAlice, "Good morning!")
	return time.Since(began), err
}

func (b *bed) coldStream(ctx context.Context) (time.Duration, error) {
	// As long as a node takes to be reachable: tor builds circuits ahead meanwhile.
	if err := b.alice.come(ctx); err != nil {
		return 0, err
	}
	began := time.Now()
	c, err := dialRaw(ctx, b.alice.daemon, b.echo)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	for range 2 {
		if _, err := roundTrip(c); err != nil {
			return 0, err
		}
	}
	return time.Since(began), nil
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}

func milliseconds(d time.Duration) string { return fmt.Sprintf("%d ms", d.Milliseconds()) }
