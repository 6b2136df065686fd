package lock_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node/lock"
)

// heldFolder makes the test program a process that holds the folder it names
// until its input ends.
const heldFolder = "LOCK_TEST_FOLDER"

func TestMain(m *testing.M) {
	if folder := os.Getenv(heldFolder); folder != "" {
		if _, err := lock.Acquire(folder); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("held")
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// hold starts a process that holds folder, and returns it.
func hold(t *testing.T, folder string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), heldFolder+"="+folder)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || line != "held\n" {
		t.Fatalf("the process says %q, %v", line, err)
	}
	return cmd
}

func TestAnotherProcessIsNamed(t *testing.T) {
	folder := t.TempDir()
	other := hold(t, folder)
	_, err := lock.Acquire(folder)
	var inUse *lock.InUseError
	if !errors.As(err, &inUse) || !errors.Is(err, lock.ErrInUse) {
		t.Fatalf("error is %v, want an InUseError", err)
	}
	if inUse.PID != other.Process.Pid {
		t.Errorf("process %d is named, want %d", inUse.PID, other.Process.Pid)
	}
	if want := fmt.Sprintf("profile is in use by process %d", other.Process.Pid); err.Error() != want {
		t.Errorf("error is %q, want %q", err, want)
	}
}

func TestAKilledProcessHoldsNothing(t *testing.T) {
	folder := t.TempDir()
	other := hold(t, folder)
	if err := other.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = other.Wait()
	f, err := lock.Acquire(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Release()
	text, err := os.ReadFile(filepath.Join(folder, lock.File))
	if want := fmt.Sprintf("%d\n", os.Getpid()); err != nil || string(text) != want {
		t.Errorf("lock file holds %q, %v, want %q", text, err, want)
	}
}

func TestTheSameProcessIsRefusedToo(t *testing.T) {
	folder := t.TempDir()
	f, err := lock.Acquire(folder)
	if err != nil {
		t.Fatal(err)
	}
	if f.Path() != folder {
		t.Errorf("path is %q", f.Path())
	}
	var inUse *lock.InUseError
	if _, err := lock.Acquire(folder); !errors.As(err, &inUse) || inUse.PID != os.Getpid() {
		t.Errorf("error is %v, want that process %d has it", err, os.Getpid())
	}
	for range 2 {
		if err := f.Release(); err != nil {
			t.Fatal(err)
		}
	}
	again, err := lock.Acquire(folder)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Release(); err != nil {
		t.Fatal(err)
	}
}

func TestAnUnreadableOwnerIsNotNamed(t *testing.T) {
	for _, content := range []string{"", "x", "-1", strings.Repeat("9", 100)} {
		folder := t.TempDir()
		f, err := lock.Acquire(folder)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, lock.File), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err = lock.Acquire(folder)
		if err == nil || err.Error() != "profile is in use by another process" {
			t.Errorf("with %.10q in the file the error is %v", content, err)
		}
		if err := f.Release(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAFolderThatIsNotThere(t *testing.T) {
	if _, err := lock.Acquire(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error is %v, want fs.ErrNotExist", err)
	}
}
