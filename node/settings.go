package node

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"time"

	"github.com/onionwire/onionwire/node/contactlink"
	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/node/store"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// Link is how others reach this node, for them to be given.
func (n *Node) Link(ctx context.Context) (contactlink.Link, error) {
	s, err := n.settings(ctx)
	if err != nil {
		return contactlink.Link{}, err
	}
	link := n.profile.Link()
	link.Name = s.Name
	return link, nil
}

func (n *Node) settings(ctx context.Context) (s settings, err error) {
	err = n.read(ctx, func(tx *store.View) (err error) {
		s, err = readSettings(tx)
		return err
	})
	return s, err
}

// Settings returns the settings of the profile.
func (n *Node) Settings(ctx context.Context) (Settings, error) {
	s, err := n.settings(ctx)
	if err != nil {
		return Settings{}, err
	}
	return n.public(s), nil
}

func (n *Node) public(s settings) Settings {
	downloads := s.Downloads
	if downloads == "" {
		downloads = n.cfg.Downloads
	}
	return Settings{
		Name: s.Name, ReadReceipts: !s.NoReceipts, TypingHints: !s.NoTyping, Expiry: rpc.Duration(s.Expiry),
		AutoAccept: int64(min(s.AutoAccept, math.MaxInt64)), Downloads: downloads,
	}
}

// SetSettings changes those that are given, and returns all. A new name is told to all
// contacts. It fails with ErrInvalid.
func (n *Node) SetSettings(ctx context.Context, u SettingsUpdate) (Settings, error) {
	if u.Name != nil && *u.Name != "" {
		if err := contactlink.CheckName(*u.Name); err != nil {
			return Settings{}, fmt.Errorf("%w: %w", ErrInvalid, err)
		}
	}
	if u.Expiry != nil && *u.Expiry < 0 || u.AutoAccept != nil && *u.AutoAccept < 0 {
		return Settings{}, fmt.Errorf("%w: a time or a size below 0", ErrInvalid)
	}
	if u.Downloads != nil && *u.Downloads != "" && !filepath.IsAbs(*u.Downloads) {
		return Settings{}, fmt.Errorf("%w: the path of a folder has to be absolute", ErrInvalid)
	}
	var s settings
	err := n.command(ctx, func(e *engine.Engine, now time.Time) (err error) {
		err = n.view(ctx, func(tx *store.View) (err error) {
			s, err = readSettings(tx)
			return err
		})
		if err != nil {
			return err
		}
		s.apply(u)
		change, err := s.change()
		if err != nil {
			return err
		}
		if err := e.SetSettings(now, s.engine()); err != nil {
			return err
		}
		e.Keep(change)
		return nil
	})
	if err != nil {
		return Settings{}, err
	}
	return n.public(s), nil
}

func (s *settings) apply(u SettingsUpdate) {
	if u.Name != nil {
		s.Name = *u.Name
	}
	if u.ReadReceipts != nil {
		s.NoReceipts = !*u.ReadReceipts
	}
	if u.TypingHints != nil {
		s.NoTyping = !*u.TypingHints
	}
	if u.Expiry != nil {
		s.Expiry = time.Duration(*u.Expiry)
	}
	if u.AutoAccept != nil {
		s.AutoAccept = uint64(*u.AutoAccept)
	}
	if u.Downloads != nil {
		s.Downloads = *u.Downloads
	}
}

// Status returns how the node is doing.
func (n *Node) Status(ctx context.Context) (Status, error) {
	s := Status{
		Peer: n.profile.Peer().String(), Started: rpc.TimeOf(n.started), Connected: n.feed.connected(),
	}
	err := n.read(ctx, func(tx *store.View) error {
		counters, err := tx.Counters()
		if err != nil {
			return err
		}
		s.Cursor = counters.Cursor
		waiting, err := tx.Waiting()
		for _, w := range waiting {
			if w.Message != 0 {
				s.Waiting++
			}
		}
		return err
	})
	if err != nil {
		return s, err
	}
	n.torStatus(ctx, &s)
	return s, nil
}

// torStatus adds what Tor says.
func (n *Node) torStatus(ctx context.Context, s *Status) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for d := range n.daemon.Status(ctx) {
		s.Tor, s.Bootstrap = d.State.String(), d.Progress.Percent
		if d.Err != nil {
			s.Tor += ": " + d.Err.Error()
		}
		break
	}
	services, err := n.ServiceStatus(ctx)
	if err != nil {
		return
	}
	for service := range services {
		s.Service, s.Reachable = service.Phase.String(), service.Phase == tor.Reachable
		if service.Err != nil {
			s.Service += ": " + service.Err.Error()
		}
		break
	}
}
