package tortest

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"
)

const (
	defaultRelays = 4
	// minRelays besides the authority is the least with which onion services
	// were seen to work.
	minRelays = 3
	maxRelays = 50

	networkFile = "network.torrc"
)

// Config is what a private network is made of. Its zero value is a good one.
type Config struct {
	// Relays is how many there are besides the authority, from 3 to 50; 0
	// stands for 4.
	Relays int
	// LinkDelay is added to every link from and to a relay, one way. A round
	// trip between two clients of an onion service crosses 14 links.
	LinkDelay time.Duration
	// Dir is the folder for network.torrc and, below it, the state of the
	// processes; Stop leaves it as it was found. With an empty Dir a temporary
	// folder is made, and removed at Stop.
	Dir string
	// TorBinary is the tor program; an empty one is looked up.
	TorBinary string
	// Torrc holds further lines for the authority and the relays.
	Torrc string
	// Log receives what the processes log, at debug level, and may be nil.
	Log *slog.Logger
	// Progress, if not nil, is told what Start is doing, by the goroutine that
	// called Start.
	Progress func(string)
}

func (c Config) withDefaults() (Config, error) {
	if c.Relays == 0 {
		c.Relays = defaultRelays
	}
	if c.Relays < minRelays || c.Relays > maxRelays {
		return c, fmt.Errorf("%d relays, %d to %d are possible", c.Relays, minRelays, maxRelays)
	}
	if c.LinkDelay < 0 {
		return c, fmt.Errorf("negative link delay %s", c.LinkDelay)
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Progress == nil {
		c.Progress = func(string) {}
	}
	return c, nil
}

// Network is a running private Tor network. Its methods may be called
// concurrently.
type Network struct {
	cfg    Config
	binary string
	dir    *folder
	torrc  string

	daemons    []*daemon // the authority is the first
	forwarders []*forwarder
	dirPort    int

	done     chan struct{}
	end      sync.Once
	err      error // set before done is closed
	watchers sync.WaitGroup

	mu      sync.Mutex
	stopped bool
	stopErr error
	clients []*Client
	bridges []*Bridge
}

// Torrc is the torrc fragment with which a tor process joins the network. It
// names no port and no folder.
func (n *Network) Torrc() string { return n.torrc }

// TorrcFile is the path of a file that holds Torrc, until Stop.
func (n *Network) TorrcFile() string { return filepath.Join(n.dir.base, networkFile) }

// Done is closed when the network cannot be used any more: after Stop, or when
// one of its processes has ended by itself. Clients do not count.
func (n *Network) Done() <-chan struct{} { return n.done }

// Err says which process ended and why, with the last lines that it logged. It
// is nil while the network runs, and if Stop ended it.
func (n *Network) Err() error {
	select {
	case <-n.done:
		if n.err == nil {
			return nil
		}
		return fmt.Errorf("tortest: %w", n.err)
	default:
		return nil
	}
}

// finish closes Done; the first reason counts.
func (n *Network) finish(err error) {
	n.end.Do(func() {
		n.err = err
		close(n.done)
	})
}

// watch reports the end of d.
func (n *Network) watch(d *daemon) {
	n.watchers.Go(func() {
		select {
		case <-d.proc.Done():
			n.finish(d.ended())
		case <-n.done:
		}
	})
}

// Stop ends all processes of the network and its clients and removes their
// files. It returns when all that is done; further calls return the same.
func (n *Network) Stop() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.stopped {
		return n.stopErr
	}
	n.stopped = true
	n.finish(nil)
	n.watchers.Wait()
	// Nothing is worth a polite end: all that they have is removed.
	var ends sync.WaitGroup
	errs := make([]error, len(n.clients), len(n.clients)+1)
	for i, c := range n.clients {
		ends.Go(func() { errs[i] = c.discard() })
	}
	for _, d := range n.daemons {
		ends.Go(d.kill)
	}
	for _, b := range n.bridges {
		ends.Go(b.Kill)
	}
	for _, f := range n.forwarders {
		ends.Go(f.close)
	}
	ends.Wait()
	if err := errors.Join(append(errs, n.dir.remove())...); err != nil {
		n.stopErr = fmt.Errorf("tortest: removing what the network left: %w", err)
	}
	return n.stopErr
}
