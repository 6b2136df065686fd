package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/onionwire/onionwire/tortransport/onion"
	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// calmTime is what the relays get to forget a tor that was killed.
const calmTime = 3 * time.Second

// measureRestart: a managed tor is killed, until its service is reachable again,
// beside the start of a tor that has run before, and the first upload of the same
// service there.
func measureRestart(ctx context.Context, b *bed, rounds int) ([]figure, error) {
	target, err := net.Listen("unix", filepath.Join(b.dir, "nothing"))
	if err != nil {
		return nil, err
	}
	defer target.Close()
	bare, err := b.newBareTor(ctx, target.Addr())
	if err != nil {
		return nil, err
	}
	defer bare.client.Kill()
	ours, err := b.newManagedTor(ctx, target.Addr())
	if err != nil {
		return nil, err
	}
	defer ours.daemon.Close()
	var t trio
	for range rounds {
		if err := settle(ctx, calmTime); err != nil {
			return nil, err
		}
		if t.raw, err = t.raw.add(bare.restart(ctx)); err != nil {
			return nil, fmt.Errorf("bare tor: %w", err)
		}
		if err := settle(ctx, calmTime); err != nil {
			return nil, err
		}
		if t.ours, err = t.ours.add(ours.restart(ctx)); err != nil {
			return nil, fmt.Errorf("managed tor: %w", err)
		}
		last := len(t.raw) - 1
		progress("restart: bare %s, ours %s", t.raw[last].Round(time.Millisecond), t.ours[last].Round(time.Millisecond))
	}
	return []figure{{
		order: 7, measure: "managed tor killed, to reachable again",
		raw: duration(t.raw.best()), ours: duration(t.ours.best()),
		goals: []goal{{ratio: over(t.ours.best(), t.raw.best()), of: "of a bare start and first upload", limit: 1.25}},
	}}, nil
}

// bareTor is a tor that nobody looks after.
type bareTor struct {
	client  *tortest.Client
	control *control
	key     onion.Key
	ports   map[uint16]tor.Addr
}

// newBareTor starts a tor and adds a service, so that the next start is not the
// first.
func (b *bed) newBareTor(ctx context.Context, target net.Addr) (*bareTor, error) {
	t := &bareTor{ports: map[uint16]tor.Addr{ownPort: {Network: target.Network(), Address: target.String()}}}
	var err error
	if t.key, err = onion.GenerateKey(); err != nil {
		return nil, err
	}
	if t.client, err = b.net.StartClient(ctx, tortest.ClientConfig{Unix: true}); err != nil {
		return nil, err
	}
	if err := t.client.Ready(ctx); err != nil {
		return nil, err
	}
	return t, t.publish(ctx)
}

func (t *bareTor) publish(ctx context.Context) (err error) {
	if t.control, err = dialControl(ctx, t.client.Control, t.client.CookieFile); err != nil {
		return err
	}
	return t.control.addOnion(ctx, t.key, t.ports)
}

func (t *bareTor) restart(ctx context.Context) (time.Duration, error) {
	t.client.Kill()
	t.control.close()
	if err := settle(ctx, calmTime); err != nil {
		return 0, err
	}
	began := time.Now()
	if err := t.client.Restart(ctx); err != nil {
		return 0, err
	}
	err := t.publish(ctx)
	return time.Since(began), err
}

// managedTor is a tor of ours.
type managedTor struct {
	b       *bed
	daemon  *tor.Daemon
	service *tor.Service
}

const managedName = "managed"

func (b *bed) newManagedTor(ctx context.Context, target net.Addr) (*managedTor, error) {
	d, err := b.startManaged(ctx, managedName)
	if err != nil {
		return nil, err
	}
	k, err := onion.GenerateKey()
	if err != nil {
		return nil, err
	}
	s, err := d.Publish(tor.ServiceConfig{Key: k, Port: ownPort, Target: target}) //nolint:contextcheck // a service outlives what published it
	if err != nil {
		return nil, err
	}
	return &managedTor{b, d, s}, s.Ready(ctx)
}

func (t *managedTor) restart(ctx context.Context) (time.Duration, error) {
	c, err := t.b.managedControl(ctx, managedName)
	if err != nil {
		return 0, err
	}
	defer c.close()
	answer, err := c.ask(ctx, "GETINFO process/pid")
	if err != nil {
		return 0, err
	}
	pid, err := strconv.Atoi(strings.TrimPrefix(answer[0], "process/pid="))
	if err != nil {
		return 0, err
	}
	child, err := os.FindProcess(pid)
	if err != nil {
		return 0, err
	}
	began := time.Now()
	if err := child.Kill(); err != nil {
		return 0, err
	}
	lost := false
	for st := range t.service.Status(ctx) {
		switch {
		case st.Phase != tor.Reachable:
			lost = true
		case lost:
			return time.Since(began), nil
		}
	}
	return 0, errors.Join(errors.New("the service did not come back"), ctx.Err())
}
