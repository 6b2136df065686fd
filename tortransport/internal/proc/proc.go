// Package proc runs a child process whose last words are kept: tor says on its
// log why it stops, and an error without that line helps nobody.
package proc

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"time"
)

const (
	// tailLines is how many of the child's last lines are kept. Tor explains a
	// failed start in its last three or four.
	tailLines = 32
	// maxLine bounds one line of output, in bytes; the rest of a longer line is
	// dropped.
	maxLine = 8 << 10
	// drainTime is how long after the exit the output is still read. Something
	// that the child started may hold the pipe open for ever.
	drainTime = time.Second
)

// Process is a running child. Its methods may be called concurrently.
type Process struct {
	cmd  *exec.Cmd
	done chan struct{}
	err  error // set before done is closed

	mu   sync.Mutex
	tail []string
}

// Start starts cmd, whose Stdout and Stderr must be unset: both are read line
// by line, handed to onLine, if that is not nil, from a single goroutine, and what
// that returns goes into a bounded tail.
func Start(cmd *exec.Cmd, onLine func(line string) (kept string)) (*Process, error) {
	return start(cmd, onLine, nil)
}

// start starts cmd and closes leash, if there is one, when it has ended.
func start(cmd *exec.Cmd, onLine func(line string) (kept string), leash io.Closer) (*Process, error) {
	output, w := io.Pipe()
	cmd.Stdout, cmd.Stderr = w, w
	cmd.WaitDelay = drainTime
	detach(cmd)
	wakeAtOurEnd(cmd)
	p := &Process{cmd: cmd, done: make(chan struct{})}
	started, read := make(chan error), make(chan struct{})
	go func() {
		// To the kernel the child's parent is the thread that started it, so that
		// thread lives as long as the child: see wakeAtOurEnd.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err != nil {
			return
		}
		err = cmd.Wait()
		w.Close()
		<-read
		if errors.Is(err, exec.ErrWaitDelay) {
			err = nil
		}
		if leash != nil {
			leash.Close()
		}
		p.err = p.describe(err)
		close(p.done)
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	go func() {
		defer close(read)
		p.read(output, onLine)
	}()
	return p, nil
}

// PID is the process id of the child.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Done is closed when the child has ended and its output has been read.
func (p *Process) Done() <-chan struct{} { return p.done }

// Err says how the child ended, with its last lines of output. It is never nil
// once Done is closed, not even for exit status 0, and is nil before.
func (p *Process) Err() error {
	select {
	case <-p.done:
		return p.err
	default:
		return nil
	}
}

// Tail returns the last lines of output, oldest first.
func (p *Process) Tail() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.tail...)
}

// Stop asks the child to end, kills it if it has not done so after grace, and
// waits until it is gone.
func (p *Process) Stop(grace time.Duration) {
	if err := terminate(p.cmd.Process); err == nil {
		t := time.NewTimer(grace)
		defer t.Stop()
		select {
		case <-p.done:
			return
		case <-t.C:
		}
	}
	p.Kill()
}

// Kill ends the child at once and waits until it is gone.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill() // fails only if it is gone already
	<-p.done
}

func (p *Process) read(r io.Reader, onLine func(string) string) {
	br := bufio.NewReaderSize(r, maxLine)
	for {
		chunk, more, err := br.ReadLine()
		if err != nil {
			return
		}
		line := strings.ToValidUTF8(string(chunk), "?")
		for more && err == nil {
			_, more, err = br.ReadLine()
		}
		if onLine != nil {
			line = onLine(line)
		}
		p.mu.Lock()
		if len(p.tail) == tailLines {
			p.tail = append(p.tail[:0], p.tail[1:]...)
		}
		p.tail = append(p.tail, line)
		p.mu.Unlock()
	}
}

// ExitError says how a child ended.
type ExitError struct {
	// Status is the operating system's description, such as "exit status 1".
	Status string
	// Tail holds the last lines of output, oldest first.
	Tail []string
}

func (e *ExitError) Error() string {
	if len(e.Tail) == 0 {
		return e.Status
	}
	// Tor's reason stands within its last few lines.
	last := e.Tail[max(0, len(e.Tail)-4):]
	return fmt.Sprintf("%s; its last words: %s", e.Status, strings.Join(last, " | "))
}

func (p *Process) describe(err error) error {
	status := "exit status 0"
	if err != nil {
		status = err.Error()
	}
	return &ExitError{Status: status, Tail: p.Tail()}
}
