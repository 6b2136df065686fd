package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/node/contactlink"
	"github.com/onionwire/onionwire/node/lock"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/rpc"
)

// tmuxConfig is what makes two interfaces in one terminal usable. Within another tmux,
// the outer one takes the first Ctrl-b.
const tmuxConfig = `set -g mouse on
set -g default-terminal "screen-256color"
set -ga terminal-overrides ",*:Tc"
set -g set-clipboard on
set -g focus-events on
set -g escape-time 20
set -g pane-border-status top
set -g pane-border-format " #{?#{==:#{pane_index},0},Alice,Bob} "
set -g status-left ""
set -g window-status-current-format ""
set -g status-right-length 60
set -g status-right 'other side: %sCtrl-b o   end: %[1]sCtrl-b d '
`

// tmuxPane runs a program in a pane, which stays if that fails, so that its last words
// can be read. (Not with tmux's option for that: what it can do depends on the version.)
const tmuxPane = `trap : INT; "$@" && exit; echo "It has ended with status $?. Enter closes this."; read -r _`

// besideColumns is how wide a terminal has to be for two interfaces with all that they
// can show to be beside each other, and not one above the other.
const besideColumns = 121

// open opens the interfaces of both in tmux, side by side, until both are closed.
func (d *demo) open(ctx context.Context) error {
	if !cli.IsTerminal(d.in) || !cli.IsTerminal(d.out) {
		return cli.Hint(cli.Usage(errors.New("--tui needs a terminal")), "without it, demo tells what happens in lines of text")
	}
	if _, err := exec.LookPath("tmux"); err != nil {
		return cli.Hint(errors.New("tmux is not there, which shows the two side by side"),
			"install it (Debian and Ubuntu: apt install tmux; macOS: brew install tmux), or see 'onionwire testnet --help'")
	}
	return d.onNetwork(ctx, func(ctx context.Context) error {
		if err := d.acquaint(ctx); err != nil {
			return err
		}
		err := d.showBoth(ctx)
		ending := context.WithoutCancel(ctx)
		return errors.Join(err, d.closed(ending, d.alice), d.closed(ending, d.bob))
	})
}

// acquaint makes both profiles, and lets Alice have asked Bob to become a contact when
// they come online.
func (d *demo) acquaint(ctx context.Context) error {
	var link contactlink.Link
	for _, p := range []*person{d.bob, d.alice} {
		if err := d.make(ctx, p); err != nil {
			return err
		}
		err := d.offline(ctx, p, func(n *node.Node) (err error) {
			if _, err := n.SetSettings(ctx, rpc.SettingsUpdate{Name: &p.name}); err != nil {
				return err
			}
			if p == d.alice {
				_, err = n.AddContact(ctx, link, rpc.AddOptions{Alias: d.bob.name, Introduction: introduction})
				return err
			}
			link, err = n.Link(ctx)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// offline opens the profile of somebody without Tor for as long as use takes.
func (d *demo) offline(ctx context.Context, p *person, use func(*node.Node) error) (err error) {
	opened, err := profile.Open(ctx, d.dir, p.profileName(), nil)
	if err != nil {
		return err
	}
	defer finish(&err, opened)
	n, err := node.Open(ctx, node.Config{Profile: opened, Offline: true})
	if err != nil {
		return err
	}
	defer finish(&err, n)
	return use(n)
}

// showBoth shows both interfaces until the user leaves.
func (d *demo) showBoth(ctx context.Context) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	more := "" // Ctrl-b
	if os.Getenv("TMUX") != "" {
		more = "Ctrl-b "
	}
	if err := os.WriteFile(d.tmuxPath("tmux.conf"), fmt.Appendf(nil, tmuxConfig, more), 0o600); err != nil {
		return err
	}
	pane := func(p *person) []string {
		return []string{
			"sh", "-c", tmuxPane, p.name,
			self, "--dir", d.dir, "--profile", p.profileName(), "--tor-network", d.torrc, "--tor-binary", d.tor.Binary,
		}
	}
	defer func() { _ = d.tmux(context.WithoutCancel(ctx), "kill-server").Run() }() // if it is still there
	call := func(args ...string) error {
		out, err := d.tmux(ctx, args...).CombinedOutput()
		if err != nil {
			return fmt.Errorf("tmux %s: %w: %s", args[0], err, strings.TrimSpace(string(out)))
		}
		return nil
	}
	columns, lines, err := term.GetSize(int(os.Stdout.Fd()))
	if err != nil || columns == 0 || lines == 0 { // some terminals do not tell
		columns, lines = 80, 24
	}
	side := "-h"
	if columns < besideColumns {
		side = "-v"
	}
	size := []string{"-x", strconv.Itoa(columns), "-y", strconv.Itoa(lines)}
	if err := call(slices.Concat([]string{"new-session", "-d", "-s", "demo"}, size, pane(d.bob))...); err != nil {
		return err
	}
	// Whoever cannot be found is tried again half a minute later.
	began := time.Now()
	d.say("Opening Bob's interface, and Alice's as soon as he can be reached.")
	if err := d.reachable(ctx, d.bob); err == nil {
		d.took("He can be", began)
	}
	if err := call(append([]string{"split-window", side, "-b", "-t", "demo"}, pane(d.alice)...)...); err != nil {
		return err
	}
	attached := d.tmux(ctx, "attach-session", "-t", "demo")
	attached.Stdin, attached.Stdout, attached.Stderr = os.Stdin, os.Stdout, os.Stderr
	err = attached.Run()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// reachable waits for a while until somebody can be reached whose interface is open.
func (d *demo) reachable(ctx context.Context, p *person) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		err := d.dial(ctx, p)
		if err == nil {
			defer p.hangUp()
			return p.node.Ready(ctx)
		}
		if ctx.Err() != nil {
			return err
		}
		time.Sleep(200 * time.Millisecond)
	}
}

func (d *demo) tmuxPath(name string) string { return filepath.Join(d.dir, name) }

// tmux calls a tmux of the demo's own, which refuses to run in another one unless it
// does not know of that.
func (d *demo) tmux(ctx context.Context, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, "tmux", append([]string{"-S", d.tmuxPath("tmux"), "-f", d.tmuxPath("tmux.conf")}, args...)...)
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "TMUX=") {
			c.Env = append(c.Env, v)
		}
	}
	return c
}

// closed waits until nobody has the profile of somebody open: then their program has
// ended, and their Tor with it.
func (d *demo) closed(ctx context.Context, p *person) (err error) {
	ctx, cancel := context.WithTimeout(ctx, farewell)
	defer cancel()
	for {
		var opened *profile.Profile
		if opened, err = profile.Open(ctx, d.dir, p.profileName(), nil); err == nil {
			finish(&err, opened)
			return err
		}
		if !errors.Is(err, lock.ErrInUse) || ctx.Err() != nil {
			return err
		}
		time.Sleep(100 * time.Millisecond)
	}
}
