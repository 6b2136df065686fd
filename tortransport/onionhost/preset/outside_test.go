package preset_test

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/onionwire/onionwire/tortransport/tor"
)

// A managed daemon is a child of its program, and would be in the namespace with
// it. Its place is taken by a stub: this test binary under the name of tor, which
// has somebody outside run the real one.

// stubName is what makes the test binary a stub.
const stubName = "tor"

// outsideVariable has the path of the socket of who runs tor outside.
const outsideVariable = "ONIONWIRE_TEST_OUTSIDE"

// order is what the stub was called with.
type order struct {
	Dir  string
	Args []string
}

func isStub() bool { return filepath.Base(os.Args[0]) == stubName }

// runStub says what tor says until it ends.
func runStub() error {
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	conn, err := net.Dial("unix", os.Getenv(outsideVariable))
	if err != nil {
		return err
	}
	if err := json.NewEncoder(conn).Encode(order{dir, os.Args[1:]}); err != nil {
		return err
	}
	_, err = io.Copy(os.Stdout, conn)
	return err
}

// serveOutside runs tor for the stubs of a namespace until the test ends, and
// returns the environment by which they find their way.
func serveOutside(t *testing.T) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	binary, err := tor.LookupBinary(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(shortDir(t), "outside")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			running.Go(func() { serveStub(ctx, conn, binary.Path) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		cancel()
		running.Wait()
	})
	return outsideVariable + "=" + path
}

// serveStub runs one tor, which ends when its stub does.
func serveStub(ctx context.Context, conn net.Conn, binary string) {
	defer conn.Close()
	in := json.NewDecoder(conn)
	var o order
	if err := in.Decode(&o); err != nil {
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	cmd := exec.CommandContext(ctx, binary, o.Args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = o.Dir, conn, conn
	var watch sync.WaitGroup
	watch.Go(func() {
		io.Copy(io.Discard, conn)
		cancel()
	})
	cmd.Run()
	conn.Close()
	watch.Wait()
	cancel()
}

// newStub returns a program to start in place of tor.
func newStub(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(shortDir(t), stubName)
	if err := os.Symlink(self, path); err != nil {
		t.Fatal(err)
	}
	return path
}

// shortDir is a folder for unix sockets, whose paths must be short.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "onion")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}
