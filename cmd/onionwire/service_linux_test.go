package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/onionwire/onionwire/cmd/internal/cli/clitest"
)

// unitCommand is what the unit that is shipped starts, with a folder and a profile.
func unitCommand(t *testing.T, dir, profile string) []string {
	t.Helper()
	unit := document(t, "packaging/systemd/onionwire@.service")
	found := regexp.MustCompile(`(?m)^ExecStart=/usr/bin/onionwire (.*)$`).FindStringSubmatch(unit)
	if found == nil {
		t.Fatal("the unit starts nothing")
	}
	return strings.Fields(strings.NewReplacer("${STATE_DIRECTORY}", dir, "%i", profile).Replace(found[1]))
}

// TestService runs a node as systemd does: it says when it is ready, how it is doing, that
// it is alive and that it ends, and its tor says nothing. Prometheus can ask for figures.
func TestService(t *testing.T) {
	t.Parallel()
	s := newSomeone(t)
	notify := filepath.Join(s.Home, "notify")
	manager, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: notify, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer os.Remove(notify)
	defer manager.Close()
	s.Setenv("NOTIFY_SOCKET", notify)
	s.Setenv("WATCHDOG_USEC", "1500000")
	figures := filepath.Join(s.Home, "metrics")
	args := append(unitCommand(t, filepath.Join(s.Data(), "onionwire"), "default"), "--tor-network", s.Offline(), "--metrics", "unix:"+figures)
	p := s.Start(args...)

	seen := make(map[string]int)
	hear := func(prefix string) {
		t.Helper()
		for manager.SetReadDeadline(time.Now().Add(clitest.Soon)); ; {
			b := make([]byte, 4096)
			n, err := manager.Read(b)
			if err != nil {
				t.Fatalf("the manager does not hear %s: %v", prefix, err)
			}
			name, _, _ := strings.Cut(string(b[:n]), "=")
			seen[name]++
			if strings.HasPrefix(string(b[:n]), prefix) {
				return
			}
		}
	}
	hear("READY=1\n")
	hear("STATUS=contacts cannot reach it; tor: not connected to its network yet, 0 %; ")
	hear("WATCHDOG=1\n")
	hear("WATCHDOG=1\n")
	p.Err.Await(t, "tor 0%") // which could have told the manager by now
	hear("WATCHDOG=1\n")

	if text := scrape(t, figures); !strings.Contains(text, "\nonionwire_up 1\n") || !strings.Contains(text, "\nonionwire_reachable 0\n") ||
		strings.Contains(text, s.peer()) {
		t.Errorf("the figures are\n%s", text)
	}
	p.Signal(syscall.SIGTERM)
	hear("STOPPING=1\n")
	p.WantStatus(0, clitest.EndTime)
	if seen["READY"] != 1 || seen["STOPPING"] != 1 || len(seen) != 4 {
		t.Errorf("the manager has heard %v", seen)
	}
	if _, err := os.Lstat(figures); err == nil {
		t.Error("the socket of the figures is left")
	}
}

// scrape asks for figures as Prometheus does.
func scrape(t *testing.T, socket string) string {
	t.Helper()
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}}
	defer transport.CloseIdleConnections()
	client := http.Client{Transport: transport, Timeout: clitest.Soon}
	response, err := client.Get("http://node/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	b, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
