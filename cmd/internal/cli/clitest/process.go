package clitest

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	// Soon bounds what a test waits for; most of it takes a second or five.
	Soon = 2 * time.Minute
	// EndTime bounds how long a program takes to end once it is asked to: a second on a
	// machine that has nothing else to do.
	EndTime = 20 * time.Second
)

// Process is a program that runs.
type Process struct {
	// Out and Err are what it writes, line by line.
	Out, Err *Lines

	t     *testing.T
	box   *Box
	cmd   *exec.Cmd
	stdin io.WriteCloser
	ended chan struct{}
}

// Start runs the program. It is killed when the test ends, if it still runs.
func (b *Box) Start(args ...string) *Process {
	b.t.Helper()
	p := b.command(args)
	p.cmd.Stdout, p.cmd.Stderr = p.Out, p.Err
	p.cmd.WaitDelay = time.Second // nothing that it leaves behind may hold up the test
	var err error
	if p.stdin, err = p.cmd.StdinPipe(); err != nil {
		b.t.Fatal(err)
	}
	p.start()
	return p
}

// command makes a program that does not run yet.
func (b *Box) command(args []string) *Process {
	p := &Process{Out: newLines(), Err: newLines(), t: b.t, box: b, ended: make(chan struct{})}
	p.cmd = exec.Command(program, args...)
	p.cmd.Env, p.cmd.Dir = b.env, b.dir
	return p
}

// start runs it. What it writes has ended once all of read have returned.
func (p *Process) start(read ...func()) {
	p.t.Helper()
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	go func() {
		var reading sync.WaitGroup
		for _, r := range read {
			reading.Go(r)
		}
		_ = p.cmd.Wait() // the status is asked for
		reading.Wait()
		p.Out.end()
		p.Err.end()
		close(p.ended)
	}()
	p.t.Cleanup(func() {
		if strings.Contains(p.Err.String(), "DATA RACE") {
			p.t.Error("the program has a data race") // which its exit status need not tell
		}
		if p.t.Failed() {
			p.t.Logf("%s wrote\n%s\nand on standard error\n%s",
				strings.Join(p.cmd.Args, " "), p.Out.String(), p.Err.String())
		}
	})
	p.t.Cleanup(p.Kill)
}

// PID is the process id of the program.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Run runs the program to its end, with an empty input, and fails the test if its
// exit status is another than status.
func (b *Box) Run(status int, args ...string) *Process {
	b.t.Helper()
	p := b.Start(args...)
	p.CloseInput()
	p.WantStatus(status, Soon)
	return p
}

// Say writes a line to the standard input.
func (p *Process) Say(line string) {
	p.t.Helper()
	if _, err := io.WriteString(p.stdin, line+"\n"); err != nil {
		p.t.Errorf("standard input: %v", err)
	}
}

// CloseInput ends the standard input.
func (p *Process) CloseInput() { p.stdin.Close() }

// WantStatus fails the test unless the program ends with a status within limit.
func (p *Process) WantStatus(want int, limit time.Duration) {
	p.t.Helper()
	select {
	case <-p.ended:
	case <-time.After(limit):
		p.t.Fatalf("the program still runs after %s", limit)
	}
	// It is -1 if a signal has ended the program.
	if got := p.cmd.ProcessState.ExitCode(); got != want {
		p.t.Errorf("exit status %d, want %d", got, want)
	}
}

// End sends a signal and fails the test unless the program then ends promptly,
// with a status, and leaves no process, socket or temporary file.
func (p *Process) End(signal os.Signal, status int) {
	p.t.Helper()
	p.Signal(signal)
	p.WantStatus(status, EndTime)
	p.box.WantClean()
}

// Signal sends a signal.
func (p *Process) Signal(s os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Errorf("signal %s: %v", s, err)
	}
}

// Kill ends the program at once and waits until it is gone.
func (p *Process) Kill() {
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.t.Error(err)
	}
	<-p.ended
}

// WantDiscreet fails the test if the program has written an onion address in
// full, or one of secrets, on standard error. Lines that are in allowed do not
// count.
func (p *Process) WantDiscreet(secrets []string, allowed ...string) {
	p.t.Helper()
	for _, line := range p.Err.All() {
		if slices.Contains(allowed, line) {
			continue
		}
		if fullAddress.MatchString(line) {
			p.t.Errorf("standard error has an onion address in full: %q", line)
		}
		for _, s := range secrets {
			if strings.Contains(line, s) {
				p.t.Errorf("standard error has a secret: %q", line)
			}
		}
	}
}

// WantError fails the test unless standard error ends with what an error looks
// like: a line with what is wrong, and a line with what to do.
func (p *Process) WantError(what, hint string) {
	p.t.Helper()
	lines := p.Err.All()
	if len(lines) < 2 {
		p.t.Fatalf("standard error has no error: %q", lines)
	}
	last := lines[len(lines)-2:]
	indent := strings.Repeat(" ", len(program)+len(": "))
	if !strings.HasPrefix(last[0], program+": ") || !strings.Contains(last[0], what) ||
		!strings.HasPrefix(last[1], indent) || !strings.Contains(last[1], hint) {
		p.t.Errorf("standard error ends with %q, want an error with %q and a hint with %q", last, what, hint)
	}
}
