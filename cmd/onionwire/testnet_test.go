package main

import (
	"context"
	"crypto/tls"
	"os"
	"path/filepath"
	"regexp"
	"syscall"
	"testing"
	"time"

	"github.com/onionwire/onionwire/cmd/internal/cli/clitest"
	"github.com/onionwire/onionwire/tortransport/tor"
)

func TestTestnet(t *testing.T) {
	t.Parallel()
	const delay = 10 * time.Millisecond
	box := clitest.NewBox(t)
	dir := filepath.Join(box.Home, "net")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "theirs"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	p := box.Start("testnet", "--dir", dir, "--relays", "3", "--link-delay", delay.String())
	torrcFile := filepath.Join(dir, "network.torrc")
	if got := p.Out.Await(t, ""); got != "ready "+torrcFile {
		t.Fatalf("the first line is %q", got)
	}
	if n := len(box.Processes()); n != 4 {
		t.Errorf("%d processes run, want an authority and three relays", n)
	}
	torrc, err := os.ReadFile(torrcFile)
	if err != nil {
		t.Fatal(err)
	}
	joins(t, string(torrc))
	if took := handshake(t, torrc); took < 2*delay {
		t.Errorf("a round trip and more to a relay took %s, with a delay of %s each way", took, delay)
	}

	p.End(syscall.SIGINT, 0)
	if lines := p.Out.All(); len(lines) != 1 {
		t.Errorf("standard output has %q", lines)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 || entries[0].Name() != "theirs" {
		t.Errorf("the folder has %v, %v; want it as it was found", entries, err)
	}
}

func joins(t *testing.T, torrc string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), clitest.Soon)
	defer cancel()
	d, err := tor.Start(ctx, tor.Config{Torrc: torrc})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.WaitReady(ctx); err != nil {
		t.Error(err)
	}
}

// handshake measures a TLS handshake with the authority, as a relay.
func handshake(t *testing.T, torrc []byte) time.Duration {
	t.Helper()
	m := regexp.MustCompile(`orport=(\d+)`).FindSubmatch(torrc)
	if m == nil {
		t.Fatal("network.torrc names no authority")
	}
	began := time.Now()
	conn, err := tls.Dial("tcp", "127.0.0.1:"+string(m[1]), &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	return time.Since(began)
}

func TestInterruptedTestnet(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"making the authority's keys", "starting 4 relays", "waiting for the first consensus"} {
		t.Run(at, func(t *testing.T) {
			t.Parallel()
			box := clitest.NewBox(t)
			dir := filepath.Join(box.Home, "net")
			p := box.Start("testnet", "--dir", dir)
			p.Err.Await(t, at)
			p.End(syscall.SIGTERM, 130)
			if out := p.Out.All(); len(out) > 0 {
				t.Errorf("standard output has %q", out)
			}
			if _, err := os.Stat(dir); !os.IsNotExist(err) {
				t.Errorf("the folder that was made is left: %v", err)
			}
		})
	}
}
