package main

import (
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/node/rpc"
)

// newTUI is the interface on a profile of a new folder, on a system without tor.
func newTUI(t *testing.T) (firstRun, *backend) {
	t.Helper()
	dir := t.TempDir()
	o := &tuiOptions{tor: &cli.TorFlags{Binary: filepath.Join(dir, "no-tor")}}
	o.profile.register(pflag.NewFlagSet("", pflag.ContinueOnError))
	o.profile.root, o.profile.name = dir, "alice"
	b := &backend{options: o, log: slog.New(slog.DiscardHandler)}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return firstRun{o}, b
}

// TestFirstRunAndNoTor makes a profile, and opens it without Tor.
func TestFirstRunAndNoTor(t *testing.T) {
	setup, b := newTUI(t)
	if missing, err := setup.Missing(t.Context()); err != nil || !missing {
		t.Fatalf("missing is %t, %v", missing, err)
	}
	if says := setup.Tor(t.Context()); !strings.Contains(says, cli.InstallTor()) {
		t.Errorf("says %q", says)
	}
	words, err := setup.Make(t.Context(), "Alice", nil)
	if err != nil || len(words) != 24 {
		t.Fatalf("%d words, %v", len(words), err)
	}
	if missing, err := setup.Missing(t.Context()); err != nil || missing {
		t.Errorf("missing is %t, %v", missing, err)
	}
	if can, err := b.Lockable(t.Context()); err != nil || can {
		t.Errorf("lockable is %t, %v", can, err)
	}
	api, err := b.Open(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if s, err := api.Settings(t.Context()); err != nil || s.Name != "Alice" {
		t.Errorf("settings %+v, %v", s, err)
	}
	if s, err := api.Status(t.Context()); err != nil || s.Tor != "off" {
		t.Errorf("status %+v, %v", s, err)
	}
	if says := b.Trouble(); !strings.Contains(says, cli.InstallTor()) {
		t.Errorf("says %q", says)
	}
}

// TestFirstRunWithPassphrase seals the profile under it.
func TestFirstRunWithPassphrase(t *testing.T) {
	setup, b := newTUI(t)
	if _, err := setup.Make(t.Context(), "", []byte("correct horse")); err != nil {
		t.Fatal(err)
	}
	if can, err := b.Lockable(t.Context()); err != nil || !can {
		t.Errorf("lockable is %t, %v", can, err)
	}
	if protected, err := b.Protected(t.Context()); err != nil || !protected {
		t.Errorf("protected is %t, %v", protected, err)
	}
	if _, err := b.Open(t.Context(), []byte("wrong")); !errors.Is(err, rpc.ErrPassphrase) {
		t.Errorf("error %v", err)
	}
}
