package profile_test

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/vault"
)

const (
	// childTask makes the test program a process that does something with the profile
	// alice in the folder childRoot.
	childTask = "PROFILE_TEST_TASK"
	childRoot = "PROFILE_TEST_ROOT"
	// childStep is the number of the step before which it is killed, or negative.
	childStep = "PROFILE_TEST_STEP"
)

func command(root, task string, step int) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childTask+"="+task, childRoot+"="+root, childStep+"="+strconv.Itoa(step))
	return cmd
}

// killed reports whether a process has ended as by SIGKILL.
func killed(cmd *exec.Cmd) bool { return strings.Contains(cmd.ProcessState.String(), "killed") }

func child(task string) {
	if err := perform(task, os.Getenv(childRoot)); err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
}

func perform(task, root string) error {
	left, err := strconv.Atoi(os.Getenv(childStep))
	if err != nil {
		return err
	}
	die := func(string) error {
		if left--; left == -1 {
			self, err := os.FindProcess(os.Getpid())
			if err != nil {
				return err
			}
			if err := self.Kill(); err != nil {
				return err
			}
			select {}
		}
		return nil
	}
	protection, err := vault.WithPassphrase([]byte("secret"), cheap)
	if err != nil {
		return err
	}
	var p *profile.Profile
	switch task {
	case "hold":
		if p, err = profile.Open(background, root, "alice", []byte("secret")); err == nil {
			fmt.Println("held")
			_, _ = io.Copy(io.Discard, os.Stdin)
		}
	case "write":
		if p, err = profile.Open(background, root, "alice", []byte("secret")); err == nil {
			if err = addBob(p); err == nil {
				fmt.Println("written")
				time.Sleep(time.Hour)
			}
		}
	case "create":
		p, err = profile.CreateOn(background, die, root, "alice", protection)
	case "restore":
		p, err = profile.RestoreOn(background, die, root, "alice", zeroWords, protection)
	case "import":
		var file *os.File
		if file, err = os.Open(root + ".age"); err == nil {
			p, err = profile.ImportOn(background, die, root, "alice", file, []byte("export"), protection)
		}
	case "address":
		if p, err = profile.OpenOn(background, die, root, "alice", []byte("secret")); err == nil {
			_, err = p.NewOnionKey()
		}
	case "delete":
		return profile.DeleteOn(die, root, "alice")
	case "make and delete":
		return makeAndDelete(root, protection)
	case "change":
		return change(root)
	}
	if err != nil {
		return err
	}
	return p.Close()
}

func makeAndDelete(root string, protection vault.Protection) error {
	for n := 0; ; n++ {
		p, err := profile.Create(background, root, fmt.Sprint("p", n), protection)
		if err != nil {
			return err
		}
		if err := p.Close(); err != nil {
			return err
		}
		fmt.Println(n)
		if err := profile.Delete(root, fmt.Sprint("p", n)); err != nil {
			return err
		}
	}
}

// passphraseOf is the n-th passphrase of change.
func passphraseOf(n int) []byte {
	if n == 0 {
		return []byte("secret")
	}
	return fmt.Appendf(nil, "secret %d", n)
}

// change changes passphrase and addresses in turn, and says which passphrase it is now.
func change(root string) error {
	p, err := profile.Open(background, root, "alice", []byte("secret"))
	if err != nil {
		return err
	}
	for n := 0; ; n++ {
		fmt.Println(n)
		if _, err := p.NewOnionKey(); err != nil && len(p.OnionKeys()) < profile.MaxOnionKeys {
			return err
		}
		if err := p.RetireOnionKey(p.OnionKeys()[1].Address()); err != nil {
			return err
		}
		next, err := vault.WithPassphrase(passphraseOf(n+1), cheap)
		if err != nil {
			return err
		}
		if err := p.ChangePassphrase(passphraseOf(n), next); err != nil {
			return err
		}
	}
}

// killAtRandom starts a process, kills it after a while, and returns the last line that
// it has said.
func killAtRandom(t *testing.T, cmd *exec.Cmd) (last string) {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	var timer *time.Timer
	for lines.Scan() {
		if timer == nil {
			timer = time.AfterFunc(rand.N(200*time.Millisecond), func() { _ = cmd.Process.Kill() })
		}
		last = lines.Text()
	}
	_ = cmd.Wait()
	if timer == nil {
		t.Fatal("the process has said nothing")
	}
	timer.Stop()
	if !killed(cmd) {
		t.Fatalf("the process ended by itself, and said %q", last)
	}
	return last
}
