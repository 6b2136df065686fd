package main

import (
	"context"
	"strings"
	"syscall"
	"testing"

	"github.com/onionwire/onionwire/cmd/internal/cli/clitest"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// startClient starts a tor that does not belong to the program.
func startClient(t *testing.T, cfg tortest.ClientConfig) *tortest.Client {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), clitest.Soon)
	defer cancel()
	c, err := clitest.Network(t).StartClient(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Stop)
	if err := c.Ready(ctx); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestAttach listens and dials through a tor that flags name, and dials through
// one that the environment names.
func TestAttach(t *testing.T) {
	t.Parallel()
	const password = "correct horse \"battery\" staple"
	theirs := startClient(t, tortest.ClientConfig{Unix: true, Password: password})
	box := clitest.NewBox(t)
	flags := []string{"--tor-control", theirs.Control, "--tor-socks", theirs.Socks, "--log-level", "debug"}

	none := box.Run(1, append([]string{"listen"}, flags...)...)
	none.WantError("asks for a password", "--tor-password-file")
	wrong := box.Run(1, append([]string{"listen", "--tor-password-file", box.File("wrong", "swordfish\n")}, flags...)...)
	wrong.WantError("authentication failed", "--tor-password-file")
	wrong.WantDiscreet(clitest.Forms([]byte("swordfish")))

	flags = append(flags, "--tor-password-file", box.File("password", password+"\n"))
	listener := box.Start(append([]string{"listen"}, flags...)...)
	addr := listener.Out.Await(t, "/onion3/")

	dialers := clitest.NewBox(t)
	cookie := startClient(t, tortest.ClientConfig{})
	port := func(hostPort string) string { return strings.TrimPrefix(hostPort, "127.0.0.1:") }
	dialers.Setenv("TOR_CONTROL_PORT", port(cookie.Control))
	dialers.Setenv("TOR_SOCKS_PORT", port(cookie.Socks))
	through := dialers.Run(0, append([]string{"dial", "-n", "2", "--interval", "10ms", addr}, flags...)...)
	wantPings(t, through.Out.All(), 2)
	dial := dialers.Run(0, "dial", "-n", "2", "--interval", "10ms", addr)
	wantPings(t, dial.Out.All(), 2)

	listener.End(syscall.SIGINT, 0)
	for _, p := range []*clitest.Process{listener, through, dial} {
		p.WantDiscreet(clitest.Forms([]byte(password)))
	}

	// Neither program has ended a tor that is not its own.
	for _, c := range []*tortest.Client{theirs, cookie} {
		if err := c.Ready(t.Context()); err != nil {
			t.Error(err)
		}
	}
}
