package tor_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport/tor"
)

// guideBlocks returns what docs/transport.md has in fences of a kind.
func guideBlocks(t *testing.T, kind string) (blocks []string) {
	t.Helper()
	b, err := os.ReadFile("../../docs/transport.md")
	if err != nil {
		t.Fatal(err)
	}
	fenced := regexp.MustCompile("(?ms)^```" + kind + "\n(.*?)^```$")
	for _, m := range fenced.FindAllStringSubmatch(string(b), -1) {
		blocks = append(blocks, m[1])
	}
	if len(blocks) == 0 {
		t.Fatalf("no %s in the guide", kind)
	}
	return blocks
}

// freePort is a port of loopback that nobody listens on.
func freePort(t *testing.T) string {
	t.Helper()
	l := listenLoopback(t)
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// runTor runs a tor of the private network with a torrc until the end of the test.
func runTor(t *testing.T, torrc string) {
	t.Helper()
	dir := shortDir(t)
	file, empty := filepath.Join(dir, "torrc"), filepath.Join(dir, "defaults")
	torrc = privateNetwork(t).Torrc() + fmt.Sprintf("DataDirectory %s\nLog notice stdout\n", filepath.Join(dir, "data")) + torrc
	for path, content := range map[string]string{file: torrc, empty: ""} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	said := new(strings.Builder)
	cmd := exec.Command("tor", "--defaults-torrc", empty, "-f", file,
		"--__OwningControllerProcess", fmt.Sprint(os.Getpid()))
	cmd.Stdout = said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("torrc:\n%s\ntor:\n%s", torrc, said)
		}
	})
}

// attachSoon attaches to a tor that is starting.
func attachSoon(t *testing.T, cfg tor.AttachConfig) *tor.Daemon {
	t.Helper()
	ctx := testContext(t)
	for {
		d, err := tor.Attach(ctx, cfg)
		if err == nil {
			t.Cleanup(func() { d.Close() })
			return d
		}
		select {
		case <-ctx.Done():
			t.Fatal(err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// TestGuideTorrc attaches to tors with the very lines that the guide has, but for
// ports and paths, and lets one publish what another dials.
func TestGuideTorrc(t *testing.T) {
	t.Parallel()
	for i, torrc := range guideBlocks(t, "torrc") {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			run := shortDir(t)
			for from, to := range map[string]string{":9050": ":" + freePort(t), ":9051": ":" + freePort(t), "/run/tor": run} {
				torrc = strings.ReplaceAll(torrc, from, to)
			}
			at := make(map[string]tor.Addr)
			for line := range strings.Lines(torrc) {
				if words := strings.Fields(line); strings.HasSuffix(words[0], "Port") {
					at[words[0]] = parseAddr(t, words[1])
				}
			}
			runTor(t, torrc)
			d := attachSoon(t, tor.AttachConfig{Control: at["ControlPort"]})
			if d.SOCKS() != at["SocksPort"] {
				t.Errorf("SOCKS port %s, want %s", d.SOCKS(), at["SocksPort"])
			}
			ctx := testContext(t)
			if err := d.WaitReady(ctx); err != nil {
				t.Fatal(err)
			}
			if cookie, err := os.Stat(filepath.Join(run, "control.authcookie")); err != nil || cookie.Mode().Perm() != 0o640 {
				t.Errorf("the cookie is %v, %v", cookie, err)
			}

			service, dialer := pair(t)
			there, here := newKey(t), newKey(t)
			if err := publish(t, service, there).Ready(ctx); err != nil {
				t.Fatal(err)
			}
			if err := publish(t, d, here).Ready(ctx); err != nil {
				t.Fatal(err)
			}
			for by, to := range map[*tor.Daemon]string{d: there.Address().String(), dialer: here.Address().String()} {
				c, err := dial(ctx, by, to, virtualPort)
				if err != nil {
					t.Fatal(err)
				}
				ping(t, c)
			}
			// An extended error, which says why.
			_, err := dial(ctx, d, newKey(t).Address().String(), virtualPort)
			wantReply(t, err, 0xf0)
		})
	}
}
