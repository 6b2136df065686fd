//go:build linux

package tortest_test

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport/tortest"
)

// processes returns the ids of the processes whose command line names dir.
func processes(t *testing.T, dir string) (pids []int) {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		line, err := os.ReadFile(file)
		if err != nil || !strings.Contains(string(line), dir) {
			continue // most of all: it ended
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if err != nil {
			t.Fatal(err)
		}
		pids = append(pids, pid)
	}
	return pids
}

func TestCancelledStartLeavesNothing(t *testing.T) {
	for _, at := range []string{"making", "starting the authority", "starting 4 relays", "waiting for the first consensus"} {
		t.Run(at, func(t *testing.T) {
			dir := t.TempDir()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var cancelled time.Time
			_, err := tortest.Start(ctx, tortest.Config{Dir: dir, Progress: func(s string) {
				if strings.HasPrefix(s, at) {
					cancelled = time.Now()
					cancel()
				}
			}})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("Start = %v, want context.Canceled", err)
			}
			if late := time.Since(cancelled); late > 5*time.Second {
				t.Errorf("Start returned %s after it was cancelled", late)
			}
			if pids := processes(t, dir); len(pids) > 0 {
				t.Errorf("processes %v are left", pids)
			}
			wantEmpty(t, dir)
		})
	}
}

func TestKilledRelay(t *testing.T) {
	dir := t.TempDir()
	n := tortest.New(t, tortest.Config{Dir: dir})
	if n.Err() != nil {
		t.Fatalf("Err of a running network: %v", n.Err())
	}
	if got := len(processes(t, dir)); got != 5 {
		t.Fatalf("%d processes, want 5", got)
	}
	pids := processes(t, "relay2"+string(filepath.Separator)+"torrc")
	pids = slices.DeleteFunc(pids, func(pid int) bool { return !slices.Contains(processes(t, dir), pid) })
	if len(pids) != 1 {
		t.Fatalf("relay2 has the processes %v", pids)
	}
	if err := syscall.Kill(pids[0], syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	select {
	case <-n.Done():
	case <-time.After(10 * time.Second):
		t.Fatal("Done is open though a relay was killed")
	}
	if err := n.Err(); err == nil || !strings.Contains(err.Error(), "relay2") {
		t.Errorf("Err = %v, want it to name relay2", err)
	}
	if err := n.Stop(); err != nil {
		t.Error(err)
	}
	if pids := processes(t, dir); len(pids) > 0 {
		t.Errorf("processes %v are left", pids)
	}
}

// A test binary that panics, or is killed, runs no cleanup.
func TestNetworkEndsWithItsOwner(t *testing.T) {
	dir := t.TempDir()
	owner := exec.CommandContext(t.Context(), os.Args[0])
	owner.Env = append(os.Environ(), ownerEnv+"="+dir)
	out, err := owner.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := owner.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan() && !strings.Contains(lines.Text(), "consensus"); {
	}
	if n := len(processes(t, dir)); n < 5 {
		t.Errorf("%d processes run", n)
	}
	if err := owner.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = owner.Wait() // it was killed
	// Well below the 15 seconds between two looks at the owner's process id.
	end := time.Now().Add(8 * time.Second)
	for len(processes(t, dir)) > 0 {
		if time.Now().After(end) {
			t.Fatalf("processes %v survive their owner", processes(t, dir))
		}
		time.Sleep(20 * time.Millisecond)
	}
}
