package rpc_test

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"testing"

	"github.com/onionwire/onionwire/node/rpc"
)

// A process that is killed leaves its socket to the next one, which nobody could take
// from it while it lived, and the token stays.
func TestKilledServer(t *testing.T) {
	path := socketPath(t)
	child := exec.CommandContext(testContext(t), os.Args[0])
	child.Env = append(os.Environ(), serveEnv+"="+path)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		child.Process.Kill()
		child.Wait()
	}()
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		t.Fatalf("it says %q (%v)", line, err)
	}
	works(t, path)
	before, err := os.ReadFile(rpc.TokenPath(path))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := startAt(t, path); !errors.Is(err, rpc.ErrInUse) {
		t.Errorf("error is %v, want ErrInUse", err)
	}
	child.Process.Kill()
	child.Wait()
	if _, err := os.Lstat(path); err != nil {
		t.Errorf("the socket should be left: %v", err)
	}
	if _, err := startAt(t, path); err != nil {
		t.Fatal(err)
	}
	works(t, path)
	if after, err := os.ReadFile(rpc.TokenPath(path)); err != nil || string(after) != string(before) {
		t.Errorf("there is another token (%v)", err)
	}
}
