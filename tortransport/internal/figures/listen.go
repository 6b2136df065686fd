package main

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"time"

	"github.com/onionwire/onionwire/tortransport"
	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// circuitTime is what tor gets to have circuits ready for the next service: it
// looks once a second how many it should have.
const circuitTime = 5 * time.Second

// measureListen: from Listen to Ready, beside ADD_ONION and the first upload at the
// same tor.
func measureListen(ctx context.Context, b *bed, rounds int) ([]figure, error) {
	c, err := b.managedControl(ctx, "server")
	if err != nil {
		return nil, err
	}
	defer c.close()
	target, err := net.Listen("unix", filepath.Join(b.dir, "nobody"))
	if err != nil {
		return nil, err
	}
	defer target.Close()
	bare := func() (time.Duration, error) {
		k, err := onion.GenerateKey()
		if err != nil {
			return 0, err
		}
		began := time.Now()
		err = c.addOnion(ctx, k, map[uint16]tor.Addr{ownPort: {Network: "unix", Address: target.Addr().String()}})
		took := time.Since(began)
		return took, errors.Join(err, c.delOnion(ctx, k))
	}
	ours := func() (time.Duration, error) { return b.listen(ctx) }
	var t trio
	for round := range rounds {
		add := []func() error{
			func() (err error) { t.raw, err = t.raw.add(bare()); return err },
			func() (err error) { t.ours, err = t.ours.add(ours()); return err },
		}
		// Who comes first has the better circuits: in turn.
		for i := range add {
			if err := settle(ctx, circuitTime); err != nil {
				return nil, err
			}
			if err := add[(i+round)%len(add)](); err != nil {
				return nil, err
			}
		}
		progress("listen: bare %s, ours %s", t.raw[round].Round(time.Millisecond), t.ours[round].Round(time.Millisecond))
	}
	return []figure{{
		order: 6, measure: "Listen to reachable",
		raw: duration(t.raw.best()), ours: duration(t.ours.best()),
		goals: []goal{{ratio: over(t.ours.best(), t.raw.best()), of: "of ADD_ONION to first upload", limit: 1.1}},
	}}, nil
}

// listen measures one Listen, at the service's tor.
func (b *bed) listen(ctx context.Context) (time.Duration, error) {
	k, err := onion.GenerateKey()
	if err != nil {
		return 0, err
	}
	addr, err := k.Address().Multiaddr(ownPort)
	if err != nil {
		return 0, err
	}
	up, _, err := newUpgrader()
	if err != nil {
		return 0, err
	}
	t, err := tortransport.New(up, nil, tortransport.WithDaemon(b.server), tortransport.WithOnionKey(k))
	if err != nil {
		return 0, err
	}
	began := time.Now()
	l, err := t.Listen(addr) //nolint:contextcheck // a listener outlives what opened it
	if err != nil {
		return 0, err
	}
	err = t.Ready(ctx, addr)
	took := time.Since(began)
	return took, errors.Join(err, l.Close())
}
