package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/onionwire/onionwire/tortransport/tortest"
)

// patience bounds each thing that is waited for.
const patience = 2 * time.Minute

// scene is a private Tor network with people who use the program on it.
type scene struct {
	program string
	dir     string
	torrc   string
	nodes   map[string]*exec.Cmd
	server  int // of tmux
}

// take takes the pictures.
func take(ctx context.Context, program, folder string) (err error) {
	if program, err = filepath.Abs(program); err != nil {
		return err
	}
	s := &scene{program: program, nodes: make(map[string]*exec.Cmd)}
	if s.dir, err = os.MkdirTemp("", "picture-"); err != nil {
		return err
	}
	defer os.RemoveAll(s.dir)
	network, err := tortest.Start(ctx, tortest.Config{
		Dir: filepath.Join(s.dir, "net"), Progress: func(what string) { fmt.Fprintln(os.Stderr, what) },
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, network.Stop()) }()
	s.torrc = network.TorrcFile()
	defer s.clear(context.WithoutCancel(ctx))
	for _, act := range []func(context.Context) error{
		s.meet, s.talk, s.goOn, func(ctx context.Context) error { return s.show(ctx, folder) },
	} {
		if err := act(ctx); err != nil {
			return err
		}
	}
	return nil
}

// clear ends what runs.
func (s *scene) clear(ctx context.Context) {
	_ = s.tmux(ctx, "kill-server").Run() // if it runs
	for name := range s.nodes {
		s.leave(name)
	}
}

// run runs a command for somebody and returns what it prints.
func (s *scene) run(ctx context.Context, name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	c := exec.CommandContext(ctx, s.program, append(args, s.flags(name)...)...)
	var complaint bytes.Buffer
	c.Stderr = &complaint
	out, err := c.Output()
	if err != nil {
		return "", fmt.Errorf("onionwire %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(complaint.String()))
	}
	return strings.TrimSpace(string(out)), nil
}

func (s *scene) flags(name string) []string {
	return []string{"--dir", s.dir, "--profile", strings.ToLower(name)}
}

// come brings somebody online, the first time with a new profile.
func (s *scene) come(ctx context.Context, name string) error {
	if _, err := os.Stat(filepath.Join(s.dir, strings.ToLower(name))); err != nil {
		if _, err := s.run(ctx, name, "init", "--no-passphrase", "--name", name); err != nil {
			return err
		}
	}
	c := exec.Command(s.program, append([]string{"serve", "--tor-network", s.torrc}, s.flags(name)...)...)
	out, err := c.StdoutPipe()
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return err
	}
	s.nodes[name] = c
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		return fmt.Errorf("%s is not there: %q: %w", name, line, err)
	}
	_, err = s.run(ctx, name, "call", "ready")
	return err
}

// leave takes somebody offline.
func (s *scene) leave(name string) {
	if c := s.nodes[name]; c != nil {
		_ = c.Process.Signal(os.Interrupt)
		_ = c.Wait() // its status says that it was interrupted
		delete(s.nodes, name)
	}
}

// say has somebody write to somebody, and waits until it has arrived.
func (s *scene) say(ctx context.Context, from, to, text string) error {
	_, err := s.run(ctx, from, "send", "--wait", "delivered", to, text)
	return err
}

// ask has somebody ask somebody to become a contact.
func (s *scene) ask(ctx context.Context, from, to, introduction string) error {
	link, err := s.run(ctx, to, "link")
	if err != nil {
		return err
	}
	link, _, _ = strings.Cut(link, "\n")
	if _, err := s.run(ctx, from, "add", link, "--introduction", introduction); err != nil {
		return err
	}
	return s.await(ctx, to, from, "requests")
}

// await waits until a list of somebody has a name.
func (s *scene) await(ctx context.Context, name, other string, list ...string) error {
	for began := time.Now(); time.Since(began) < patience; {
		out, err := s.run(ctx, name, list...)
		if err != nil {
			return err
		}
		if strings.Contains(out, other) {
			return nil
		}
		time.Sleep(200 * time.Millisecond)
	}
	return fmt.Errorf("%s is not among the %s of %s", other, list[0], name)
}

// meet brings everybody online, and lets Alice have two contacts and a request.
func (s *scene) meet(ctx context.Context) error {
	for _, name := range []string{"Alice", "Bob", "Carol", "Dave"} {
		if err := s.come(ctx, name); err != nil {
			return err
		}
	}
	for _, name := range []string{"Bob", "Carol"} {
		if err := s.ask(ctx, name, "Alice", "It is me, from the market."); err != nil {
			return err
		}
		if _, err := s.run(ctx, "Alice", "accept", name); err != nil {
			return err
		}
	}
	return s.ask(ctx, "Dave", "Alice", "Bob gave me your link. I bring the lamps.")
}

// talk lets them talk, and Alice read it.
func (s *scene) talk(ctx context.Context) error {
	for _, line := range []struct{ from, to, text string }{
		{"Carol", "Alice", "The printer says Thursday."},
		{"Alice", "Carol", "That is early enough. Thank you!"},
		{"Bob", "Alice", "Are you coming to the market on Saturday?"},
		{"Alice", "Bob", "Yes, at ten. Shall I bring the tent?"},
		{"Bob", "Alice", "Please do, it may rain. I have a plan of the stalls for you: ours is between the cheese and the books."},
		{"Alice", "Bob", "Good company."},
	} {
		if err := s.say(ctx, line.from, line.to, line.text); err != nil {
			return err
		}
	}
	_, err := s.capture(ctx, shot{columns: 104, rows: 28, keys: look, shows: []string{"Good company."}})
	return err
}

// goOn lets Bob send a file, and Carol go.
func (s *scene) goOn(ctx context.Context) error {
	plan := filepath.Join(s.dir, "stalls.pdf")
	if err := os.WriteFile(plan, bytes.Repeat([]byte("plan"), 1<<17), 0o600); err != nil {
		return err
	}
	if _, err := s.run(ctx, "Bob", "file", "send", "Alice", plan); err != nil {
		return err
	}
	if err := s.await(ctx, "Alice", "stalls.pdf", "file", "list"); err != nil {
		return err
	}
	if err := s.say(ctx, "Bob", "Alice", "It says who parks where, too."); err != nil {
		return err
	}
	if err := s.say(ctx, "Carol", "Alice", "Thursday it is. I am off now."); err != nil {
		return err
	}
	s.leave("Carol")
	_, err := s.run(ctx, "Alice", "send", "Carol", "Dave wants to bring lamps. Do we need any?")
	return err
}
