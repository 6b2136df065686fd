package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"

	"github.com/onionwire/onionwire/cmd/internal/compile"
	"github.com/onionwire/onionwire/internal/report"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// bench is where it is measured.
type bench struct{ dir, program string }

func newBench(dir string) *bench {
	return &bench{dir: dir, program: filepath.Join(dir, "bin", "onionwire")}
}

// build compiles the program as a release has it.
func (b *bench) build(ctx context.Context) error {
	args := append([]string{"build"}, compile.Args()...)
	c := exec.CommandContext(ctx, "go", append(args, "-ldflags", compile.LinkFlags, "-o", b.program, "./cmd/onionwire")...)
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	c.Stderr = os.Stderr
	return c.Run()
}

// command is the program on a profile of this bench.
func (b *bench) command(ctx context.Context, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, b.program, args...)
	for _, v := range []string{"HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "TMPDIR"} {
		c.Env = append(c.Env, v+"="+b.dir)
	}
	c.Env = append(c.Env, "PATH="+os.Getenv("PATH"), "TERM=xterm-256color", "LANG=C.UTF-8")
	return c
}

// furnish makes a profile with a contact that nobody reaches.
func (b *bench) furnish(ctx context.Context) error {
	for _, args := range [][]string{
		{"init", "--no-passphrase", "--profile", "default"}, {"init", "--no-passphrase", "--profile", "other"},
	} {
		if err := b.command(ctx, args...).Run(); err != nil {
			return fmt.Errorf("%q: %w", args, err)
		}
	}
	link, err := b.command(ctx, "link", "--profile", "other").Output()
	if err != nil {
		return err
	}
	add := b.command(ctx, "add", "--profile", "default", "--alias", "Person", "-")
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
	c := b.command(ctx, "serve", "--profile", "default", "--tor-control", fake.ControlAddr())
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

// measureSize tells how large the program is.
func measureSize(_ context.Context, b *bench) ([]report.Figure, error) {
	info, err := os.Stat(b.program)
	if err != nil {
		return nil, err
	}
	const mib = 1 << 20
	size := float64(info.Size()) / mib
	return []report.Figure{{
		Measure: "program of a release, for " + runtime.GOOS + " on " + runtime.GOARCH, Ours: fmt.Sprintf("%.1f MiB", size),
		Value: size, Limit: compile.MaxSize / mib, Unit: " MiB",
	}}, nil
}
