package doctor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/access"
	"github.com/onionwire/onionwire/node/lock"
	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/tortransport/tor"
)

// running looks whether a node runs, and answers.
func running(ctx context.Context, cfg *Config) Result {
	if cfg.noProfile {
		return Result{}
	}
	s, err := access.Running(ctx, cfg.Root, cfg.Name)
	switch {
	case err == nil:
		_ = s.Close()
		return well("one runs, and answers")
	case errors.Is(err, rpc.ErrNotRunning):
		return cfg.notRunning()
	}
	return cfg.failed(err)
}

// notRunning looks whether another process has the profile all the same.
func (cfg *Config) notRunning() Result {
	folder, err := lock.Acquire(filepath.Join(cfg.Root, cfg.Name))
	switch {
	case errors.Is(err, lock.ErrInUse):
		return Result{
			Outcome: Warn, Found: err.Error() + ", which answers nobody",
			Todo: "if it has just been started, wait a moment; if it hangs, end it",
		}
	case err != nil:
		return cfg.failed(err)
	}
	if err := folder.Release(); err != nil {
		return cfg.failed(err)
	}
	return well("none runs; commands open the profile by themselves")
}

// program looks for the tor program, or at the tor that is to be used.
func program(ctx context.Context, cfg *Config) Result {
	if cfg.Attached != "" {
		return well("the tor at " + cfg.Attached + " is to be used")
	}
	b, err := tor.LookupBinary(ctx, cfg.Binary)
	if err != nil {
		cfg.noTor = true
		return cfg.failed(err)
	}
	found := fmt.Sprintf("%s, version %s", b.Path, b.Version)
	if b.Version.Less(publicMin) {
		return cfg.dated(found)
	}
	return well(found)
}

// publicMin is the oldest tor that the public network takes, since September 2026. A
// private network takes older ones.
var publicMin = tor.Version{0, 4, 9, 0}

// dated says that a tor is too old for the public network.
func (cfg *Config) dated(found string) Result {
	return Result{
		Outcome: Warn, Found: fmt.Sprintf("%s; the public network takes %d.%d.%d and newer", found, publicMin[0], publicMin[1], publicMin[2]),
		Todo: cfg.Hint(tor.ErrOldVersion),
	}
}

// bootstrap looks whether Tor gets to its network: that of the node that runs, or one
// that is started for it, with its data in a folder that is removed again.
func bootstrap(ctx context.Context, cfg *Config) Result {
	if s, err := access.Running(ctx, cfg.Root, cfg.Name); err == nil {
		defer s.Close()
		return cfg.ofNode(ctx, s)
	}
	if cfg.noTor {
		return Result{}
	}
	if cfg.StartTor == nil {
		return Result{Outcome: Warn, Found: "not tried", Todo: "leave --offline away to try it"}
	}
	dir, err := os.MkdirTemp("", "onionwire-doctor-*")
	if err != nil {
		return cfg.failed(err)
	}
	defer os.RemoveAll(dir)
	d, err := cfg.StartTor(ctx, dir)
	if err != nil {
		return cfg.failed(err)
	}
	defer d.Close()
	patient, cancel := context.WithTimeout(ctx, cfg.Patience)
	defer cancel()
	if err := d.WaitReady(patient); err != nil {
		r := Result{
			Outcome: Fail, Found: fmt.Sprintf("Tor has not connected within %s: %v", cfg.Patience, err),
			Todo: cfg.Hint(tor.ErrNotReady),
		}
		if v := d.Version(); v.Less(publicMin) { // which is why, most likely
			r.Found = cfg.dated(fmt.Sprintf("Tor has not connected within %s, with version %s", cfg.Patience, v)).Found
			r.Todo = cfg.Hint(tor.ErrOldVersion)
		}
		return r
	}
	if v := d.Version(); cfg.Attached != "" && v.Less(publicMin) {
		return cfg.dated("Tor connects, with version " + v.String())
	}
	return well("Tor connects")
}

// ofNode says what the node that runs knows of its Tor.
func (cfg *Config) ofNode(ctx context.Context, api rpc.API) Result {
	s, err := api.Status(ctx)
	switch {
	case err != nil:
		return cfg.failed(err)
	case s.TorError != "" || s.ServiceError != "":
		wrong := s.TorError
		if wrong == "" {
			wrong = s.ServiceError
		}
		return Result{Outcome: Fail, Found: wrong, Todo: cfg.Hint(tor.ErrNotReady)}
	case s.Bootstrap < 100:
		return Result{Outcome: Warn, Found: fmt.Sprintf("the node's Tor has come to %d %%", s.Bootstrap), Todo: "wait a minute; " + cfg.Hint(tor.ErrNotReady)}
	case !s.Reachable:
		return Result{Outcome: Warn, Found: "the node's Tor is connected, and its address cannot be reached yet", Todo: "wait a minute"}
	}
	return well("the node's Tor is connected, and its address can be reached")
}
