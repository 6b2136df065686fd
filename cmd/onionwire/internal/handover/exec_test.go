//go:build !windows

package handover_test

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/handover"
)

// childVariable makes the test binary a program that takes its own place once.
const childVariable = "HANDOVER_CHILD"

const nextFlag = "--held=next"

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) == "" {
		os.Exit(m.Run())
	}
	fmt.Printf("%d %s\n", os.Getpid(), strings.Join(os.Args[1:], " "))
	if !slices.Contains(os.Args, nextFlag) {
		fmt.Println(handover.Exec(nextFlag, "--name=value"))
	}
}

// TestExec: the next program has the same process and arguments, and the flags instead of
// those that it had before.
func TestExec(t *testing.T) {
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(path, "--dir", "x", "--held=before", "--name=other", "--", "rest")
	c.Env = append(os.Environ(), childVariable+"=1")
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	want := fmt.Sprintf("%[1]d --dir x --held=before --name=other -- rest\n%[1]d --dir x %s --name=value\n", c.Process.Pid, nextFlag)
	if string(out) != want {
		t.Errorf("got %q, want %q", out, want)
	}
}
