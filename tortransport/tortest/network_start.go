package tortest

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/onionwire/onionwire/tortransport/tor"
)

const (
	// startTries is how often other ports are tried when one was taken
	// between being found free and being bound.
	startTries = 3
	// uploadTime is what the relays get, from the start of the authority, to
	// send their descriptors to it before it votes for the first time.
	uploadTime = 4 * time.Second
)

// Start starts a private network and returns when it can be used: clients
// bootstrap, and onion services can be made and reached. That takes about eleven
// seconds, and ten more when a busy machine misses the first vote. ctx bounds
// the start only.
//
// When it fails, nothing is left running, and the error says what tor said.
func Start(ctx context.Context, cfg Config) (*Network, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("tortest: %w", err)
	}
	binary, err := tor.LookupBinary(ctx, cfg.TorBinary)
	if errors.Is(err, tor.ErrNoBinary) {
		err = fmt.Errorf("%w (install it with apt install tor, dnf install tor or brew install tor)", err)
	}
	if err != nil {
		return nil, fmt.Errorf("tortest: %w", err)
	}
	for try := 1; ; try++ {
		n, err := start(ctx, cfg, binary.Path)
		if err == nil {
			return n, nil
		}
		if try == startTries || !errors.Is(err, errAddressInUse) {
			return nil, fmt.Errorf("tortest: starting a private Tor network: %w", err)
		}
		cfg.Progress("a port was taken, trying others")
	}
}

func start(ctx context.Context, cfg Config, binary string) (_ *Network, err error) {
	dir, err := newFolder(cfg.Dir)
	if err != nil {
		return nil, err
	}
	n := &Network{
		cfg:    cfg,
		binary: binary,
		dir:    dir,
		done:   make(chan struct{}),
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, n.Stop())
		}
	}()
	if err := n.launch(ctx); err != nil {
		return nil, err
	}
	if err := n.waitReady(ctx); err != nil {
		return nil, err
	}
	if err := dir.publish(n.torrc); err != nil {
		return nil, err
	}
	return n, nil
}

// launch starts the processes: the authority first, because a relay whose first
// upload fails waits before the next.
func (n *Network) launch(ctx context.Context) error {
	ports, err := freePorts(n.cfg.Relays + 2)
	if err != nil {
		return err
	}
	n.dirPort, ports = ports[0], ports[1:]
	advertised, err := n.forward(ports)
	if err != nil {
		return err
	}
	n.cfg.Progress("making the authority's keys")
	a, err := newAuthority(time.Now())
	if err != nil {
		return err
	}
	if err := a.save(filepath.Join(n.dir.state, "authority")); err != nil {
		return err
	}
	n.torrc = sharedTorrc(a, advertised[0], n.dirPort)

	first := time.Now().Add(uploadTime + voteDelay + distDelay)
	for i, port := range ports {
		name := fmt.Sprintf("relay%d", i)
		torrc := n.torrc
		if i == 0 {
			n.cfg.Progress("starting the authority")
			name = "authority"
			torrc += authorityTorrc(n.dirPort, first)
		}
		torrc += relayTorrc(name, port, advertised[i], time.Until(first)) + n.cfg.Torrc + "\n"
		d, err := startDaemon(n.binary, name, filepath.Join(n.dir.state, name), torrc, n.cfg.Log)
		if err != nil {
			return err
		}
		n.daemons = append(n.daemons, d)
		n.watch(d)
		if i == 0 {
			if err := d.wait(ctx, d.listening); err != nil {
				return err
			}
			n.cfg.Progress(fmt.Sprintf("starting %d relays", n.cfg.Relays))
		}
	}
	return nil
}

// forward puts a forwarder before each port if links are to be slow, and
// returns the ports to advertise.
func (n *Network) forward(ports []int) ([]int, error) {
	if n.cfg.LinkDelay == 0 {
		return ports, nil
	}
	advertised := make([]int, len(ports))
	for i, port := range ports {
		f, err := newForwarder(hostPort(port), n.cfg.LinkDelay)
		if err != nil {
			return nil, err
		}
		n.forwarders = append(n.forwarders, f)
		advertised[i] = f.port()
	}
	return advertised, nil
}
