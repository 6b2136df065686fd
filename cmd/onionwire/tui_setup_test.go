package main

import (
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/onionwire/onionwire/cmd/internal/cli"
	"github.com/onionwire/onionwire/cmd/onionwire/internal/tui"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/rpc"
)

// newTUI is the interface on a profile of a new folder, on a system without tor.
func newTUI(t *testing.T) (*firstRun, *backend) {
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
	return &firstRun{options: o}, b
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
	made, err := setup.Make(t.Context(), tui.NewProfile{Profile: "mine", Name: "Alice"})
	if err != nil || len(made.Words) != 24 || made.Trouble != "" {
		t.Fatalf("%d words, %q, %v", len(made.Words), made.Trouble, err)
	}
	if b.options.profile.name != "mine" || !strings.Contains(b.options.files().Profile, "mine") {
		t.Errorf("the interface goes on with %q", b.options.profile.name)
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
	if _, err := setup.Make(t.Context(), tui.NewProfile{Profile: "alice", Passphrase: []byte("correct horse")}); err != nil {
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

// TestFirstRunGoesOn with a profile that was made by a try that failed then, and with no
// other that is there already.
func TestFirstRunGoesOn(t *testing.T) {
	setup, b := newTUI(t)
	is := tui.NewProfile{Profile: "alice", Name: "\x1b[2J", Passphrase: []byte("correct horse")}
	made, err := setup.Make(t.Context(), is)
	if err != nil || len(made.Words) != 24 || !strings.Contains(made.Trouble, "settings") {
		t.Fatalf("a name that cannot be kept: %q, %v", made.Trouble, err)
	}
	is.Name = "Alice"
	again, err := setup.Make(t.Context(), is)
	if err != nil || !slices.Equal(again.Words, made.Words) || again.Trouble != "" {
		t.Fatalf("the second try: %q, %v", again.Trouble, err)
	}
	is.Passphrase = []byte("another one")
	if _, err := setup.Make(t.Context(), is); !errors.Is(err, profile.ErrPassphrase) {
		t.Errorf("with another passphrase: %v", err)
	}
	other := &firstRun{options: b.options}
	if _, err := other.Make(t.Context(), tui.NewProfile{Profile: "alice", Passphrase: []byte("correct horse")}); !errors.Is(err, profile.ErrExists) {
		t.Errorf("a profile of somebody else: %v", err)
	}
	for name, want := range map[string]string{"alice": "already", "my profile": "no spaces", "": "letters", "new": ""} {
		err := other.Check(name)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", name, err)
		}
	}
}
