package tortest_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

func TestNoTor(t *testing.T) {
	_, err := tortest.Start(t.Context(), tortest.Config{TorBinary: filepath.Join(t.TempDir(), "tor")})
	if !errors.Is(err, tor.ErrNoBinary) {
		t.Fatalf("Start = %v, want tor.ErrNoBinary", err)
	}
	if !strings.Contains(err.Error(), "apt install tor") {
		t.Errorf("no hint how to install it: %v", err)
	}
}

func TestConfigIsChecked(t *testing.T) {
	for _, cfg := range []tortest.Config{{Relays: -1}, {Relays: 2}, {Relays: 1000}, {LinkDelay: -1}} {
		if n, err := tortest.Start(t.Context(), cfg); err == nil {
			_ = n.Stop()
			t.Errorf("%+v was accepted", cfg)
		}
	}
}

// The reason why tor does not start is in tor's log only.
func TestBrokenTorrc(t *testing.T) {
	dir := t.TempDir()
	_, err := tortest.Start(t.Context(), tortest.Config{Dir: dir, Torrc: "NoSuchOption 1"})
	if err == nil || !strings.Contains(err.Error(), "Unknown option 'NoSuchOption'") {
		t.Errorf("Start = %v, want tor's own words", err)
	}
	wantEmpty(t, dir)
}

func TestFolderOfAnotherNetwork(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "network.torrc")
	if err := os.WriteFile(file, []byte("other"), 0o600); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	if n, err := tortest.Start(t.Context(), tortest.Config{Dir: dir}); err == nil {
		_ = n.Stop()
		t.Fatal("two networks in one folder")
	}
	if time.Since(begin) > 10*time.Second { // everything takes eleven at least
		t.Error("noticed only after starting everything")
	}
	if content, err := os.ReadFile(file); err != nil || string(content) != "other" {
		t.Errorf("the other network's file: %q, %v", content, err)
	}
}

func TestFolderIsMadeAndRemoved(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "folder # of \"mine\"")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, err := tortest.Start(ctx, tortest.Config{Dir: dir, Progress: func(s string) {
		if strings.Contains(s, "consensus") {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("Start = %v, want context.Canceled", err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder is left: %v", err)
	}
}
