package store_test

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/onionwire/onionwire/node/ledger"
	"github.com/onionwire/onionwire/node/lock"
	"github.com/onionwire/onionwire/node/store"
)

// writerFolder makes the test program a process that writes to the store in the
// folder it names, and says so, until it is killed.
const writerFolder = "STORE_TEST_FOLDER"

// write adds messages, each with a change of a session in the same transaction, and
// prints their numbers once they are acknowledged.
func write(path string) {
	check := func(err error) {
		if err != nil {
			fmt.Println("failed:", err)
			os.Exit(1)
		}
	}
	folder, err := lock.Acquire(path)
	check(err)
	keys, err := store.NewKeys(key(1), key(2))
	check(err)
	s, err := store.Open(background, folder, keys)
	check(err)
	for {
		var n int
		check(s.Update(background, func(tx *store.Update) error {
			messages, err := tx.Messages(1, 0, 1)
			if err != nil {
				return err
			}
			if len(messages) > 0 {
				n = int(messages[0].Number)
			}
			return tx.Apply(
				added(numbered(n)),
				ledger.PutSession{Contact: 1, Session: ledger.Session{Saved: fmt.Appendf(make([]byte, 6000), " %d", n)}},
			)
		}))
		fmt.Println(n)
	}
}

// Whenever a process is killed, what it has acknowledged is there, whole.
func TestKilledProcesses(t *testing.T) {
	t.Parallel()
	kills := 5
	if soak {
		kills = 30
	}
	folder := newFolder(t)
	s := create(t, folder)
	apply(t, s, population...)
	closeStore(t, s)
	for kill := range kills {
		if err := folder.Release(); err != nil {
			t.Fatal(err)
		}
		acknowledged := runUntilKilled(t, folder.Path())
		folder = acquire(t, folder.Path())
		s := reopen(t, folder)
		got := bodies(t, s)
		if len(got) <= acknowledged {
			t.Fatalf("kill %d: %d messages are there, number %d was acknowledged", kill, len(got), acknowledged)
		}
		for n, body := range got {
			if body != fmt.Sprintf("message number%d", n) {
				t.Fatalf("kill %d: message %d is %q", kill, n, body)
			}
		}
		view(t, s, func(tx *store.View) error {
			sessions, err := tx.Sessions(1)
			if want := fmt.Sprintf(" %d", len(got)-1); err == nil && !strings.HasSuffix(string(sessions[0].Saved), want) {
				t.Errorf("kill %d: the session is not that of message %d", kill, len(got)-1)
			}
			return err
		})
		if err := s.Check(t.Context()); err != nil {
			t.Fatalf("kill %d: %v", kill, err)
		}
		closeStore(t, s)
	}
}

// runUntilKilled starts a writer, kills it after a while, and returns the last
// number that it has acknowledged.
func runUntilKilled(t *testing.T, path string) (acknowledged int) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), writerFolder+"="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	acknowledged = -1
	lines, last := bufio.NewScanner(out), ""
	var timer *time.Timer
	for lines.Scan() {
		if timer == nil {
			timer = time.AfterFunc(rand.N(400*time.Millisecond), func() { _ = cmd.Process.Kill() })
		}
		last = lines.Text()
	}
	_ = cmd.Wait()
	if timer == nil {
		t.Fatal("the process has written nothing")
	}
	timer.Stop()
	if _, err := fmt.Sscan(last, &acknowledged); err != nil {
		t.Fatalf("the process said %q", last)
	}
	return acknowledged
}
