package rpc_test

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/onionwire/onionwire/node/rpc"
	"github.com/onionwire/onionwire/node/rpc/token"
)

func startAt(t testing.TB, path string) (*rpc.Server, error) {
	t.Helper()
	s, err := rpc.Start(testContext(t), rpc.Config{Path: path, API: newFake(), Tokens: &tokens{}})
	if err == nil {
		t.Cleanup(func() { s.Close() })
	}
	return s, err
}

// works fails the test unless a server answers.
func works(t testing.TB, path string) {
	t.Helper()
	secret, err := token.Load(rpc.TokenPath(path))
	if err != nil {
		t.Fatal(err)
	}
	c, err := rpc.Dial(testContext(t), path, secret)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Call(testContext(t), "ping", nil, nil); err != nil {
		t.Error(err)
	}
}

func TestOnlyTheOwnerCanReachTheSocket(t *testing.T) {
	path := filepath.Join(filepath.Dir(socketPath(t)), "new", "rpc")
	if _, err := startAt(t, path); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]fs.FileMode{
		filepath.Dir(path):  fs.ModeDir | 0o700,
		path:                fs.ModeSocket | 0o600,
		rpc.TokenPath(path): 0o600,
		path + ".lock":      0o600,
	} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode() != want {
			t.Errorf("mode of %s is %v, want %v", filepath.Base(name), info.Mode(), want)
		}
	}
	works(t, path)
}

func TestOpenFolderIsRefused(t *testing.T) {
	path := socketPath(t)
	if err := os.Chmod(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if _, err := startAt(t, path); !errors.Is(err, rpc.ErrPermissions) {
		t.Errorf("error is %v, want ErrPermissions", err)
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Error("there is a socket")
	}
}

func TestCloseRemovesTheSocket(t *testing.T) {
	path := socketPath(t)
	s, err := startAt(t, path)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the socket is still there (%v)", err)
	}
	if _, err := startAt(t, path); err != nil {
		t.Fatal(err)
	}
	works(t, path)
}

func TestLiveSocketIsLeftAlone(t *testing.T) {
	path := socketPath(t)
	if _, err := startAt(t, path); err != nil {
		t.Fatal(err)
	}
	if _, err := startAt(t, path); !errors.Is(err, rpc.ErrInUse) {
		t.Errorf("error is %v, want ErrInUse", err)
	}
	works(t, path)
}

// A program that knows nothing of our lock has the socket.
func TestLiveSocketOfAnotherProgramIsLeftAlone(t *testing.T) {
	path := socketPath(t)
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if _, err := startAt(t, path); !errors.Is(err, rpc.ErrInUse) {
		t.Errorf("error is %v, want ErrInUse", err)
	}
	if c, err := net.Dial("unix", path); err != nil {
		t.Error(err)
	} else {
		c.Close()
	}
}

func TestStaleSocketIsReplaced(t *testing.T) {
	path := socketPath(t)
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	l.Close() // as if its process had died
	if _, err := os.Lstat(path); err != nil {
		t.Fatal(err)
	}
	if _, err := startAt(t, path); err != nil {
		t.Fatal(err)
	}
	works(t, path)
}

func TestWhatIsNoSocketIsLeftAlone(t *testing.T) {
	path := socketPath(t)
	if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := startAt(t, path); !errors.Is(err, rpc.ErrPath) {
		t.Errorf("error is %v, want ErrPath", err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "precious" {
		t.Errorf("the file has %q (%v)", text, err)
	}
}

// A link is none either, wherever it leads.
func TestLinkIsLeftAlone(t *testing.T) {
	path := socketPath(t)
	l, err := net.Listen("unix", path+".other")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := os.Symlink(path+".other", path); err != nil {
		t.Fatal(err)
	}
	if _, err := startAt(t, path); !errors.Is(err, rpc.ErrPath) {
		t.Errorf("error is %v, want ErrPath", err)
	}
}

func TestCloseLeavesWhatSomebodyElseHasPutThere(t *testing.T) {
	path := socketPath(t)
	s, err := startAt(t, path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s.Close()
	if _, err := os.Lstat(path); err != nil {
		t.Error(err)
	}
}

func TestLongPathIsRefused(t *testing.T) {
	path := filepath.Join(filepath.Dir(socketPath(t)), strings.Repeat("x", 104))
	if _, err := startAt(t, path); !errors.Is(err, rpc.ErrPath) {
		t.Errorf("error is %v, want ErrPath", err)
	}
}

func TestStartEndsWithItsContextOnly(t *testing.T) {
	path := socketPath(t)
	ctx, cancel := context.WithCancel(t.Context())
	s, err := rpc.Start(ctx, rpc.Config{Path: path, API: newFake(), Tokens: &tokens{}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	cancel()
	works(t, path)
}

func TestCloseCutsAndCancels(t *testing.T) {
	s := start(t)
	s.api.hold = make(chan struct{}) // for ever
	c, idle, silent := s.client(t, s.secret(t)), s.client(t, s.secret(t)), s.dial(t)
	c.must(t, "subscribe", map[string]any{"after": 0}, nil)
	c.say(
		t,
		`{"jsonrpc":"2.0","id":1,"method":"ready"}`,
		`{"jsonrpc":"2.0","id":2,"method":"send","params":{"conversation":1,"text":"a"}}`,
		`{"jsonrpc":"2.0","id":2,"method":"send","params":{"conversation":1,"text":"b"}}`,
	)
	eventually(t, "all is under way", func() bool {
		called := strings.Join(s.api.names(), " ")
		return strings.Contains(called, "Ready") && strings.Contains(called, "Send") && strings.Contains(called, "Events")
	})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []*raw{c, idle, silent} {
		c.wantCut(t)
	}
}
