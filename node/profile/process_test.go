package profile_test

import (
	"bufio"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node/lock"
	"github.com/onionwire/onionwire/node/profile"
)

func TestAnotherProcessHasTheProfile(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	p := create(t, root, "alice")
	want := p.Card()
	shut(t, p)
	other := command(root, "hold", -1)
	in, err := other.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "held\n" {
		t.Fatalf("the process says %q, %v", line, err)
	}
	_, err = profile.Open(t.Context(), root, "alice", []byte("secret"))
	var inUse *lock.InUseError
	if !errors.As(err, &inUse) || inUse.PID != other.Process.Pid {
		t.Errorf("error is %v, want that process %d has it", err, other.Process.Pid)
	}
	if want := fmt.Sprintf("profile is in use by process %d", other.Process.Pid); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error is %v, want %q", err, want)
	}
	if err := profile.Delete(root, "alice"); !errors.Is(err, profile.ErrInUse) {
		t.Errorf("delete: error is %v, want ErrInUse", err)
	}
	wantSame(t, read(t, root, "alice"), want)
	if protected, err := profile.Protected(root, "alice"); err != nil || !protected {
		t.Errorf("protected is %v, %v", protected, err)
	}
	if _, err := profile.SocketPath(root, "alice"); err != nil {
		t.Errorf("no way to its socket: %v", err)
	}
	create(t, root, "bob") // which is another one
	if err := in.Close(); err != nil {
		t.Fatal(err)
	}
	if err := other.Wait(); err != nil {
		t.Error(err)
	}
	wantSame(t, open(t, root).Card(), want)
}

func TestTheSameProcessHasTheProfile(t *testing.T) {
	root := t.TempDir()
	p := create(t, root, "alice")
	if _, err := profile.Open(t.Context(), root, "alice", []byte("secret")); !errors.Is(err, profile.ErrInUse) {
		t.Errorf("error is %v, want ErrInUse", err)
	}
	if _, err := p.NewOnionKey(); err != nil {
		t.Error(err)
	}
}
