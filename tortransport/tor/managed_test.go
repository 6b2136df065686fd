//go:build unix

package tor_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/onionwire/onionwire/tortransport/tor"
)

func TestTemporaryFolder(t *testing.T) {
	root := shortDir(t)
	t.Setenv("TMPDIR", root)
	t.Setenv("XDG_RUNTIME_DIR", "")
	d := start(t, tor.Config{Torrc: isolated})
	if entries := list(t, root); len(entries) != 1 {
		t.Fatalf("while it runs there are %v", entries)
	}
	if info, err := os.Stat(list(t, root)[0]); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	d.Close()
	if entries := list(t, root); len(entries) != 0 {
		t.Errorf("after Close there are %v", entries)
	}
}

func TestDataFolderIsKept(t *testing.T) {
	dir := filepath.Join(shortDir(t), "made", "if missing")
	d := start(t, tor.Config{DataDir: dir, Torrc: isolated})
	d.Close()
	for _, name := range []string{"state", "torrc"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Errorf("after Close: %v", err)
		}
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	start(t, tor.Config{DataDir: dir, Torrc: isolated})
}

func TestTwoDaemonsAtOnce(t *testing.T) {
	a := start(t, tor.Config{Torrc: isolated})
	b := start(t, tor.Config{Torrc: isolated})
	if a.SOCKS() == b.SOCKS() {
		t.Errorf("both have the SOCKS port %s", a.SOCKS())
	}
	a.Close()
	publish(t, b, newKey(t))
	if err := b.Err(); err != nil {
		t.Errorf("the end of one ended the other: %v", err)
	}
}

func TestDataFolderInUse(t *testing.T) {
	dir := shortDir(t)
	d := start(t, tor.Config{DataDir: dir, Torrc: isolated})
	other, err := tor.Start(t.Context(), tor.Config{DataDir: dir, Torrc: isolated})
	if err == nil {
		other.Close()
	}
	wantErr(t, err, tor.ErrInUse)
	// The one that runs has lost nothing.
	for _, name := range []string{"control", "socks"} {
		if !accepts(filepath.Join(dir, "sockets", name)) {
			t.Errorf("socket %s does not answer any more", name)
		}
	}
	d.Close()
	start(t, tor.Config{DataDir: dir, Torrc: isolated})
}

func TestSocketsAreOurs(t *testing.T) {
	dir := shortDir(t)
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	d := start(t, tor.Config{DataDir: dir, Torrc: isolated})
	l, err := d.ListenTarget()
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if l.Addr().Network() != "unix" || d.SOCKS().Network != "unix" {
		t.Errorf("target %s, SOCKS %s, want unix sockets", l.Addr(), d.SOCKS())
	}
	sockets := 0
	err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.Type()&fs.ModeSocket == 0 {
			return err
		}
		sockets++
		// Who cannot enter the folder cannot connect, whatever the mode of the
		// socket is.
		info, err := os.Stat(filepath.Dir(path))
		if err == nil && info.Mode().Perm() != 0o700 {
			t.Errorf("%s is in a folder with mode %v", e.Name(), info.Mode().Perm())
		}
		return err
	})
	if err != nil || sockets != 3 {
		t.Errorf("%d sockets, %v, want 3", sockets, err)
	}
}

func TestExits(t *testing.T) {
	l := listenLoopback(t)
	echo(t, l)
	host, port := hostPort(t, l.Addr())
	for name, allow := range map[string]bool{"refused": false, "allowed": true} {
		t.Run(name, func(t *testing.T) {
			d := start(t, tor.Config{AllowExits: allow, Torrc: privateNetwork(t).Torrc()})
			ctx := testContext(t)
			if err := d.WaitReady(ctx); err != nil {
				t.Fatal(err)
			}
			c, err := dial(ctx, d, host, port)
			if !allow {
				if err == nil {
					c.Close()
				}
				wantReply(t, err, 0x02)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			ping(t, c)
		})
	}
}

func list(t testing.TB, dir string) []string {
	t.Helper()
	entries, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	return entries
}
