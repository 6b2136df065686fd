package node

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"time"

	"github.com/onionwire/onionwire/node/contactlink"
	"github.com/onionwire/onionwire/node/engine"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/node/store"
)

// Link is how others reach this node, for them to be given.
func (n *Node) Link(ctx context.Context) (contactlink.Link, error) {
	s, err := n.settings(ctx)
	if err != nil {
		return contactlink.Link{}, err
	}
	link := n.profile.Link()
	link.Onion, link.Name = n.listened(), s.Name
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
// contacts. It fails with ErrInvalid or ErrLimit.
func (n *Node) SetSettings(ctx context.Context, u SettingsUpdate) (Settings, error) {
	var s settings
	err := n.command(ctx, func(e *engine.Engine, now time.Time) (err error) {
		s, err = n.change(e, now, u)
		return err
	})
	if err != nil {
		return Settings{}, err
	}
	return n.public(s), nil
}

// Configure does what SetSettings does for a profile on which no node runs, one that
// was just made, for example. Contacts are told when a node does.
func Configure(ctx context.Context, p *profile.Profile, u SettingsUpdate) (Settings, error) {
	n := &Node{cfg: Config{Profile: p, clock: time.Now}, profile: p, store: p.Store(), peer: []byte(p.Peer())}
	release, err := p.Claim()
	if err != nil {
		return Settings{}, err
	}
	defer release()
	e, err := n.load(ctx)
	if err != nil {
		return Settings{}, err
	}
	now := n.cfg.clock()
	s, err := n.change(e, now, u)
	for more := true; more && err == nil; {
		var out engine.Output
		if out, err = e.Flush(now); err == nil {
			err = n.store.Update(ctx, func(tx *store.Update) error { return tx.Apply(out.Changes...) })
		}
		more = out.More
	}
	if err != nil {
		return Settings{}, explain(err)
	}
	return n.public(s), nil
}

// change lets the engine change settings, and returns all. What is on the disk does not
// tell of a change a moment ago, in the same transaction: hence n.own.
func (n *Node) change(e *engine.Engine, now time.Time, u SettingsUpdate) (s settings, err error) {
	s = n.own
	if err := checkSettings(u); err != nil {
		return s, err
	}
	s.apply(u)
	kept, err := s.change()
	if err != nil {
		return s, err
	}
	if err := e.SetSettings(now, s.engine()); err != nil {
		return s, err
	}
	e.Keep(kept)
	n.own = s
	return s, nil
}

// checkSettings fails with ErrInvalid if there cannot be such settings.
func checkSettings(u SettingsUpdate) error {
	if u.Name != nil && *u.Name != "" {
		if err := contactlink.CheckName(*u.Name); err != nil {
			return fmt.Errorf("%w: %w", ErrInvalid, err)
		}
	}
	if u.Expiry != nil && *u.Expiry < 0 || u.AutoAccept != nil && *u.AutoAccept < 0 {
		return fmt.Errorf("%w: a time or a size below 0", ErrInvalid)
	}
	if u.Downloads != nil && *u.Downloads != "" && !filepath.IsAbs(*u.Downloads) {
		return fmt.Errorf("%w: the path of a folder has to be absolute", ErrInvalid)
	}
	return nil
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
