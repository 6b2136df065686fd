package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"syscall"
	"testing"

	"github.com/onionwire/onionwire/cmd/internal/cli/clitest"
)

// TestPing follows a listener through its life: it is pinged, stopped, missed,
// and comes back at the same address.
func TestPing(t *testing.T) {
	t.Parallel()
	network := clitest.Network(t).TorrcFile()
	box, dialers := clitest.NewBox(t), clitest.NewBox(t)
	key := filepath.Join(box.Home, "onion.key")
	listen := func() (*clitest.Process, string) {
		p := box.Start("listen", "--key", key, "--tor-network", network, "--log-level", "debug")
		return p, p.Out.Await(t, "/onion3/", "/p2p/")
	}

	listener, addr := listen()
	info, err := os.Stat(key)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode() != 0o600 {
		t.Errorf("the key file has mode %s", info.Mode())
	}

	plain := dialers.Run(0, "dial", "-n", "3", "--interval", "10ms", "--tor-network", network, "--log-level", "debug", addr)
	wantPings(t, plain.Out.All(), 3)

	asJSON := dialers.Run(0, "dial", "--json", "-n", "2", "--interval", "10ms", "--tor-network", network, addr)
	wantPingsJSON(t, asJSON.Out.All(), 2)

	listener.End(syscall.SIGINT, 0)
	if lines := listener.Out.All(); len(lines) != 1 {
		t.Errorf("listen printed %d lines, want the address alone", len(lines))
	}
	secrets := clitest.KeyForms(t, key)
	listener.WantDiscreet(secrets)
	plain.WantDiscreet(secrets)

	// Tor may try for minutes.
	missed := dialers.Run(1, "dial", "--timeout", "10s", "--tor-network", network, addr)
	missed.WantError("", "")
	missed.WantDiscreet(nil)
	if out := missed.Out.All(); len(out) > 0 {
		t.Errorf("a dial that failed printed %q", out)
	}

	listener, again := listen()
	if again != addr {
		t.Error("the same key gives another address")
	}
	dialers.Run(0, "dial", "-n", "1", "--tor-network", network, addr)
	listener.End(syscall.SIGTERM, 0)
}

var (
	pingLine    = regexp.MustCompile(`^ping (\d+): \d+\.\d ms$`)
	summaryLine = regexp.MustCompile(`^(\d+) sent, \d+ answered, 0% lost; min/avg/max (\d+\.\d)/(\d+\.\d)/(\d+\.\d) ms$`)
)

// wantPings checks the output of n pings that were all answered. Whether the
// figures are right is tested without a network.
func wantPings(t *testing.T, lines []string, n int) {
	t.Helper()
	if len(lines) != n+1 {
		t.Fatalf("%d pings printed %q", n, lines)
	}
	for _, line := range lines[:n] {
		if !pingLine.MatchString(line) {
			t.Errorf("line %q", line)
		}
	}
	if m := summaryLine.FindStringSubmatch(lines[n]); m == nil || m[1] != string(rune('0'+n)) {
		t.Errorf("summary %q", lines[n])
	}
}

func wantPingsJSON(t *testing.T, lines []string, n int) {
	t.Helper()
	if len(lines) != n+1 {
		t.Fatalf("%d pings printed %q", n, lines)
	}
	for i, line := range lines[:n] {
		var r struct {
			Seq int      `json:"seq"`
			RTT *float64 `json:"rtt_ms"`
		}
		if err := json.Unmarshal([]byte(line), &r); err != nil || r.Seq != i+1 || r.RTT == nil || *r.RTT <= 0 {
			t.Errorf("line %q: %v", line, err)
		}
	}
	var s struct {
		Sent, Received int
		Loss           *float64
		Min            float64 `json:"min_ms"`
		Avg            float64 `json:"avg_ms"`
		Max            float64 `json:"max_ms"`
	}
	if err := json.Unmarshal([]byte(lines[n]), &s); err != nil {
		t.Fatalf("summary %q: %v", lines[n], err)
	}
	if s.Sent != n || s.Received != n || s.Loss == nil || *s.Loss != 0 ||
		s.Min <= 0 || s.Min > s.Avg || s.Avg > s.Max {
		t.Errorf("summary %q", lines[n])
	}
}
