//go:build unix

package tor_test

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport/tor"
)

func TestKilledTor(t *testing.T) {
	dir := shortDir(t)
	d := start(t, tor.Config{DataDir: dir, Torrc: isolated})
	s := publish(t, d, newKey(t))
	select {
	case <-d.Done():
		t.Fatalf("Done at once: %v", d.Err())
	default:
	}
	if err := syscall.Kill(d.Child(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	await(t, d.Done(), 5*time.Second, "Done")
	wantErr(t, d.Err(), tor.ErrExited)
	wantErr(t, s.Ready(testContext(t)), tor.ErrExited)
	wantErr(t, d.WaitReady(testContext(t)), tor.ErrExited)
	if _, err := d.Publish(tor.ServiceConfig{Key: newKey(t), Port: 1, Target: &net.TCPAddr{}}); err == nil {
		t.Error("Publish succeeded")
	} else {
		wantErr(t, err, tor.ErrExited)
	}
	if !strings.Contains(d.Err().Error(), "killed") {
		t.Errorf("error %q does not tell the signal", d.Err())
	}
	if err := s.Close(); err != nil {
		t.Errorf("Close of the service: %v", err)
	}
	if err := d.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	wantErr(t, d.Err(), tor.ErrExited)
	if _, err := os.Stat(filepath.Join(dir, "sockets")); !os.IsNotExist(err) {
		t.Errorf("the folder of the sockets is left: %v", err)
	}
	start(t, tor.Config{DataDir: dir, Torrc: isolated})
}

func TestTorThatEndsByItself(t *testing.T) {
	d := start(t, tor.Config{Torrc: isolated})
	if err := syscall.Kill(d.Child(), syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	await(t, d.Done(), 5*time.Second, "Done")
	wantErr(t, d.Err(), tor.ErrExited)
	if !strings.Contains(d.Err().Error(), "exiting cleanly") {
		t.Errorf("error %q lacks the last words of tor", d.Err())
	}
}

func TestKilledOwner(t *testing.T) {
	dir := shortDir(t)
	owner := exec.CommandContext(t.Context(), os.Args[0])
	owner.Env = append(os.Environ(), ownerEnv+"="+dir)
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
	control := filepath.Join(dir, "sockets", "control")
	if !accepts(control) {
		t.Fatal("tor of the owner does not run")
	}
	if err := owner.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = owner.Wait() // it was killed
	begin := time.Now()
	for accepts(control) {
		if time.Since(begin) > 20*time.Second {
			_ = syscall.Kill(child, syscall.SIGKILL)
			t.Fatal("tor outlives its owner")
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Logf("tor ended %s after its owner", time.Since(begin).Round(time.Millisecond))
	target := filepath.Join(dir, "sockets", "onion-1")
	if _, err := os.Stat(target); err != nil {
		t.Errorf("the crash should have left this: %v", err)
	}
	start(t, tor.Config{DataDir: dir, Torrc: isolated})
	if _, err := os.Stat(target); !os.IsNotExist(err) {
		t.Errorf("a socket of the crash is still there: %v", err)
	}
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
