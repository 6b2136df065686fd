//go:build unix

package proc_test

import (
	"os/exec"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport/internal/proc"
)

// TestLeash: the child has its end, which tells nothing while we live.
func TestLeash(t *testing.T) {
	p, err := proc.StartLeashed(exec.Command("sh", "-c", "echo up; read x <&3; echo let go"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	waitFor(t, p, "up")
	select {
	case <-p.Done():
		t.Fatalf("the leash was let go: %v", p.Err())
	case <-time.After(200 * time.Millisecond):
	}
}

func TestLeashOfNothing(t *testing.T) {
	if p, err := proc.StartLeashed(exec.Command(t.TempDir()), nil); err == nil {
		p.Kill()
		t.Error("a folder was started")
	}
}
