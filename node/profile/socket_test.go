package profile_test

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node/profile"
)

// short returns a folder whose path leaves room for a socket.
func short(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "ow")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func long(t *testing.T) string {
	t.Helper()
	return filepath.Join(t.TempDir(), strings.Repeat("long", 25))
}

// wantListening fails the test unless a socket can be made where the profile says, and
// others find it there.
func wantListening(t *testing.T, p *profile.Profile, root string) {
	t.Helper()
	path := p.SocketPath()
	if len(path) > profile.MaxSocketPath {
		t.Fatalf("the path has %d bytes", len(path))
	}
	if found, err := profile.SocketPath(root, "alice"); err != nil || found != path {
		t.Errorf("others find %s, %v, want %s", found, err, path)
	}
	if info, err := os.Stat(filepath.Dir(path)); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder of the socket has mode %v, %v", info.Mode(), err)
	}
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	listener.(*net.UnixListener).SetUnlinkOnClose(false) // as if it had crashed
	_ = listener.Close()
}

func TestTheSocketIsInTheFolder(t *testing.T) {
	root := short(t)
	p := create(t, root, "alice")
	if filepath.Dir(p.SocketPath()) != p.Dir() {
		t.Errorf("the socket is %s", p.SocketPath())
	}
	wantListening(t, p, root)
	shut(t, p)
	wantEntries(t, p.Dir(), "addresses", "keys", "lock", "store.db")
}

func TestASocketWithALongPath(t *testing.T) {
	runtime := short(t)
	t.Setenv("XDG_RUNTIME_DIR", runtime)
	root := long(t)
	p := create(t, root, "alice")
	if filepath.Dir(filepath.Dir(p.SocketPath())) != runtime {
		t.Errorf("the socket is %s", p.SocketPath())
	}
	wantListening(t, p, root)
	shut(t, p)
	wantEntries(t, p.Dir(), "addresses", "keys", "lock", "store.db")
	wantEntries(t, runtime)
	if _, err := profile.SocketPath(root, "alice"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("of a closed profile the error is %v, want fs.ErrNotExist", err)
	}
}

func TestASocketThatACrashHasLeft(t *testing.T) {
	runtime := short(t)
	t.Setenv("XDG_RUNTIME_DIR", runtime)
	root := long(t)
	p := create(t, root, "alice")
	shut(t, p)
	left := filepath.Join(runtime, "onionwire-rpc-1", "rpc.sock")
	if err := os.Mkdir(filepath.Dir(left), 0o700); err != nil {
		t.Fatal(err)
	}
	for path, content := range map[string]string{
		left: "", left + ".lock": "", left + ".token": "", filepath.Join(p.Dir(), profile.PointerFile): left,
	} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p = open(t, root)
	wantListening(t, p, root)
	shut(t, p)
	wantEntries(t, runtime)
}

// A pointer to something that this program does not make is not believed.
func TestAPointerToSomethingElse(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", short(t))
	root := long(t)
	p := create(t, root, "alice")
	shut(t, p)
	precious := filepath.Join(t.TempDir(), "rpc.sock")
	if err := os.WriteFile(precious, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, content := range []string{"", "x", precious, "onionwire-rpc-1/rpc.sock", "/tmp/onionwire-rpc-1/other", strings.Repeat("/a", 4096)} {
		if err := os.WriteFile(filepath.Join(p.Dir(), profile.PointerFile), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if path, err := profile.SocketPath(root, "alice"); err == nil {
			t.Errorf("%.20q leads to %s", content, path)
		}
		p := open(t, root)
		wantListening(t, p, root)
		shut(t, p)
		if _, err := os.Stat(precious); err != nil {
			t.Fatal(err)
		}
	}
}

func TestNoFolderIsShortEnough(t *testing.T) {
	root, runtime := long(t), long(t)
	if err := os.MkdirAll(runtime, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("XDG_RUNTIME_DIR", runtime)
	if _, err := profile.Create(t.Context(), root, "alice", sealed(t, "secret")); err == nil {
		t.Error("there is a socket")
	}
	wantEntries(t, root)
	wantEntries(t, runtime)
}

func TestTheSocketOfNobody(t *testing.T) {
	if _, err := profile.SocketPath(t.TempDir(), "alice"); !errors.Is(err, profile.ErrNotFound) {
		t.Errorf("error is %v, want ErrNotFound", err)
	}
}
