package main

import (
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/onionwire/onionwire/cmd/internal/cli/clitest"
)

func TestInterruptedStart(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"listen"}, {"dial", clitest.Nobody}} {
		for _, signal := range []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
			t.Run(args[0]+" "+signal.String(), func(t *testing.T) {
				t.Parallel()
				box := clitest.NewBox(t)
				p := box.Start(append(args, "--tor-network", box.Offline())...)
				p.Err.Await(t, "tor 0%")
				p.End(signal, 130)
				if out := p.Out.All(); len(out) > 0 {
					t.Errorf("standard output has %q", out)
				}
			})
		}
	}
}

func TestInterruptedDial(t *testing.T) {
	t.Parallel()
	network := clitest.Network(t).TorrcFile()
	box := clitest.NewBox(t)
	p := box.Start("dial", "--tor-network", network, clitest.Nobody)
	p.Err.Await(t, "connecting")
	p.End(syscall.SIGINT, 130)
	if out := p.Out.All(); len(out) > 0 {
		t.Errorf("standard output has %q", out)
	}
	p.WantDiscreet(nil)
}

func TestInterruptedPings(t *testing.T) {
	t.Parallel()
	network := clitest.Network(t).TorrcFile()
	box, dialers := clitest.NewBox(t), clitest.NewBox(t)
	listener := box.Start("listen", "--tor-network", network)
	addr := listener.Out.Await(t, "/onion3/")
	dial := dialers.Start("dial", "--interval", "1h", "--tor-network", network, addr)
	dial.Out.Await(t, "ping 1: ")
	dial.End(syscall.SIGINT, 130)
	lines := dial.Out.All()
	if len(lines) != 2 || !strings.HasPrefix(lines[1], "1 sent, 1 answered, 0% lost") {
		t.Errorf("an interrupted dial printed %q", lines)
	}
	listener.End(syscall.SIGTERM, 0)
}

// TestKilled: a program that had no time to clear up takes its tor with it.
func TestKilled(t *testing.T) {
	t.Parallel()
	box := clitest.NewBox(t)
	p := box.Start("listen", "--tor-network", box.Offline())
	p.Err.Await(t, "tor 0%")
	if n := len(box.Processes()); n != 1 {
		t.Fatalf("%d processes run, want tor alone: %q", n, box.Processes())
	}
	p.Kill()
	for deadline := time.Now().Add(20 * time.Second); len(box.Processes()) > 0; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("tor outlives the program: %q", box.Processes())
		}
	}
	// Its folder is left, until the next program that needs one comes by.
	old := time.Now().Add(-time.Hour)
	entries, err := os.ReadDir(box.Temp)
	if err != nil || len(entries) != 1 {
		t.Fatalf("the folder for temporary files has %v, %v", entries, err)
	}
	if err := os.Chtimes(box.Temp+"/"+entries[0].Name(), old, old); err != nil {
		t.Fatal(err)
	}
	p = box.Start("listen", "--tor-network", box.Offline())
	p.Err.Await(t, "tor 0%")
	p.End(syscall.SIGINT, 130)
}
