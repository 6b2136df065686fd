package node_test

import (
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/onionwire/onionwire/node"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// TestPathsAreNotLogged: that Tor's socket is not there is logged, and not where it is
// not.
func TestPathsAreNotLogged(t *testing.T) {
	t.Parallel()
	fake := tortest.NewFake(t)
	log := new(journal)
	t.Cleanup(func() { log.check(t) })
	alice := newPartyWith(t, attach(t, fake.ControlAddr(), "unix:"+filepath.Join(t.TempDir(), "socks")), func(cfg *node.Config) {
		cfg.Log = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	if _, err := alice.AddContact(testContext(t), newRaw(t, fake).link(), node.AddOptions{}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the reason", func() bool { return log.has("dial failed") })
}
