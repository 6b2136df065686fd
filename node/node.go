// Package node is a messenger: contacts, conversations that survive everything,
// files, and nobody in between.
//
// Make or open a profile (package profile), and Open a Node on it. It publishes the
// profile's onion service, dials contacts when there is something to say and is
// dialled by them, and keeps on the disk whatever must not be lost: when a method
// returns without an error, what it did is kept.
//
//	p, err := profile.Open(ctx, root, "alice", passphrase)
//	n, err := node.Open(ctx, node.Config{Profile: p})
//	contact, err := n.AddContact(ctx, link, node.AddOptions{Introduction: "It is me."})
//	for e, err := range n.Events(ctx, 0) { … }
//
// What happens is told by [Node.Events], in one stream with a cursor: who comes back
// with the last cursor that was seen misses nothing.
//
// # Layers
//
// Package engine decides, package store keeps, package reach says whom to dial and
// when, e2ee encrypts, wire encodes, transfer moves files. This package owns the
// goroutines, the streams, the clock and the order: one goroutine, the loop, has the
// engine, and everything that becomes of it is on the disk before it leaves.
package node

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/libp2p/go-libp2p/core/host"

	"github.com/onionwire/onionwire/node/e2ee"
	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/node/store"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// Config describes a node.
type Config struct {
	// Profile is who this node is; required. The node does not close it.
	Profile *profile.Profile
	// Daemon is the Tor daemon, which the node does not close. Nil: the node starts
	// one of its own, by Tor, and closes it.
	Daemon *tor.Daemon
	// Tor says how, if there is no Daemon. The data folder is the profile's own.
	Tor tor.Config
	// Offline leaves Tor away, and the host that would use it: the node reads what is
	// there and queues what it is told, for the next one that is opened. Whatever needs
	// Tor fails with ErrUnavailable, and Daemon is not looked at.
	Offline bool
	// Downloads is where files go if nobody says otherwise, an absolute path; it is made
	// when it is needed first. Empty: files that arrive without anybody naming a folder
	// are not accepted.
	Downloads string
	// Log gets what happens; nil discards it.
	Log *slog.Logger

	clock    func() time.Time // tests have their own
	patience patience
	links    int // with how many contacts there may be some, if not as many as usual
}

// Node is a running node. All methods may be called concurrently.
type Node struct {
	cfg      Config
	log      *slog.Logger
	profile  *profile.Profile
	store    *store.Store
	identity *e2ee.Identity
	key      ed25519.PublicKey
	peer     []byte // our own peer ID
	host     host.Host
	daemon   *tor.Daemon
	owned    bool // the daemon is ours to close
	started  time.Time

	ctx      context.Context // ends when the node closes
	cancel   context.CancelFunc
	tasks    sync.WaitGroup // all but the loop
	loop     sync.WaitGroup
	inputs   chan input
	closed   sync.Once
	entrance sync.Mutex // tasks of libp2p begin under it, or the node is closing
	done     chan struct{}
	failed   error // set before done is closed

	engine *engine.Engine // the loop's
	own    settings       // the loop's
	expiry time.Time      // when messages disappear next, the loop's

	gate    gate
	room    room
	guests  guests
	links   links
	dials   dials
	feed    feed
	moves   moves
	mishap  mishap        // with Tor
	lastID  atomic.Uint64 // of links
	deleted chan struct{} // tells that there is something to compact
	unclaim func()        // gives the profile back
}

var _ rpc.API = (*Node)(nil)

// Open starts a node. It listens at once and does not wait for Tor: see Ready. The
// context bounds the start alone. It fails with profile.ErrClaimed if there is a node
// on the profile already, and with the errors of the store, of tor.Start, and of
// listening.
func Open(ctx context.Context, cfg Config) (_ *Node, err error) {
	if cfg.Profile == nil {
		return nil, errors.New("a node needs a profile")
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.clock == nil {
		cfg.clock = time.Now
	}
	cfg.patience.complete()
	key := cfg.Profile.IdentityKey()
	identity, err := e2ee.NewIdentity(key)
	if err != nil {
		return nil, err
	}
	n := &Node{
		cfg: cfg, log: cfg.Log, profile: cfg.Profile, store: cfg.Profile.Store(), identity: identity,
		key: identity.PublicKey(), peer: []byte(cfg.Profile.Peer()), daemon: cfg.Daemon, started: time.Now(),
		inputs: make(chan input, maxInputs), done: make(chan struct{}), deleted: make(chan struct{}, 1),
	}
	if n.unclaim, err = cfg.Profile.Claim(); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			n.unclaim()
		}
	}()
	n.feed.init()
	n.room.folder, n.room.log = cfg.Profile.Dir(), cfg.Log
	if n.engine, err = n.load(ctx); err != nil {
		return nil, err
	}
	n.ctx, n.cancel = context.WithCancel(context.Background())
	n.links.init()
	if !cfg.Offline {
		if err := n.join(ctx, key); err != nil {
			n.cancel()
			return nil, err
		}
		n.handle()
		n.tasks.Go(n.closeUnused)
		n.tasks.Go(n.watchTor)
		for _, k := range n.profile.OnionKeys() {
			n.tasks.Go(func() { n.watchService(k) })
		}
	}
	n.tasks.Go(n.tidy)
	n.tasks.Go(n.compact)
	n.loop.Go(n.run)
	return n, nil
}

// join brings the node to Tor: from then on it listens.
func (n *Node) join(ctx context.Context, identity ed25519.PrivateKey) (err error) {
	if n.daemon == nil {
		if n.daemon, err = n.startTor(ctx); err != nil {
			return err
		}
		n.owned = true
	}
	if n.host, err = n.listen(identity); err != nil {
		return errors.Join(err, n.closeTor())
	}
	return nil
}

func (n *Node) startTor(ctx context.Context) (*tor.Daemon, error) {
	cfg := n.cfg.Tor
	cfg.DataDir = n.profile.TorDir()
	if cfg.Log == nil {
		cfg.Log = n.log
	}
	return tor.Start(ctx, cfg)
}

func (n *Node) closeTor() error {
	if !n.owned {
		return nil
	}
	return n.daemon.Close()
}

// uptime is how long the node has run, whatever becomes of the system's clock.
func (n *Node) uptime() time.Duration { return time.Since(n.started) }

// Daemon is the Tor daemon of the node, or nil if the node is offline.
func (n *Node) Daemon() *tor.Daemon { return n.daemon }

// Done is closed when the node has ended: by Close, or because the disk has failed,
// which Err tells. Its Tor may be there still until Close.
func (n *Node) Done() <-chan struct{} { return n.done }

// Err says why the node has ended: ErrClosed, or what the store has failed with. It
// is nil while the node runs.
func (n *Node) Err() error {
	select {
	case <-n.done:
		return n.failed
	default:
		return nil
	}
}

// Close says farewell to those who are connected, ends the node and waits until
// nothing of it is left. Nothing is lost: what is to be delivered waits on the disk.
func (n *Node) Close() error {
	n.end(ErrClosed)
	n.loop.Wait()
	n.tasks.Wait()
	var err error
	if n.host != nil {
		err = n.host.Close()
	}
	err = errors.Join(err, n.closeTor())
	n.unclaim()
	return err
}

// end ends the node for a reason, the first time.
func (n *Node) end(reason error) {
	n.closed.Do(func() {
		n.failed = reason
		close(n.done)
		n.entrance.Lock()
		defer n.entrance.Unlock()
		n.cancel()
	})
}

// load makes the engine of what is on the disk.
func (n *Node) load(ctx context.Context) (*engine.Engine, error) {
	var s engine.Snapshot
	err := n.store.View(ctx, func(tx *store.View) (err error) {
		s, n.own, n.expiry, err = readSnapshot(tx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the profile: %w", err)
	}
	n.gate.fill(s.Contacts)
	return engine.New(engine.Config{
		Peer: n.peer, Key: n.profile.StateKey(), Addresses: ownAddresses(n.profile.OnionKeys()),
		Links: n.cfg.links,
	}, s, n.cfg.clock())
}
