package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/node/rpc/token"
	"github.com/onionwire/onionwire/node/vault"
)

// farewell is how long a side of the demo may take to end.
const farewell = 10 * time.Second

// person is somebody in the demo: a profile, and while they are online a process with
// a node and a tor, and a connection to its socket.
type person struct {
	name    string
	peer    string
	contact rpc.Contact // the other one
	said    []string    // what they have written

	process *exec.Cmd
	leash   io.Closer // the process ends when it is closed
	node    *rpc.Remote
	cursor  ledger.Cursor // of the last event that was seen
	feed    <-chan happening
	stop    func()
	moved   bool  // whether the file is whole
	resumed int64 // how much of it they had when it went on, in bytes
}

// profileName is the name of the profile of somebody.
func (p *person) profileName() string { return strings.ToLower(p.name) }

// make makes the profile of somebody.
func (d *demo) make(ctx context.Context, p *person) (err error) {
	made, err := profile.Create(ctx, d.dir, p.profileName(), vault.WithoutPassphrase())
	if err != nil {
		return err
	}
	defer finish(&err, made)
	p.peer = made.Peer().String()
	return nil
}

// come brings somebody online and waits until they can be reached.
func (d *demo) come(ctx context.Context, p *person) error {
	if err := d.start(ctx, p); err != nil {
		return err
	}
	if err := d.dial(ctx, p); err != nil {
		return err
	}
	p.feed, p.stop = listen(context.WithoutCancel(ctx), p.node, p.cursor)
	return p.node.Ready(ctx)
}

// dial connects to the node of somebody.
func (d *demo) dial(ctx context.Context, p *person) error {
	path, err := profile.SocketPath(d.dir, p.profileName())
	if err != nil {
		return err
	}
	secret, err := token.Load(rpc.TokenPath(path))
	if err != nil {
		return err
	}
	p.node, err = rpc.DialRemote(ctx, path, secret)
	return err
}

// start starts the process of somebody, and waits for its socket.
func (d *demo) start(ctx context.Context, p *person) error {
	p.resumed = 0
	self, err := os.Executable()
	if err != nil {
		return err
	}
	// It is asked to end, and killed only if it does not: see leave.
	p.process = exec.Command(self, "demo", "side", "--dir", d.dir, "--profile", p.profileName(), "--name", p.name,
		"--tor-network", d.torrc, "--tor-binary", d.tor.Binary, "--log-level", d.tor.LogLevel)
	p.process.Args[0] = filepath.Base(os.Args[0])
	p.process.Stderr = d.progress
	if p.leash, err = p.process.StdinPipe(); err != nil {
		return err
	}
	out, err := p.process.StdoutPipe()
	if err != nil {
		return err
	}
	if err := p.process.Start(); err != nil {
		p.process = nil
		return err
	}
	defer context.AfterFunc(ctx, func() { p.leash.Close() })()
	line, err := bufio.NewReader(out).ReadString('\n')
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil || line != sideReady+"\n":
		return fmt.Errorf("the program of %s has not started", p.name) // it has told why
	}
	return nil
}

// leave takes somebody offline. It does nothing if they are.
func (p *person) leave() error {
	if p.process == nil {
		return nil
	}
	p.hangUp()
	p.leash.Close()
	late := time.AfterFunc(farewell, func() { _ = p.process.Process.Kill() })
	defer late.Stop()
	err := p.process.Wait()
	p.process = nil
	if err != nil {
		return fmt.Errorf("the program of %s: %w", p.name, err)
	}
	return nil
}

// kill takes somebody offline without a farewell.
func (p *person) kill() error {
	if err := p.process.Process.Kill(); err != nil {
		return err
	}
	p.hangUp()
	_ = p.process.Wait() // that it was killed
	p.process = nil
	return nil
}

// hangUp ends the connection to the process.
func (p *person) hangUp() {
	if p.stop != nil {
		p.stop()
	}
	if p.node != nil {
		p.node.Close()
	}
	p.stop, p.node = nil, nil
}

// await waits until something has happened that fits, for each of fits, in any order,
// and returns the last of it. A message that is not waited for is a failure.
func (p *person) await(ctx context.Context, what string, fits ...func(rpc.Event) bool) (rpc.Event, error) {
	for {
		select {
		case h := <-p.feed:
			if h.err != nil {
				return h.event, fmt.Errorf("%s waited for %s: %w", p.name, what, h.err)
			}
			p.cursor = h.event.Cursor
			p.note(h.event)
			n := len(fits)
			fits = without(fits, h.event)
			if len(fits) == 0 {
				return h.event, nil
			}
			if h.event.Kind == rpc.MessageReceived && len(fits) == n {
				return h.event, fmt.Errorf("%s got a message instead of %s", p.name, what)
			}
		case <-ctx.Done():
			return rpc.Event{}, fmt.Errorf("%s waited for %s: %w", p.name, what, ctx.Err())
		}
	}
}

// note keeps what an event tells of the file, whatever is waited for.
func (p *person) note(e rpc.Event) {
	switch {
	case e.Kind == rpc.FileChanged && e.FileState == rpc.ArrivedFile:
		p.moved = true
	case e.Kind == rpc.FileProgress && p.resumed == 0:
		p.resumed = e.Progress.Done
	}
}

// without returns all but the first that fits an event.
func without(fits []func(rpc.Event) bool, e rpc.Event) []func(rpc.Event) bool {
	for i, f := range fits {
		if f(e) {
			return append(fits[:i:i], fits[i+1:]...)
		}
	}
	return fits
}

// kind fits events of a kind.
func kind(k rpc.EventKind) func(rpc.Event) bool {
	return func(e rpc.Event) bool { return e.Kind == k }
}

// reaches fits the event that a message of ours was delivered.
func reaches(number ledger.MessageNumber) func(rpc.Event) bool {
	return func(e rpc.Event) bool {
		return e.Kind == rpc.DeliveryChanged && e.Message == number && e.Delivery == rpc.DeliveredMessage
	}
}

// awaitPresence waits until the other one is there, or gone.
func (p *person) awaitPresence(ctx context.Context, state rpc.PresenceState) error {
	_, err := p.await(ctx, string(state), func(e rpc.Event) bool {
		return e.Kind == rpc.PresenceChanged && e.Presence.State == state
	})
	return err
}

// has returns the message of an event, if it is the one that the other side has sent.
func (p *person) has(ctx context.Context, number ledger.MessageNumber, sent rpc.Message) error {
	got, err := p.node.Message(ctx, number)
	if err != nil {
		return err
	}
	if got.ID != sent.ID || got.Text != sent.Text || got.Sender != p.contact.ID {
		return errors.New("what " + p.name + " received is not what was sent")
	}
	return nil
}
