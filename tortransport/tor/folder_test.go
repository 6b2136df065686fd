//go:build unix

package tor_test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/flock"

	"github.com/onionwire/onionwire/tortransport/tor"
)

// works checks that services can be published and reached with d, which is in
// no network: what differs with the folder is local.
func works(t *testing.T, d *tor.Daemon) {
	t.Helper()
	c, err := net.Dial(d.SOCKS().Network, d.SOCKS().Address)
	if err != nil {
		t.Fatalf("SOCKS port: %v", err)
	}
	c.Close()
	l, err := d.ListenTarget()
	if err != nil {
		t.Fatal(err)
	}
	echo(t, l)
	if c, err = net.Dial(l.Addr().Network(), l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	ping(t, c)
	s, err := d.Publish(tor.ServiceConfig{Key: newKey(t), Port: virtualPort, Target: l.Addr()})
	if err != nil {
		t.Fatal(err)
	}
	// Without a network the service stays where it is; a refusal would end it.
	wantText(t, s.Ready(within(t, 50*time.Millisecond)), "onion service is starting")
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// deep makes a folder whose path is too long for a socket.
func deep(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(shortDir(t), strings.Repeat("d", 120))
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestDeepDataFolder(t *testing.T) {
	t.Run("sockets in the runtime folder", func(t *testing.T) {
		runtime := shortDir(t)
		t.Setenv("XDG_RUNTIME_DIR", runtime)
		d := start(t, tor.Config{DataDir: deep(t), Torrc: isolated})
		if !strings.HasPrefix(d.SOCKS().String(), "unix:"+runtime) {
			t.Errorf("SOCKS port %s is not in the runtime folder", d.SOCKS())
		}
		works(t, d)
		d.Close()
		if left := list(t, runtime); len(left) != 0 {
			t.Errorf("after Close there are %v", left)
		}
	})
	t.Run("sockets in the temporary folder", func(t *testing.T) {
		data, temp := deep(t), shortDir(t)
		t.Setenv("XDG_RUNTIME_DIR", deep(t))
		t.Setenv("TMPDIR", temp)
		d := start(t, tor.Config{DataDir: data, Torrc: isolated})
		if !strings.HasPrefix(d.SOCKS().String(), "unix:"+temp) {
			t.Errorf("SOCKS port %s is not in the temporary folder", d.SOCKS())
		}
		works(t, d)
		d.Close()
		if left := list(t, temp); len(left) != 0 {
			t.Errorf("after Close there are %v", left)
		}
	})
	t.Run("loopback ports", func(t *testing.T) {
		dir, temp := deep(t), deep(t)
		t.Setenv("XDG_RUNTIME_DIR", deep(t))
		t.Setenv("TMPDIR", temp)
		for range 2 { // the second time there is a file with an old port
			d := start(t, tor.Config{DataDir: dir, Torrc: isolated})
			if !strings.HasPrefix(d.SOCKS().String(), "127.0.0.1:") {
				t.Errorf("SOCKS port %s is not on loopback", d.SOCKS())
			}
			works(t, d)
			d.Close()
		}
		if left := list(t, temp); len(left) != 0 {
			t.Errorf("after Close there are %v", left)
		}
	})
}

func TestOddDataFolder(t *testing.T) {
	for _, name := range []string{
		"two words", "#1", "a # b", `"quoted"`, `in"side`, `back\slash`, `ends with \`, "ends with ",
		"$HOME ~ %d", "'single'", "tab\there", "line\nBandwidthRate 1", "schlüssel",
	} {
		t.Run(fmt.Sprintf("%q", name), func(t *testing.T) {
			dir := filepath.Join(shortDir(t), name)
			d := start(t, tor.Config{DataDir: dir, Torrc: isolated})
			works(t, d)
			if _, err := os.Stat(filepath.Join(dir, "control_auth_cookie")); err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("with loopback ports", func(t *testing.T) {
		t.Setenv("XDG_RUNTIME_DIR", "")
		t.Setenv("TMPDIR", deep(t))
		works(t, start(t, tor.Config{DataDir: filepath.Join(shortDir(t), `a "#" \`), Torrc: isolated}))
	})
}

func TestSocketsOfACrashAreRemoved(t *testing.T) {
	dir := shortDir(t)
	sockets := filepath.Join(dir, "sockets")
	if err := os.Mkdir(sockets, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"control", "socks", "onion-1"} {
		l, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(sockets, name), Net: "unix"})
		if err != nil {
			t.Fatal(err)
		}
		l.SetUnlinkOnClose(false)
		l.Close()
	}
	works(t, start(t, tor.Config{DataDir: dir, Torrc: isolated}))
}

func TestSweep(t *testing.T) {
	root := shortDir(t)
	t.Setenv("XDG_RUNTIME_DIR", "")
	t.Setenv("TMPDIR", root)
	stale := time.Now().Add(-2 * tor.TempAge)
	make := func(name string, age time.Time) string {
		dir := filepath.Join(root, name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(dir, age, age); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	gone := make("onionwire-tor-1", stale)
	used := make("onionwire-tor-2", stale)
	lock := flock.New(filepath.Join(used, "onionwire.lock"))
	if held, err := lock.TryLock(); err != nil || !held {
		t.Fatal(held, err)
	}
	defer lock.Close()
	if err := os.Chtimes(used, stale, stale); err != nil {
		t.Fatal(err)
	}
	young := make("onionwire-tor-3", time.Now())
	other := make("somebody-else", stale)
	link := filepath.Join(root, "onionwire-tor-4")
	if err := os.Symlink(other, link); err != nil {
		t.Fatal(err)
	}
	start(t, tor.Config{Torrc: isolated})
	for dir, kept := range map[string]bool{gone: false, used: true, young: true, other: true, link: true} {
		if _, err := os.Stat(dir); (err == nil) != kept {
			t.Errorf("%s: kept %v, want %v", filepath.Base(dir), err == nil, kept)
		}
	}
}
