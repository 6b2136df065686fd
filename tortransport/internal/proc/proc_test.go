package proc_test

import (
	"errors"
	"os/exec"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/onionwire/onionwire/tortransport/internal/proc"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(t *testing.T, script string, onLine func(string) string) *proc.Process {
	t.Helper()
	p, err := proc.Start(exec.Command("sh", "-c", script), onLine)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	return p
}

func TestLastWords(t *testing.T) {
	var lines []string
	p := start(t, `i=0; while [ $i -lt 100 ]; do echo line $i; i=$((i+1)); done; echo "the reason" >&2; exit 3`,
		func(l string) string { lines = append(lines, l); return l })
	<-p.Done()
	var exit *proc.ExitError
	if !errors.As(p.Err(), &exit) {
		t.Fatalf("Err() = %v, want an ExitError", p.Err())
	}
	if exit.Status != "exit status 3" {
		t.Errorf("Status = %q", exit.Status)
	}
	if len(exit.Tail) >= 100 || exit.Tail[len(exit.Tail)-1] != "the reason" {
		t.Errorf("Tail has %d lines and ends with %q", len(exit.Tail), exit.Tail[len(exit.Tail)-1])
	}
	if !strings.Contains(p.Err().Error(), "the reason") {
		t.Errorf("error %q lacks the last line", p.Err())
	}
	if len(lines) != 101 {
		t.Errorf("onLine saw %d lines, want 101", len(lines))
	}
}

func TestExitZeroIsReported(t *testing.T) {
	p := start(t, "true", nil)
	<-p.Done()
	if p.Err() == nil {
		t.Fatal("a child that ended left no error")
	}
}

func TestStopIsPolite(t *testing.T) {
	p := start(t, `trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.05; done`, nil)
	waitFor(t, p, "up")
	p.Stop(10 * time.Second)
	if tail := p.Tail(); tail[len(tail)-1] != "bye" {
		t.Errorf("the child was not asked to end; its output: %q", tail)
	}
}

func TestStopKillsTheStubborn(t *testing.T) {
	p := start(t, `trap '' TERM; echo up; while :; do sleep 0.05; done`, nil)
	waitFor(t, p, "up")
	p.Stop(10 * time.Millisecond)
	if p.Err() == nil || !strings.Contains(p.Err().Error(), "killed") {
		t.Errorf("Err() = %v", p.Err())
	}
}

func TestGrandchildHoldsThePipe(t *testing.T) {
	p := start(t, `sleep 5 & echo up; exit 1`, nil)
	select {
	case <-p.Done():
	case <-time.After(4 * time.Second):
		t.Fatal("Done waits for somebody else's child")
	}
}

func TestLongLineIsCut(t *testing.T) {
	p := start(t, `head -c 1000000 /dev/zero | tr '\0' x; echo; echo after`, nil)
	<-p.Done()
	tail := p.Tail()
	if len(tail) != 2 || tail[1] != "after" || len(tail[0]) > 16<<10 {
		t.Errorf("%d lines, the first of %d bytes", len(tail), len(tail[0]))
	}
}

func waitFor(t *testing.T, p *proc.Process, line string) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		for _, l := range p.Tail() {
			if l == line {
				return
			}
		}
	}
	t.Fatalf("the child never said %q", line)
}

// What onLine returns is all that is remembered of a line.
func TestLastWordsAreThoseThatAreKept(t *testing.T) {
	p := start(t, "echo a secret; exit 1", func(l string) string { return strings.ReplaceAll(l, "secret", "…") })
	<-p.Done()
	if tail := p.Tail(); len(tail) != 1 || tail[0] != "a …" || strings.Contains(p.Err().Error(), "secret") {
		t.Errorf("Tail = %q, Err = %v", tail, p.Err())
	}
}
