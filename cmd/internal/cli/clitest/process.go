package clitest

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

const (
	// Soon bounds what a test waits for; most of it takes a second or five.
	Soon = time.Minute
	// EndTime is how long a program may take to end once it is asked to.
	EndTime = 2 * time.Second
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
	p := &Process{Out: newLines(), Err: newLines(), t: b.t, box: b, ended: make(chan struct{})}
	p.cmd = exec.Command(program, args...)
	p.cmd.Env, p.cmd.Dir = b.env, b.dir
	p.cmd.Stdout, p.cmd.Stderr = p.Out, p.Err
	p.cmd.WaitDelay = time.Second // nothing that it leaves behind may hold up the test
	var err error
	if p.stdin, err = p.cmd.StdinPipe(); err != nil {
		b.t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		b.t.Fatal(err)
	}
	go func() {
		_ = p.cmd.Wait() // the status is asked for
		p.Out.end()
		p.Err.end()
		close(p.ended)
	}()
	b.t.Cleanup(func() {
		if b.t.Failed() {
			b.t.Logf("%s %s wrote\n%s\nand on standard error\n%s",
				program, strings.Join(args, " "), p.Out.String(), p.Err.String())
		}
		p.Kill()
	})
	return p
}

// Run runs the program to its end, with an empty input.
func (b *Box) Run(args ...string) *Process {
	b.t.Helper()
	p := b.Start(args...)
	p.CloseInput()
	p.Status(Soon)
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

// Status waits until the program has ended and returns its exit status, or -1
// if a signal ended it. It fails the test if that takes longer than limit.
func (p *Process) Status(limit time.Duration) int {
	p.t.Helper()
	select {
	case <-p.ended:
	case <-time.After(limit):
		p.t.Fatalf("the program still runs after %s", limit)
	}
	return p.cmd.ProcessState.ExitCode()
}

// WantStatus fails the test unless the program ends with a status within limit.
func (p *Process) WantStatus(want int, limit time.Duration) {
	p.t.Helper()
	if got := p.Status(limit); got != want {
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
