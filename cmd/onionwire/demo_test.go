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
		"alice can be reached at ",
		"bob can be reached at ",
		"call each other at the same time",
		"Connected, and both have proven who they are (",
		"alice: Hello Bob!",
		"bob: Hello Alice!",
		"A bare round trip from Alice to Bob takes ",
		"Bob goes offline",
		"alice: Are you still there?  (waiting)",
		"Bob is back at the same address (",
		"has arrived, and she knows (",
		"They go on.",
		"bob: Yes. Nothing was lost.  ✓ delivered in ",
		"alice: And nothing came twice.  ✓ delivered in ",
		"Every step was verified, and everything is removed again (",
	} {
		p.Out.Await(t, part)
	}
	p.WantStatus(0, clitest.EndTime)
	box.WantClean()
	p.WantDiscreet([]string{"Hello", "still there", "Nothing was lost"})
}

func TestInterruptedDemo(t *testing.T) {
	t.Parallel()
	for _, at := range []struct{ phase, stdout, stderr string }{
		{phase: "starting the network", stderr: "waiting for the first consensus"},
		{phase: "starting a tor", stderr: "bob: tor "},
		{phase: "with a node away", stdout: "Are you still there?"},
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
