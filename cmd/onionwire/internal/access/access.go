// Package access is how a command reaches the node of a profile: the one that another
// process runs, over its socket, or else one of its own.
//
//	s, err := access.Open(ctx, cfg)
//	if err != nil {
//		return err
//	}
//	defer s.Close()
//	contacts, err := s.Contacts(ctx)
//
// Who wants to read and to queue needs no network, and gets a node that is offline if
// none runs: what it queues is delivered by the next one that runs. A node with a
// network is there for other commands as well while it lasts.
package access

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/adrg/xdg"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/node/rpc/token"
	"github.com/onionwire/onionwire/tortransport/tor"
)

const (
	// patience is how long is waited for another process that has the profile and no
	// socket: it has just begun, is about to end, or is another command.
	patience = 3 * time.Second
	// pause is how often is looked meanwhile.
	pause = 25 * time.Millisecond
)

// Config says which node, and how one is made if none runs.
type Config struct {
	// Root and Name are the folder of all profiles, and the name of this one.
	Root, Name string
	// Version is that of the program, for clients to know.
	Version string
	// Unlock calls its argument with the passphrase of the profile, empty if there is
	// none, which it may ask for. It is not called if a node runs.
	Unlock func(ctx context.Context, use func(passphrase []byte) error) error
	// StartTor starts a daemon with its data in a folder, or attaches to one. Nil: the
	// node is offline, unless another process runs it.
	StartTor func(ctx context.Context, dataDir string) (*tor.Daemon, error)
	// Log gets what happens; nil discards it.
	Log *slog.Logger
}

// Session is a node for as long as a command uses it.
type Session struct {
	rpc.API
	node    *node.Node // nil if another process runs it
	profile *profile.Profile
	version string
	served  bool        // whether others can use our node
	client  *rpc.Client // on the socket, if there is one yet
	closers []io.Closer // the last is closed first
}

// Open returns the node that runs on the profile, or else makes one. The context bounds
// the start alone.
//
// It fails with what Unlock and StartTor fail with, as rpc.Dial, profile.Open and
// node.Open do, and with profile.ErrInUse if another process has the profile and does
// not let anybody use the node.
func Open(ctx context.Context, cfg Config) (*Session, error) {
	s, err := Running(ctx, cfg.Root, cfg.Name)
	if !errors.Is(err, rpc.ErrNotRunning) {
		return s, err
	}
	err = cfg.Unlock(ctx, func(passphrase []byte) (err error) {
		s, err = cfg.either(ctx, passphrase)
		return err
	})
	return s, err
}

// Own makes a node, for who is to run it. It fails like Open, and with profile.ErrInUse
// if another process has the profile.
func Own(ctx context.Context, cfg Config) (s *Session, err error) {
	err = cfg.Unlock(ctx, func(passphrase []byte) (err error) {
		s, err = cfg.own(ctx, passphrase)
		return err
	})
	return s, err
}

// either makes a node, or waits for the one of who has the profile.
func (cfg *Config) either(ctx context.Context, passphrase []byte) (*Session, error) {
	for began := time.Now(); ; {
		s, err := cfg.own(ctx, passphrase)
		if !errors.Is(err, profile.ErrInUse) || time.Since(began) > patience {
			return s, err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
		if s, err := Running(ctx, cfg.Root, cfg.Name); !errors.Is(err, rpc.ErrNotRunning) {
			return s, err
		}
	}
}

// Running returns the node that another process runs on the profile. It fails with
// rpc.ErrNotRunning if none does, with profile.ErrNotFound, or as rpc.Dial does.
func Running(ctx context.Context, root, name string) (*Session, error) {
	path, err := profile.SocketPath(root, name)
	var secret token.Secret
	if err == nil {
		secret, err = token.Load(rpc.TokenPath(path))
	}
	if errors.Is(err, fs.ErrNotExist) { // no node was ever there
		err = rpc.ErrNotRunning
	}
	if err != nil {
		return nil, err
	}
	r, err := rpc.DialRemote(ctx, path, secret)
	if err != nil {
		return nil, err
	}
	return &Session{API: r, client: r.Client(), closers: []io.Closer{r}}, nil
}

// own makes a node.
func (cfg *Config) own(ctx context.Context, passphrase []byte) (_ *Session, err error) {
	s := &Session{version: cfg.Version}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	p, err := profile.Open(ctx, cfg.Root, cfg.Name, passphrase)
	if err != nil {
		return nil, err
	}
	s.profile, s.closers = p, append(s.closers, p)
	c := node.Config{Profile: p, Log: cfg.Log, Offline: cfg.StartTor == nil, Downloads: downloads(p.Dir())}
	if !c.Offline {
		if c.Daemon, err = cfg.StartTor(ctx, p.TorDir()); err != nil {
			return nil, err
		}
		s.closers = append(s.closers, c.Daemon)
	}
	if s.node, err = node.Open(ctx, c); err != nil {
		return nil, err
	}
	s.API, s.closers = s.node, append(s.closers, s.node)
	if !c.Offline {
		err = s.serve(ctx)
	}
	return s, err
}

// downloads returns where files go of which nobody says where: into the folder that the
// user has for downloads, or if there is none, as on a server, into one of the profile's.
func downloads(dir string) string {
	folder := xdg.UserDirs.Download
	if info, err := os.Stat(folder); err != nil || !info.IsDir() || !filepath.IsAbs(folder) {
		return filepath.Join(dir, "downloads")
	}
	return folder
}

// serve lets other commands use the node.
func (s *Session) serve(ctx context.Context) error {
	server, err := s.node.Serve(ctx, s.version)
	if err != nil {
		return err
	}
	s.served, s.closers = true, append(s.closers, server)
	return nil
}

// Remote reports whether another process runs the node.
func (s *Session) Remote() bool { return s.node == nil }

// Node is our own node, or nil if another process runs it.
func (s *Session) Node() *node.Node { return s.node }

// Client is for what a server does beside the API, such as tokens. It is closed with
// the session. A node of our own then answers us like others.
func (s *Session) Client(ctx context.Context) (*rpc.Client, error) {
	if s.client != nil {
		return s.client, nil
	}
	if !s.served {
		if err := s.serve(ctx); err != nil {
			return nil, err
		}
	}
	path := s.profile.SocketPath()
	secret, err := token.Load(rpc.TokenPath(path))
	if err != nil {
		return nil, err
	}
	if s.client, err = rpc.Dial(ctx, path, secret); err != nil {
		return nil, err
	}
	s.closers = append(s.closers, s.client)
	return s.client, nil
}

// Close leaves the node: one of our own ends, with its Tor.
func (s *Session) Close() (err error) {
	for i := len(s.closers) - 1; i >= 0; i-- {
		err = errors.Join(err, s.closers[i].Close())
	}
	s.closers = nil
	return err
}
