package tor_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// TestDormant: a tor that has gone to sleep before connects to its network all the
// same, although nobody has connected through it.
func TestDormant(t *testing.T) {
	t.Parallel()
	t.Run("managed", func(t *testing.T) {
		t.Parallel()
		dir := shortDir(t)
		if err := os.WriteFile(filepath.Join(dir, "state"), []byte("Dormant 1\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		d := start(t, tor.Config{DataDir: dir, Torrc: privateNetwork(t).Torrc()})
		if err := d.WaitReady(testContext(t)); err != nil {
			t.Error(err)
		}
	})
	t.Run("attached", func(t *testing.T) {
		t.Parallel()
		c := startClient(t, tortest.ClientConfig{Torrc: "DormantOnFirstStartup 1"})
		d := attach(t, tor.AttachConfig{Control: parseAddr(t, c.Control)})
		if err := d.WaitReady(testContext(t)); err != nil {
			t.Error(err)
		}
	})
}
