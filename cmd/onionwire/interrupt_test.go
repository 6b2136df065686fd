package main

import (
	"fmt"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/onionwire/onionwire/cmd/internal/cli/clitest"
)

func TestInterruptedStart(t *testing.T) {
	t.Parallel()
	for name, whom := range map[string]string{"listening": "--listen", "dialling": clitest.Nobody} {
		for _, signal := range []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
			t.Run(name+" "+signal.String(), func(t *testing.T) {
				t.Parallel()
				s := newSomeone(t)
				p := s.Start("chat", whom, "--tor-network", s.Offline())
				p.Err.Await(t, "tor 0%")
				p.End(signal, 130)
				if out := p.Out.All(); len(out) > 0 {
					t.Errorf("standard output has %q", out)
				}
			})
		}
	}
}

func TestProfileInUse(t *testing.T) {
	t.Parallel()
	s := newSomeone(t)
	first := s.Start("chat", "--listen", "--tor-network", s.Offline())
	first.Err.Await(t, "tor 0%")
	second := s.Run(6, "serve", "--tor-network", s.Offline())
	second.WantError(fmt.Sprintf("profile is in use by process %d", first.PID()), "end the other onionwire first")
	out := s.Run(0, "id").Out
	if out.Await(t, "onionwire:") != s.link || out.Await(t, "/onion3/") != s.address {
		t.Error("id prints another link while the profile is in use")
	}
	first.End(syscall.SIGINT, 130)
}

func TestSelf(t *testing.T) {
	t.Parallel()
	s := newSomeone(t)
	for _, own := range []string{s.link, s.address} {
		p := s.chat(own)
		p.WantStatus(2, clitest.Soon)
		p.WantError("the profile's own contact link", "link of the other side")
		p.WantDiscreet(nil)
	}
}

// TestUndelivered interrupts a chat with messages for somebody who never comes: they
// are there the next time.
func TestUndelivered(t *testing.T) {
	t.Parallel()
	s := newSomeone(t)
	p := s.chat(clitest.Nobody)
	p.Say("first thing")
	p.Err.Await(t, "connecting; what you type meanwhile waits")
	p.Say("second thing")
	p.CloseInput()
	p.Err.Await(t, "waiting until all is delivered (2 left)")
	p.Err.Await(t, "cannot connect: ")
	p.End(syscall.SIGTERM, 130)
	wantKept(t, p, 2)
	if out := p.Out.All(); len(out) > 0 {
		t.Errorf("standard output has %q", out)
	}

	again := s.chat(clitest.Nobody)
	for _, text := range []string{"first thing", "second thing"} {
		if got := again.Out.Await(t, ""); got != "you: "+text+"  (waiting)" {
			t.Errorf("%q is shown as %q", text, got)
		}
	}
	again.End(syscall.SIGINT, 130)
	wantKept(t, again, 2)
	for _, p := range []*clitest.Process{p, again} {
		p.WantDiscreet([]string{"first thing", "second thing"})
	}
}

// wantKept fails the test unless a chat that was interrupted says how much waits.
func wantKept(t *testing.T, p *clitest.Process, n int) {
	t.Helper()
	lines := p.Err.All()
	if len(lines) == 0 || lines[len(lines)-1] != "onionwire: interrupted: "+keptNote(n) {
		t.Errorf("standard error does not end with the interruption, and %q", keptNote(n))
	}
}

// TestTorEnds kills the tor of a chat, which goes on with another.
func TestTorEnds(t *testing.T) {
	t.Parallel()
	s := newSomeone(t)
	p := s.listen()
	s.KillProcesses()
	p.Err.Await(t, "tor has ended; starting it again")
	p.Err.Await(t, "tor is back")
	p.End(syscall.SIGINT, 130)
	s.WantClean()
}

// TestKilled: a chat that had no time to clear up takes its tor with it, and
// leaves a profile that can be used again.
func TestKilled(t *testing.T) {
	t.Parallel()
	s := newSomeone(t)
	p := s.Start("chat", "--listen", "--tor-network", s.Offline())
	p.Err.Await(t, "tor 0%")
	p.Kill()
	for deadline := time.Now().Add(20 * time.Second); len(s.Processes()) > 0; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("tor outlives the program: %q", s.Processes())
		}
	}
	p = s.Start("chat", "--listen", "--tor-network", s.Offline())
	p.Err.Await(t, "tor 0%")
	p.End(syscall.SIGINT, 130)
}
