package profile

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/onionwire/onionwire/node/internal/durable"
)

const (
	// socketFile is the socket on which programs talk to the profile's node.
	socketFile = "rpc.sock"
	// pointerFile says where the socket is if the path to the folder is too long.
	pointerFile = "rpc.path"
	// socketPrefix begins the name of the folder that it is in then.
	socketPrefix = "onionwire-rpc-"
	// maxSocketPath is the longest path of a unix socket in bytes: sun_path has
	// 104 on BSD and macOS.
	maxSocketPath = 100
	// maxPointer bounds what is read of a pointer, in bytes.
	maxPointer = 4096
)

// socket is where the node of an open profile listens.
type socket struct{ dir, path string }

// SocketPath is where the node of the profile listens for programs on this machine: in
// the folder of the profile, or, if that path is too long for a socket, in a folder of
// mode 0700 that Close removes. What a crash has left there is gone.
func (p *Profile) SocketPath() string { return p.socket.path }

// SocketPath returns the same to a program that has not opened the profile. It fails
// with ErrName, ErrNotFound, or an error that matches fs.ErrNotExist if nobody has
// opened it, as far as that can be seen without trying to connect.
func SocketPath(root, name string) (string, error) {
	dir, err := locate(root, name)
	if err != nil {
		return "", err
	}
	if !recognise(dir) {
		return "", fmt.Errorf("%w: %s", ErrNotFound, name)
	}
	if direct := filepath.Join(dir, socketFile); len(direct) <= maxSocketPath {
		return direct, nil
	}
	return readPointer(dir)
}

// openSocket removes what a crash has left, and finds a path that is short enough. The
// caller has the lock.
func openSocket(dir string) (*socket, error) {
	removeSocket(dir)
	s := &socket{dir: dir, path: filepath.Join(dir, socketFile)}
	if len(s.path) <= maxSocketPath {
		return s, nil
	}
	short, err := os.MkdirTemp(shortRoot(), socketPrefix+"*") // 0700
	if err != nil {
		return nil, fmt.Errorf("make a folder for the socket: %w", durable.Explain(err))
	}
	s.path = filepath.Join(short, socketFile)
	if len(s.path) > maxSocketPath {
		err = fmt.Errorf("there is no folder with a path short enough for a socket: %s is too long", shortRoot())
	} else {
		err = durable.Create(filepath.Join(dir, pointerFile), []byte(s.path))
	}
	if err != nil {
		_ = os.Remove(short)
		return nil, err
	}
	return s, nil
}

// remove takes the socket away, and what was made for it.
func (s *socket) remove() { removeSocket(s.dir) }

// removeSocket removes the socket of a profile wherever it is, and what a server has put
// beside it in a folder that goes with it. What it cannot remove is in nobody's way.
func removeSocket(dir string) {
	if path, err := readPointer(dir); err == nil {
		for _, suffix := range []string{"", ".lock", ".token", ".token.new"} {
			_ = os.Remove(path + suffix)
		}
		_ = os.Remove(filepath.Dir(path))
	}
	_ = os.Remove(filepath.Join(dir, pointerFile))
	_ = os.Remove(filepath.Join(dir, socketFile))
}

// readPointer returns the path in a pointer. Nothing but what openSocket makes is
// believed: others remove what it names.
func readPointer(dir string) (string, error) {
	f, err := os.Open(filepath.Join(dir, pointerFile))
	if err != nil {
		return "", fmt.Errorf("find the socket: %w", err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxPointer))
	if err != nil {
		return "", fmt.Errorf("find the socket: %w", err)
	}
	path := string(b)
	folder := filepath.Base(filepath.Dir(path))
	if !filepath.IsAbs(path) || filepath.Base(path) != socketFile || !strings.HasPrefix(folder, socketPrefix) {
		return "", fmt.Errorf("find the socket: %s is damaged", pointerFile)
	}
	return path, nil
}

// shortRoot prefers the user's own runtime folder, which nobody else can write to and
// which does not outlive the session.
func shortRoot() string {
	if dir := os.Getenv("XDG_RUNTIME_DIR"); filepath.IsAbs(dir) {
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			return dir
		}
	}
	return os.TempDir()
}
