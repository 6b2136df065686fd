// Command figures measures what it takes to start the program, and to write a message
// by it: from the start of the process to its end, as a script has it. It builds the
// program, and runs a node on a fake Tor: nothing of it waits for a network.
//
//	go run ./cmd/onionwire/internal/figures
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"syscall"
	"time"

	"github.com/onionwire/onionwire/tortransport/tortest"
)

const (
	// runs is how often each command is run.
	runs = 50
	// warmUp is how often before, so that all of it is in the system's memory.
	warmUp = 5
)

// Goals.
const (
	maxSend = 30 * time.Millisecond
	maxSize = 25 << 20
)

// measure is a command to measure.
type measure struct {
	name string
	what string
	goal time.Duration // or 0
	args []string
	// alone is whether no node runs.
	alone bool
}

var measures = []measure{
	{name: "Start", what: "`onionwire --version`, which only starts", args: []string{"--version"}},
	{name: "SendAlone", what: "`onionwire send` without a node", args: []string{"send", "#1", "hello"}, alone: true},
	{name: "Send", what: "`onionwire send` to a node that runs", goal: maxSend, args: []string{"send", "#1", "hello"}},
	{name: "Contacts", what: "`onionwire contacts` of a node that runs", args: []string{"contacts"}},
}

func main() {
	only := flag.String("measure", ".", "measure what matches this `regexp`: Start, SendAlone, Send, Contacts")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	matching, err := regexp.Compile(*only)
	if err == nil {
		err = run(ctx, matching)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "figures:", err)
		os.Exit(1)
	}
}

// run measures and prints. That a goal is missed is no error.
func run(ctx context.Context, only *regexp.Regexp) (err error) {
	wanted := slices.DeleteFunc(slices.Clone(measures), func(m measure) bool { return !only.MatchString(m.name) })
	if len(wanted) == 0 {
		return nil // somebody measures something else
	}
	dir, err := os.MkdirTemp("", "onionwire-figures-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b := &bench{dir: dir, program: filepath.Join(dir, "bin", "onionwire")}
	if err := b.build(ctx); err != nil {
		return err
	}
	if err := b.furnish(ctx); err != nil {
		return err
	}
	fmt.Println("| command, from start to end | median | fastest | slowest of 10 | goal |\n|---|---|---|---|---|")
	for _, alone := range []bool{true, false} {
		if !alone {
			end, err := b.serve(ctx)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, end()) }()
		}
		for _, m := range wanted {
			if m.alone != alone {
				continue
			}
			if err := b.measure(ctx, m); err != nil {
				return err
			}
		}
	}
	info, err := os.Stat(b.program)
	if err != nil {
		return err
	}
	fmt.Printf("\nThe stripped program has %.1f MiB; the goal is %d MiB.\n", float64(info.Size())/(1<<20), maxSize>>20)
	return nil
}

// bench is where it is measured.
type bench struct{ dir, program string }

func (b *bench) build(ctx context.Context) error {
	c := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", b.program, "./cmd/onionwire")
	c.Stderr = os.Stderr
	return c.Run()
}

// command is the program on a profile of this bench.
func (b *bench) command(ctx context.Context, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, b.program, args...)
	for _, v := range []string{"HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "TMPDIR"} {
		c.Env = append(c.Env, v+"="+b.dir)
	}
	c.Env = append(c.Env, "PATH="+os.Getenv("PATH"))
	return c
}

// furnish makes a profile with a contact that nobody reaches.
func (b *bench) furnish(ctx context.Context) error {
	for _, args := range [][]string{{"init", "--no-passphrase"}, {"init", "--no-passphrase", "--profile", "other"}} {
		if err := b.command(ctx, args...).Run(); err != nil {
			return fmt.Errorf("%q: %w", args, err)
		}
	}
	link, err := b.command(ctx, "link", "--profile", "other").Output()
	if err != nil {
		return err
	}
	add := b.command(ctx, "add", "-")
	in, err := add.StdinPipe()
	if err != nil {
		return err
	}
	if err := add.Start(); err != nil {
		return err
	}
	_, err = in.Write(link)
	return errors.Join(err, in.Close(), add.Wait())
}

// serve runs a node on a fake Tor, until the function is called that it returns.
func (b *bench) serve(ctx context.Context) (end func() error, err error) {
	fake, err := tortest.StartFake()
	if err != nil {
		return nil, err
	}
	c := b.command(ctx, "serve", "--tor-control", fake.ControlAddr())
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		fake.Close()
		return nil, err
	}
	ready := make([]byte, 1)
	_, err = io.ReadFull(out, ready)
	end = func() error {
		defer fake.Close()
		return errors.Join(c.Process.Signal(syscall.SIGTERM), c.Wait())
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the node does not run: %w", err), end())
	}
	return end, nil
}

func (b *bench) measure(ctx context.Context, m measure) error {
	var took []time.Duration
	for i := range warmUp + runs {
		began := time.Now()
		if err := b.command(ctx, m.args...).Run(); err != nil {
			return fmt.Errorf("%s: %w", m.what, err)
		}
		if i >= warmUp {
			took = append(took, time.Since(began))
		}
	}
	slices.Sort(took)
	goal := ""
	if m.goal > 0 {
		goal = "under " + m.goal.String()
	}
	fmt.Printf("| %s | %s | %s | %s | %s |\n", m.what, tenths(took[len(took)/2]), tenths(took[0]), tenths(took[len(took)*9/10]), goal)
	return nil
}

func tenths(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
}
