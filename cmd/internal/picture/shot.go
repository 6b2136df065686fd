package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// shot is one picture of the interface.
type shot struct {
	name          string
	columns, rows int
	keys          []string // as tmux names them, one after the other
	shows         []string // what has to be on the screen
}

// look is how Alice looks at what Bob has said.
var look = []string{"C-k", "Bob", "Enter"}

// shots are the pictures that are taken, one after the other.
var shots = []shot{
	{name: "interface", columns: 104, rows: 28, keys: look, shows: []string{"Carol", "stalls.pdf", "parks"}},
	{name: "request", columns: 88, rows: 22, keys: []string{"F5"}, shows: []string{"Dave", "lamps"}},
	{name: "verify", columns: 88, rows: 28, keys: append(look, "/verify", "Enter"), shows: []string{"Bob"}},
	{name: "link", columns: 88, rows: 36, keys: []string{"F2"}, shows: []string{"onionwire:"}},
}

// show opens Alice's interface for each of the pictures.
func (s *scene) show(ctx context.Context, folder string) error {
	for _, shot := range shots {
		captured, err := s.capture(ctx, shot)
		if err != nil {
			return fmt.Errorf("%s: %w", shot.name, err)
		}
		picture := svg(parse(captured), "onionwire")
		if err := os.WriteFile(filepath.Join(folder, shot.name+".svg"), picture, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// capture opens Alice's interface, presses keys, and returns what the screen shows.
func (s *scene) capture(ctx context.Context, shot shot) (string, error) {
	s.server++ // one that is ending takes no session
	conf := filepath.Join(s.dir, "tmux.conf")
	settings := "set -g default-terminal tmux-256color\nset -ga terminal-overrides ',*:Tc'\nset -g status off\nset -g escape-time 20\n"
	if err := os.WriteFile(conf, []byte(settings), 0o600); err != nil {
		return "", err
	}
	open := append([]string{
		"-f", conf, "new-session", "-d", "-s", "picture", "-x", strconv.Itoa(shot.columns), "-y", strconv.Itoa(shot.rows), s.program,
	}, s.flags("Alice")...)
	if out, err := s.tmux(ctx, open...).CombinedOutput(); err != nil {
		return "", fmt.Errorf("tmux: %w: %s", err, out)
	}
	defer func() { _ = s.tmux(ctx, "kill-server").Run() }()
	if _, err := s.screen(ctx, "Bob", "Carol"); err != nil {
		return "", err
	}
	for _, key := range shot.keys {
		if err := s.tmux(ctx, "send-keys", key).Run(); err != nil {
			return "", err
		}
		time.Sleep(300 * time.Millisecond) // for whatever opens by it
	}
	if _, err := s.screen(ctx, shot.shows...); err != nil {
		return "", err
	}
	time.Sleep(2 * time.Second) // for signs of life
	return s.screen(ctx, shot.shows...)
}

// screen waits until all of texts are on the screen, and returns it.
func (s *scene) screen(ctx context.Context, texts ...string) (string, error) {
	var last string
	for began := time.Now(); time.Since(began) < patience; time.Sleep(200 * time.Millisecond) {
		out, err := s.tmux(ctx, "capture-pane", "-e", "-p", "-N").Output()
		if err != nil {
			return "", fmt.Errorf("tmux capture-pane: %w", err)
		}
		last = string(out)
		missing := false
		for _, text := range texts {
			missing = missing || !strings.Contains(last, text)
		}
		if !missing {
			return last, nil
		}
	}
	return "", fmt.Errorf("the screen does not show all of %q, but\n%s", texts, last)
}

// tmux calls a tmux of the scene's own.
func (s *scene) tmux(ctx context.Context, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, "tmux", append([]string{"-S", filepath.Join(s.dir, "tmux"+strconv.Itoa(s.server))}, args...)...)
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "TMUX=") {
			c.Env = append(c.Env, v)
		}
	}
	return c
}
