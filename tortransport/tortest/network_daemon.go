package tortest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/onionwire/onionwire/tortransport/internal/proc"
)

// errAddressInUse means that tor found one of its ports taken.
var errAddressInUse = errors.New("address in use")

// daemon is one tor process, a network's or a client.
type daemon struct {
	name string
	proc *proc.Process

	listening    chan struct{} // closed when all its ports are open
	bootstrapped chan struct{} // closed when it can build circuits
	once         struct{ listening, bootstrapped sync.Once }
}

// startDaemon starts tor in a folder that it makes if need be. It does not wait
// for anything.
func startDaemon(binary, name, dir, torrc string, log *slog.Logger) (*daemon, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	rc, empty := filepath.Join(dir, "torrc"), filepath.Join(dir, "defaults-torrc")
	cmd := exec.Command(binary, "-f", rc, "--defaults-torrc", empty)
	if proc.LeashFD != 0 {
		cmd.Args = append(cmd.Args, "--__OwningControllerFD", strconv.Itoa(proc.LeashFD))
	}
	cmd.Dir = dir
	d := &daemon{
		name:         name,
		listening:    make(chan struct{}),
		bootstrapped: make(chan struct{}),
	}
	log = log.With("daemon", name)
	err := errors.Join(
		os.WriteFile(rc, []byte(daemonTorrc(dir, os.Getpid())+torrc), 0o600),
		os.WriteFile(empty, nil, 0o600))
	if err == nil {
		d.proc, err = proc.StartLeashed(cmd, func(line string) string { d.read(line, log); return line })
	}
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	return d, nil
}

// progress matches the line with which tor tells how far it is.
var progress = regexp.MustCompile(`\] Bootstrapped (\d+)%`)

// read learns the state of tor from its log. A relay has no control port, and
// these lines have been the same for many years.
func (d *daemon) read(line string, log *slog.Logger) {
	log.Debug("tor", "line", line)
	m := progress.FindStringSubmatch(line)
	if m == nil {
		return
	}
	// The first of these lines comes when the configuration, which includes
	// opening all ports, is done.
	d.once.listening.Do(func() { close(d.listening) })
	if m[1] == "100" {
		d.once.bootstrapped.Do(func() { close(d.bootstrapped) })
	}
}

// wait waits for one of the two states, for the end of tor or of ctx. A tor that
// has ended is in neither state.
func (d *daemon) wait(ctx context.Context, state <-chan struct{}) error {
	select {
	case <-d.proc.Done():
		return d.ended()
	default:
	}
	select {
	case <-state:
		return nil
	case <-d.proc.Done():
		return d.ended()
	case <-ctx.Done():
		return fmt.Errorf("waiting for %s: %w", d.name, context.Cause(ctx))
	}
}

// ended says why tor ended.
func (d *daemon) ended() error {
	err := fmt.Errorf("%s ended: %w", d.name, d.proc.Err())
	for _, line := range d.proc.Tail() {
		if strings.Contains(line, "already in use") {
			return fmt.Errorf("%w: %w", errAddressInUse, err)
		}
	}
	return err
}

// kill ends tor at once and waits for its end. It may be called again.
func (d *daemon) kill() { d.proc.Kill() }
