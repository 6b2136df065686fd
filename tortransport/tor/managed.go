package tor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
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
	// Torrc is added to the configuration that the daemon is started with, such as
	// the authorities of a private network.
	Torrc string
	// Bridges are lines as people get them, with or without the word Bridge before
	// them. If there are any, tor connects to its network through them only.
	Bridges []string
	// PluggableTransports are the programs for those bridges that need one.
	PluggableTransports []PluggableTransport
	// AllowExits permits connections to addresses other than onion services.
	// Without it the SOCKS port refuses them.
	AllowExits bool
	// Log gets what happens; nil discards it. What tor itself logs goes there
	// at debug level.
	Log *slog.Logger

	heartbeat time.Duration // zero means heartbeatInterval
	detour    detour        // what Bridges and PluggableTransports say
}

// Start runs a tor and returns once its control port can be used. Tor is then
// still connecting to its network; see [Daemon.WaitReady]. ctx bounds the
// start only. A tor that ends later, or hangs, is started again with the same
// configuration.
//
// Errors match ErrNoBinary, ErrOldVersion, ErrInUse, ErrBridge, ErrNoTransport, or
// ErrExited if tor ended at once, for instance because of a line in Torrc; its
// reason is then part of the error.
func Start(ctx context.Context, cfg Config) (*Daemon, error) {
	var err error
	if cfg.detour, err = plan(cfg); err != nil {
		return nil, err
	}
	binary, err := LookupBinary(ctx, cfg.Binary)
	if err != nil {
		return nil, err
	}
	f, err := openFolder(cfg.DataDir)
	if err != nil {
		return nil, err
	}
	d := newDaemon(cfg.Log, cfg.heartbeat)
	d.folder, d.lacks = f, binary.lacks(ctx)
	d.open = func(ctx context.Context) (*session, error) { return d.launch(ctx, binary, cfg) }
	if err := d.begin(ctx); err != nil {
		f.remove()
		return nil, err
	}
	return d, nil
}

// launch starts a child and begins a session with it.
func (d *Daemon) launch(ctx context.Context, binary Binary, cfg Config) (*session, error) {
	child, err := d.startChild(binary, cfg)
	if err != nil {
		return nil, err
	}
	s, err := d.meet(ctx, child)
	if err != nil {
		err = whyExited(child, err)
		child.Stop(stopGrace)
		return nil, err
	}
	return s, nil
}

func (d *Daemon) startChild(binary Binary, cfg Config) (*proc.Process, error) {
	// An empty file of defaults keeps the system's own configuration out.
	defaults := filepath.Join(d.folder.data, "torrc-defaults")
	if err := os.WriteFile(defaults, nil, 0o600); err != nil {
		return nil, fmt.Errorf("cannot write tor's configuration: %w", err)
	}
	torrc := filepath.Join(d.folder.data, "torrc")
	if err := os.WriteFile(torrc, []byte(d.folder.torrc(cfg)), 0o600); err != nil {
		return nil, fmt.Errorf("cannot write tor's configuration: %w", err)
	}
	// Left over, it would name the ports of the tor before.
	if err := os.Remove(d.folder.portFile()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("cannot remove an old file: %w", err)
	}
	cmd := exec.Command(binary.Path, "--defaults-torrc", defaults, "-f", torrc)
	if proc.LeashFD != 0 {
		cmd.Args = append(cmd.Args, "--__OwningControllerFD", strconv.Itoa(proc.LeashFD))
	}
	cmd.Dir = d.folder.data
	scrub := cfg.detour.scrubber()
	child, err := proc.StartLeashed(cmd, func(line string) string {
		line = scrub(line)
		d.onLog(line)
		return line
	})
	if err != nil {
		return nil, fmt.Errorf("%w: cannot start %s: %w", ErrNoBinary, binary.Path, err)
	}
	return child, nil
}

// meet begins a session with a child that is starting.
func (d *Daemon) meet(ctx context.Context, child *proc.Process) (*session, error) {
	addr, err := d.awaitControl(ctx, child)
	if err != nil {
		return nil, err
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, addr.Network, addr.Address)
	if err != nil {
		return nil, fmt.Errorf("cannot reach the control port: %w", err)
	}
	s, err := d.greet(ctx, conn, credentials{cookieFile: d.folder.cookie()}, child)
	if err != nil {
		return nil, err
	}
	if err := d.own(ctx, s); err != nil {
		s.end()
		return nil, err
	}
	return s, nil
}

// own ties tor to this process: it ends when the control connection does, as it
// does when its leash is let go (__OwningControllerFD), which is there from the
// start. It also looks every few seconds whether the process still exists
// (__OwningControllerProcess): there is no leash on Windows.
func (d *Daemon) own(ctx context.Context, s *session) error {
	if _, err := s.control.request(ctx, "TAKEOWNERSHIP"); err != nil {
		return err
	}
	if d.folder.sockets != "" {
		s.socks = d.folder.socksAddr()
		return nil
	}
	r, err := s.control.request(ctx, "GETINFO net/listeners/socks")
	if err != nil {
		return err
	}
	s.socks, err = firstListener(r, Addr{})
	return err
}

// awaitControl waits until the control port of the child is open.
func (d *Daemon) awaitControl(ctx context.Context, child *proc.Process) (Addr, error) {
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
		case <-child.Done():
			return Addr{}, fmt.Errorf("%w: %w", ErrExited, child.Err())
		case <-ctx.Done():
			return Addr{}, fmt.Errorf("starting tor: %w", ctx.Err())
		case <-deadline.C:
			return Addr{}, fmt.Errorf("tor did not open its control port within %s; its last words: %s",
				controlWait, strings.Join(child.Tail(), " | "))
		}
	}
}

// whyExited replaces the error of a connection that ended by the reason why a
// child did, if that is what happened.
func whyExited(child *proc.Process, err error) error {
	if child == nil || !errors.Is(err, ErrControl) {
		return err
	}
	t := time.NewTimer(stopGrace)
	defer t.Stop()
	select {
	case <-child.Done():
		return fmt.Errorf("%w: %w", ErrExited, child.Err())
	case <-t.C:
		return err
	}
}
