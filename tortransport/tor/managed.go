package tor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/onionwire/onionwire/tortransport/internal/proc"
)

const (
	// stopGrace is how long a managed tor may take to end when asked to, before
	// it is killed. A client ends within milliseconds.
	stopGrace = time.Second
	// controlPoll is how often a tor that is starting is looked at.
	controlPoll = 10 * time.Millisecond
	// controlWait bounds how long tor may take to open its control port. It
	// does so before it touches the network; a large state folder on a slow
	// disk takes seconds.
	controlWait = time.Minute
)

// Config says how to run a managed daemon. The zero Config is good for use: the
// tor program from PATH, with a temporary data folder.
type Config struct {
	// Binary is the tor program; empty means to look for it.
	Binary string
	// DataDir is tor's data folder, made if it is missing. Keeping it keeps
	// tor's choice of guards, which matters for anonymity, and makes the next
	// start quicker. Empty means a temporary folder that Close removes.
	DataDir string
	// Torrc is added to the configuration that the daemon is started with: the
	// authorities of a private network, bridges.
	Torrc string
	// AllowExits permits connections to addresses other than onion services.
	// Without it the SOCKS port refuses them.
	AllowExits bool
	// Log gets what happens; nil discards it. What tor itself logs goes there
	// at debug level.
	Log *slog.Logger
}

// Start runs a tor and returns once its control port can be used. Tor is then
// still connecting to its network; see [Daemon.WaitReady]. ctx bounds the
// start only.
//
// Errors match ErrNoBinary, ErrOldVersion, ErrInUse, or ErrExited if tor ended
// at once, for instance because of a line in Torrc; its reason is then part of
// the error.
func Start(ctx context.Context, cfg Config) (*Daemon, error) {
	log := cfg.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	binary, err := LookupBinary(ctx, cfg.Binary)
	if err != nil {
		return nil, err
	}
	f, err := openFolder(cfg.DataDir)
	if err != nil {
		return nil, err
	}
	d := &Daemon{log: log, folder: f}
	if err := d.launch(ctx, binary, cfg); err != nil {
		if d.child != nil {
			d.child.Stop(stopGrace)
		}
		f.remove()
		return nil, err
	}
	return d, nil
}

func (d *Daemon) launch(ctx context.Context, binary Binary, cfg Config) error {
	// An empty file of defaults keeps the system's own configuration out.
	defaults := filepath.Join(d.folder.data, "torrc-defaults")
	if err := os.WriteFile(defaults, nil, 0o600); err != nil {
		return fmt.Errorf("cannot write tor's configuration: %w", err)
	}
	torrc := filepath.Join(d.folder.data, "torrc")
	if err := os.WriteFile(torrc, []byte(d.folder.torrc(cfg)), 0o600); err != nil {
		return fmt.Errorf("cannot write tor's configuration: %w", err)
	}
	// Left over, it would name the ports of the tor before.
	if err := os.Remove(d.folder.portFile()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("cannot remove an old file: %w", err)
	}
	cmd := exec.Command(binary.Path, "--defaults-torrc", defaults, "-f", torrc)
	cmd.Dir = d.folder.data
	child, err := proc.Start(cmd, func(line string) { d.log.Debug("tor", "line", line) })
	if err != nil {
		return fmt.Errorf("%w: cannot start %s: %w", ErrNoBinary, binary.Path, err)
	}
	d.child = child
	addr, err := d.awaitControl(ctx)
	if err != nil {
		return err
	}
	if err := d.connect(ctx, addr, credentials{cookieFile: d.folder.cookie()}); err != nil {
		return d.whyExited(err)
	}
	if err := d.own(ctx); err != nil {
		err = d.whyExited(err)
		d.Close()
		return err
	}
	return nil
}

// own ties tor to this process: it ends when the control connection does, and
// it looks every few seconds whether the process still exists
// (__OwningControllerProcess), should the connection have been inherited.
func (d *Daemon) own(ctx context.Context) error {
	if _, err := d.control.request(ctx, "TAKEOWNERSHIP"); err != nil {
		return err
	}
	if d.folder.sockets != "" {
		d.socks = d.folder.socksAddr()
		return nil
	}
	r, err := d.control.request(ctx, "GETINFO net/listeners/socks")
	if err != nil {
		return err
	}
	d.socks, err = firstListener(r, Addr{})
	return err
}

// awaitControl waits until the control port of the child is open.
func (d *Daemon) awaitControl(ctx context.Context) (Addr, error) {
	tick := time.NewTicker(controlPoll)
	defer tick.Stop()
	deadline := time.NewTimer(controlWait)
	defer deadline.Stop()
	for {
		if addr, ok := d.folder.controlAddr(ctx); ok {
			return addr, nil
		}
		select {
		case <-tick.C:
		case <-d.child.Done():
			return Addr{}, fmt.Errorf("%w: %w", ErrExited, d.child.Err())
		case <-ctx.Done():
			return Addr{}, fmt.Errorf("starting tor: %w", ctx.Err())
		case <-deadline.C:
			return Addr{}, fmt.Errorf("tor did not open its control port within %s; its last words: %s",
				controlWait, strings.Join(d.child.Tail(), " | "))
		}
	}
}

// whyExited replaces the error of a connection that ended by the reason why a
// managed tor did, if that is what happened.
func (d *Daemon) whyExited(err error) error {
	if d.child == nil || !errors.Is(err, ErrControl) {
		return err
	}
	t := time.NewTimer(stopGrace)
	defer t.Stop()
	select {
	case <-d.child.Done():
		return fmt.Errorf("%w: %w", ErrExited, d.child.Err())
	case <-t.C:
		return err
	}
}
