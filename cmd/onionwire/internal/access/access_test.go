package access_test

import (
	"context"
	"errors"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/access"
	"github.com/onionwire/onionwire/node/profile"
	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/node/vault"
	"github.com/onionwire/onionwire/tortransport/tor"
	"github.com/onionwire/onionwire/tortransport/tortest"
)

// newProfile makes a profile without a passphrase, and says how it is reached without a
// network.
func newProfile(t *testing.T) access.Config {
	t.Helper()
	root, err := os.MkdirTemp("", "ow-") // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(root) })
	p, err := profile.Create(t.Context(), root, "someone", vault.WithoutPassphrase())
	if err == nil {
		err = p.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return access.Config{
		Root: root, Name: "someone", Version: "test",
		Unlock: func(_ context.Context, use func([]byte) error) error { return use(nil) },
	}
}

// onFakeTor gives nodes a network.
func onFakeTor(t *testing.T, cfg access.Config) access.Config {
	t.Helper()
	control, err := tor.ParseAddr(tortest.NewFake(t).ControlAddr())
	if err != nil {
		t.Fatal(err)
	}
	cfg.StartTor = func(ctx context.Context, _ string) (*tor.Daemon, error) {
		return tor.Attach(ctx, tor.AttachConfig{Control: control})
	}
	return cfg
}

func open(t *testing.T, cfg access.Config) *access.Session {
	t.Helper()
	s, err := access.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { end(t, s) })
	return s
}

func end(t *testing.T, s *access.Session) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestAlone: where no node runs, the profile is enough, and nobody else gets in.
func TestAlone(t *testing.T) {
	cfg := newProfile(t)
	if _, err := access.Running(t.Context(), cfg.Root, cfg.Name); !errors.Is(err, rpc.ErrNotRunning) {
		t.Errorf("a node runs: %v", err)
	}
	s := open(t, cfg)
	if s.Remote() || s.Node() == nil {
		t.Error("another process is said to run the node")
	}
	if _, err := s.Contacts(t.Context()); err != nil {
		t.Error(err)
	}
	if err := s.Ready(t.Context()); !errors.Is(err, rpc.ErrUnavailable) {
		t.Errorf("without a network: %v", err)
	}
	if _, err := access.Running(t.Context(), cfg.Root, cfg.Name); !errors.Is(err, rpc.ErrNotRunning) {
		t.Errorf("a node without a network can be used by others: %v", err)
	}
	end(t, s)
	end(t, open(t, cfg)) // nothing of it is left
}

// TestShared: a node with a network is used by all, and needs no passphrase.
func TestShared(t *testing.T) {
	cfg := newProfile(t)
	first := open(t, onFakeTor(t, cfg))
	if err := first.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	cfg.Unlock = func(context.Context, func([]byte) error) error { return errors.New("asked for a passphrase") }
	second := open(t, cfg)
	if !second.Remote() || second.Node() != nil {
		t.Error("the node is said to be ours")
	}
	name := "Alice"
	if _, err := second.SetSettings(t.Context(), rpc.SettingsUpdate{Name: &name}); err != nil {
		t.Fatal(err)
	}
	if s, err := first.Settings(t.Context()); err != nil || s.Name != name {
		t.Errorf("the settings are %+v, %v", s, err)
	}
	end(t, second)
	if _, err := first.Settings(t.Context()); err != nil {
		t.Errorf("the node has ended with who used it: %v", err)
	}
}

// TestOwn: who is to run the node does not use that of somebody else instead.
func TestOwn(t *testing.T) {
	cfg := newProfile(t)
	s, err := access.Own(t.Context(), onFakeTor(t, cfg))
	if err != nil {
		t.Fatal(err)
	}
	if other, err := access.Own(t.Context(), cfg); !errors.Is(err, profile.ErrInUse) || other != nil {
		t.Errorf("a second node runs: %v", err)
	}
	second := open(t, cfg)
	if !second.Remote() {
		t.Error("others cannot use it")
	}
	end(t, second)
	end(t, s)
}

// TestClient: what a server does beside the API is there with a node and without.
func TestClient(t *testing.T) {
	cfg := newProfile(t)
	for _, cfg := range []access.Config{cfg, onFakeTor(t, cfg)} {
		s := open(t, cfg)
		for range 2 {
			c, err := s.Client(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var v rpc.Version
			if err := c.Call(t.Context(), "version", nil, &v); err != nil || v.Version != "test" {
				t.Errorf("the version is %+v, %v", v, err)
			}
		}
		end(t, s)
	}
}

// TestWaits: who has the profile for a moment is waited for, and so is a node that is
// about to be there.
func TestWaits(t *testing.T) {
	cfg := newProfile(t)
	other := open(t, cfg)
	done := make(chan struct{})
	go func() {
		defer close(done)
		time.Sleep(200 * time.Millisecond)
		end(t, other)
	}()
	end(t, open(t, cfg))
	<-done

	p, err := profile.Open(t.Context(), cfg.Root, cfg.Name, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if _, err := access.Open(t.Context(), cfg); !errors.Is(err, profile.ErrInUse) {
		t.Errorf("a profile that somebody keeps: %v, want ErrInUse", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	if _, err := access.Open(ctx, cfg); !errors.Is(err, context.Canceled) {
		t.Errorf("called off: %v", err)
	}
}

// TestFailures: what fails half-way leaves the profile to others.
func TestFailures(t *testing.T) {
	cfg := newProfile(t)
	if _, err := access.Running(t.Context(), cfg.Root, "nobody"); !errors.Is(err, profile.ErrNotFound) {
		t.Errorf("no profile: %v", err)
	}
	refused, asked := errors.New("refused"), atomic.Int32{}
	bad := cfg
	bad.Unlock = func(context.Context, func([]byte) error) error { asked.Add(1); return refused }
	if _, err := access.Open(t.Context(), bad); !errors.Is(err, refused) || asked.Load() != 1 {
		t.Errorf("no passphrase: %v, asked %d times", err, asked.Load())
	}
	bad = cfg
	bad.Unlock = func(_ context.Context, use func([]byte) error) error { return use([]byte("wrong")) }
	if _, err := access.Open(t.Context(), bad); !errors.Is(err, vault.ErrUnprotected) {
		t.Errorf("a passphrase too many: %v", err)
	}
	bad = cfg
	bad.StartTor = func(context.Context, string) (*tor.Daemon, error) { return nil, refused }
	if _, err := access.Open(t.Context(), bad); !errors.Is(err, refused) {
		t.Errorf("no Tor: %v", err)
	}
	end(t, open(t, cfg))
}
