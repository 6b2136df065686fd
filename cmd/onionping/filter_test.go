package main

import (
	"strings"
	"syscall"
	"testing"

	"github.com/onionwire/onionwire/cmd/internal/cli/clitest"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// TestFilteredControlPort listens through a tor that does not tell what becomes
// of an onion service, as a filter before a control port makes it.
func TestFilteredControlPort(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	fake.OnCommand(func(cmd string) tortest.FakeReply {
		if strings.HasPrefix(cmd, "SETEVENTS") && strings.Contains(cmd, "HS_DESC") {
			return tortest.FakeReply{Lines: []string{"510 Command filtered"}}
		}
		return tortest.FakeReply{}
	})
	box := clitest.NewBox(t)
	p := box.Start("listen", "--tor-control", fake.ControlAddr())
	p.Err.Await(t, "whether an onion service is reachable") // the warning
	p.Err.Await(t, "does not tell when the service can be reached")
	p.Out.Await(t, "/onion3/")
	p.End(syscall.SIGINT, 0)
}

// TestLostControlPort takes the control port away from a listener, which says so and
// goes on when it has it back.
func TestLostControlPort(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	box := clitest.NewBox(t)
	p := box.Start("listen", "--tor-control", fake.ControlAddr())
	p.Out.Await(t, "/onion3/")
	// Nobody would see a loss that is over at once.
	seen := make(chan struct{})
	fake.OnCommand(func(cmd string) tortest.FakeReply {
		if strings.HasPrefix(cmd, "AUTHENTICATE") {
			select {
			case <-seen:
			case <-t.Context().Done():
			}
		}
		return tortest.FakeReply{}
	})
	fake.DropControl()
	p.Err.Await(t, "the connection to tor is lost")
	close(seen)
	p.Err.Await(t, "tor is back")
	p.End(syscall.SIGINT, 0)
	box.WantClean()
}
