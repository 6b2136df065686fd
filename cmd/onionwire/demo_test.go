package main

import (
	"syscall"
	"testing"

	"github.com/onionwire/onionwire/cmd/internal/cli/clitest"
)

func TestDemo(t *testing.T) {
	t.Parallel()
	box := clitest.NewBox(t)
	p := box.Start("demo", "--log-level", "debug")
	p.CloseInput()
	for _, part := range []string{
		"Starting a private Tor network",
		"The network is up (",
		"each make a profile",
		"Alice can be reached at ",
		"Bob can be reached at ",
		"She asks him to become a contact",
		"He has accepted, and both have proven who they are (",
		"Alice: Hello Bob!",
		"Bob: Hello Alice!",
		"Bob goes offline",
		"Alice: Are you still there?  (waiting)",
		"Bob is back at the same address, has what Alice wrote, and she knows (",
		"They go on.",
		"Bob: Yes. Nothing was lost.  ✓ delivered in ",
		"Alice: And nothing came twice.  ✓ delivered in ",
		"Alice sends a file of 8 MiB.",
		"Bob's program is killed",
		"Bob: Half of it is here.  (waiting)",
		"Alice: What is in the other half?  (waiting)",
		"both messages have arrived, once (",
		"The file goes on where it was.",
		"100%, ",
		"The file is there, and is what was sent (",
		"They compare their safety number",
		"each has verified the other",
		"Every step was verified, and everything is removed again (",
	} {
		p.Out.Await(t, part)
	}
	p.WantStatus(0, clitest.EndTime)
	box.WantClean()
	p.WantDiscreet([]string{"Hello", "still there", "Nothing was lost", "other half"})
}

func TestInterruptedDemo(t *testing.T) {
	t.Parallel()
	for _, at := range []struct{ phase, stdout, stderr string }{
		{phase: "starting the network", stderr: "waiting for the first consensus"},
		{phase: "starting a tor", stderr: "Bob: tor "},
		{phase: "with somebody killed", stdout: "What is in the other half?"},
	} {
		t.Run(at.phase, func(t *testing.T) {
			t.Parallel()
			box := clitest.NewBox(t)
			p := box.Start("demo")
			if at.stderr != "" {
				p.Err.Await(t, at.stderr)
			} else {
				p.Out.Await(t, at.stdout)
			}
			p.End(syscall.SIGINT, 130)
		})
	}
}
