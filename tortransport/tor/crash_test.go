//go:build unix

package tor_test

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport/tor"
)

// killOwner starts a program that owns a daemon, kills it, and waits until tor has
// ended too. sockets matches the folder where tor has its sockets.
func killOwner(t *testing.T, dir, sockets string, env ...string) {
	t.Helper()
	owner := exec.CommandContext(t.Context(), os.Args[0])
	owner.Env = append(append(os.Environ(), env...), ownerEnv+"="+dir)
	out, err := owner.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := owner.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	var child int
	if _, scan := fmt.Sscan(line, &child); err != nil || scan != nil {
		t.Fatalf("the owner said %q, %v", line, err)
	}
	control, err := filepath.Glob(filepath.Join(sockets, "control"))
	if err != nil || len(control) != 1 || !accepts(control[0]) {
		t.Fatalf("tor of the owner does not run: %v, %v", control, err)
	}
	if err := owner.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = owner.Wait() // it was killed
	begin := time.Now()
	for exists(control[0]) { // tor removes it when it ends
		if time.Since(begin) > testTimeout {
			_ = syscall.Kill(child, syscall.SIGKILL)
			t.Fatal("tor outlives its owner")
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Logf("tor ended %s after its owner", time.Since(begin).Round(time.Millisecond))
}

func TestKilledOwner(t *testing.T) {
	dir := shortDir(t)
	sockets := filepath.Join(dir, "sockets")
	killOwner(t, dir, sockets)
	if left := list(t, sockets); !slices.Equal(left, []string{filepath.Join(sockets, "onion-1")}) {
		t.Errorf("the crash has left %v, want the socket of the onion service's target", left)
	}
	start(t, tor.Config{DataDir: dir, Torrc: isolated})
	if exists(filepath.Join(sockets, "onion-1")) {
		t.Error("a socket of the crash is still there")
	}
}

// TestKilledOwnerOfTemporaryFolder: what a crash leaves is removed by who needs a
// temporary folder next, but not at once.
func TestKilledOwnerOfTemporaryFolder(t *testing.T) {
	root := shortDir(t)
	t.Setenv("XDG_RUNTIME_DIR", "")
	t.Setenv("TMPDIR", root)
	killOwner(t, ownerTemp, filepath.Join(root, "onionwire-tor-*", "sockets"))
	left := list(t, root)
	if len(left) != 1 {
		t.Fatalf("the crash has left %v, want one folder", left)
	}
	dir := left[0]
	start(t, tor.Config{Torrc: isolated}).Close()
	if !exists(dir) {
		t.Error("a young folder was removed")
	}
	stale := time.Now().Add(-2 * tor.TempAge)
	if err := os.Chtimes(dir, stale, stale); err != nil {
		t.Fatal(err)
	}
	start(t, tor.Config{DataDir: shortDir(t), Torrc: isolated}).Close()
	if !exists(dir) {
		t.Error("a start that needs no temporary folder removed one")
	}
	start(t, tor.Config{Torrc: isolated})
	if exists(dir) {
		t.Error("the folder of the crash is still there")
	}
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func accepts(path string) bool {
	c, err := net.Dial("unix", path)
	if err != nil {
		return false
	}
	c.Close()
	return true
}

// wantGone fails the test if the process whose id is in a file still runs.
func wantGone(t *testing.T, file string) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(content)))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, 0); err == nil {
		t.Errorf("process %d still runs", pid)
	}
}
