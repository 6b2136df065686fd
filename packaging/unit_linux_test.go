// Package packaging_test checks what the packages bring besides the programs.
package packaging_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// threshold is the highest exposure, as systemd-analyze reckons it, in tenths. A service
// without any hardening has 96.
const threshold = "20"

// The units, and that of the node with each of the drop-ins, are such that systemd takes
// them without a warning, and have the services confined. It needs systemd-analyze, which need not be the init.
func TestUnits(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, dropIns := range [][]string{nil, {"attached-tor.conf"}, {"passphrase.conf"}, {"attached-tor.conf", "passphrase.conf"}} {
		t.Run(strings.Join(dropIns, " "), func(t *testing.T) {
			dir := t.TempDir()
			install := func(from, to string) {
				t.Helper()
				b, err := os.ReadFile(filepath.Join("systemd", from))
				if err != nil {
					t.Fatal(err)
				}
				// The program has to be there.
				text := strings.ReplaceAll(string(b), "/usr/bin/onionwire", self)
				path := filepath.Join(dir, to)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			units := []string{"onionwire@.service", "onionwire-tor@.service"}
			for _, name := range units {
				install(name, name)
			}
			for _, name := range dropIns {
				install(name, filepath.Join("onionwire@.service.d", name))
			}
			for _, name := range units {
				name = strings.Replace(name, "@", "@bot", 1)
				analyze(t, dir, "verify", "--man=no", name)
				analyze(t, dir, "security", "--offline=true", "--threshold="+threshold, name)
			}
		})
	}
}

// analyze runs systemd-analyze with the units of a folder before those of the system.
func analyze(t *testing.T, dir string, args ...string) {
	t.Helper()
	args[len(args)-1] = filepath.Join(dir, args[len(args)-1])
	cmd := exec.Command("systemd-analyze", append([]string{"--no-pager"}, args...)...)
	cmd.Env = append(os.Environ(), "SYSTEMD_UNIT_PATH="+dir+":", "LC_ALL=C", "SYSTEMD_COLORS=0", "SYSTEMD_EMOJI=0")
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil || said.Len() > 0 {
		t.Errorf("systemd-analyze %s: %v\n%s%s", args[0], err, said.String(), out)
	}
}
