package tor_test

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// owner is a program that owns a daemon; see ownDaemon.
type owner struct {
	process *os.Process
	dir     string
	child   int // process id of its first tor
	lines   chan string
}

func startOwner(t *testing.T) *owner {
	t.Helper()
	o := &owner{dir: shortDir(t), lines: make(chan string, 100)}
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), ownerEnv+"="+o.dir)
	out, w := io.Pipe()
	cmd.Stdout = w
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	o.process = cmd.Process
	read := make(chan struct{})
	go func() {
		defer close(read)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			select {
			case o.lines <- lines.Text():
			default: // more than any test is for
			}
		}
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may be gone
		_ = cmd.Wait()
		w.Close()
		<-read
	})
	var err error
	if o.child, err = strconv.Atoi(o.line(t)); err != nil {
		t.Fatal(err)
	}
	return o
}

func (o *owner) line(t *testing.T) string {
	t.Helper()
	select {
	case l := <-o.lines:
		return l
	case <-time.After(2 * testTimeout):
		t.Fatal("the owner says nothing")
		return ""
	}
}

// wantNoTor waits until no process is left that works in the owner's folder.
func (o *owner) wantNoTor(t *testing.T) {
	t.Helper()
	begin := time.Now()
	for {
		left := processesOf(t, o.dir)
		if len(left) == 0 {
			t.Logf("nothing was left after %s", time.Since(begin).Round(time.Millisecond))
			return
		}
		if time.Since(begin) > 2*testTimeout {
			for _, pid := range left {
				_ = syscall.Kill(pid, syscall.SIGKILL)
			}
			t.Fatalf("processes %v outlive their owner", left)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// processesOf lists the processes that have a folder in their command line.
func processesOf(t *testing.T, dir string) (pids []int) {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		line, err := os.ReadFile(f)
		if err != nil || !bytes.Contains(line, []byte(dir)) {
			continue // gone meanwhile, or another
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(f))); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

func signal(t *testing.T, pid int, s syscall.Signal) {
	t.Helper()
	if err := syscall.Kill(pid, s); err != nil {
		t.Fatal(err)
	}
}

// TestOwnerKilledInARestart kills tor, and its owner at some moment while that
// starts tor again.
func TestOwnerKilledInARestart(t *testing.T) {
	t.Parallel()
	for after := time.Duration(0); after <= 120*time.Millisecond; after += 15 * time.Millisecond {
		o := startOwner(t)
		signal(t, o.child, syscall.SIGKILL)
		time.Sleep(after)
		signal(t, o.process.Pid, syscall.SIGKILL)
		o.wantNoTor(t)
	}
}

// TestOwnerOfStoppedTorKilled: a tor that is stopped cannot notice that its owner
// has ended, unless somebody wakes it.
func TestOwnerOfStoppedTorKilled(t *testing.T) {
	t.Parallel()
	o := startOwner(t)
	signal(t, o.child, syscall.SIGSTOP)
	signal(t, o.process.Pid, syscall.SIGKILL)
	o.wantNoTor(t)
}

// TestSleep stops tor and its owner for longer than tor may take for an answer, as
// a machine that sleeps does. A question is under way all the time.
func TestSleep(t *testing.T) {
	t.Parallel()
	o := startOwner(t)
	signal(t, o.child, syscall.SIGSTOP)
	time.Sleep(200 * time.Millisecond)
	signal(t, o.process.Pid, syscall.SIGSTOP)
	time.Sleep(18 * time.Second)
	signal(t, o.process.Pid, syscall.SIGCONT)
	time.Sleep(time.Second)
	signal(t, o.child, syscall.SIGCONT)
	select {
	case l := <-o.lines:
		t.Errorf("after waking up the daemon is %s", l)
	case <-time.After(17 * time.Second):
	}
	wantProcess := processesOf(t, o.dir)
	if len(wantProcess) != 1 || wantProcess[0] != o.child {
		t.Errorf("processes %v, want %d", wantProcess, o.child)
	}
	// It is not that it would never be noticed.
	signal(t, o.child, syscall.SIGKILL)
	for _, want := range []string{"reconnecting", "connected"} {
		if l := o.line(t); l != want {
			t.Errorf("the daemon is %s, want %s", l, want)
		}
	}
	signal(t, o.process.Pid, syscall.SIGKILL)
	o.wantNoTor(t)
}
