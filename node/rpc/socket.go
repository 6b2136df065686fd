package rpc

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"

	"github.com/gofrs/flock"

	"github.com/onionwire/onionwire/node/internal/durable"
)

// maxPath is the longest path of a unix socket in bytes that every platform takes:
// sun_path has 104 on BSD and macOS, with the final zero.
const maxPath = 103

var (
	// ErrInUse means that somebody answers on the socket.
	ErrInUse = errors.New("socket is in use")
	// ErrPath means that there can be no socket at a path: it is longer than 103
	// bytes, or there is something else.
	ErrPath = errors.New("no place for a socket")
	// ErrPermissions means that other users have access to the folder of the
	// socket, or to the file of the token.
	ErrPermissions = durable.ErrPermissions
)

// socket is a unix socket that is there as long as it is listened on.
type socket struct {
	*net.UnixListener
	path string
	lock *flock.Flock
	made fs.FileInfo // what it was when it was made
}

// takeSocket makes the folder if need be, and the socket. What a process has left
// that is no more, it replaces. The lock has it look and replace without another
// one that does the same; the socket itself says whether a program lives that knows
// no such lock.
func takeSocket(ctx context.Context, path string) (_ *socket, err error) {
	if path, err = filepath.Abs(path); err != nil {
		return nil, err
	}
	if len(path) > maxPath {
		return nil, fmt.Errorf("%w: the path has %d bytes, which is more than %d", ErrPath, len(path), maxPath)
	}
	if err := privateFolder(filepath.Dir(path)); err != nil {
		return nil, err
	}
	s := &socket{path: path, lock: flock.New(path+".lock", flock.SetPermissions(0o600))}
	held, err := s.lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("cannot lock the socket: %w", durable.Explain(err))
	}
	if !held {
		return nil, ErrInUse
	}
	defer func() {
		if err != nil {
			_ = s.lock.Unlock()
		}
	}()
	if err := removeStale(ctx, path); err != nil {
		return nil, err
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "unix", path)
	if err != nil {
		return nil, fmt.Errorf("cannot listen: %w", durable.Explain(err))
	}
	s.UnixListener = l.(*net.UnixListener)
	s.SetUnlinkOnClose(false) // it would remove what is there, whoever made it
	if err := os.Chmod(path, 0o600); err != nil {
		_ = l.Close()
		return nil, fmt.Errorf("cannot listen: %w", err)
	}
	if s.made, err = os.Lstat(path); err != nil {
		_ = l.Close()
		return nil, fmt.Errorf("cannot listen: %w", err)
	}
	return s, nil
}

// privateFolder makes a folder, or checks that nobody else can enter it.
func privateFolder(path string) error {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return fmt.Errorf("cannot make the folder of the socket: %w", durable.Explain(err))
	}
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("cannot use the folder of the socket: %w", err)
	}
	if err := durable.CheckPrivate(path, info.Mode()); err != nil {
		return fmt.Errorf("cannot use the folder of the socket: %w", err)
	}
	return nil
}

// removeStale removes a socket on which nobody listens.
func removeStale(ctx context.Context, path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("cannot look at the socket: %w", err)
	}
	if info.Mode().Type() != fs.ModeSocket {
		return fmt.Errorf("%w: there is a file that is none", ErrPath)
	}
	var d net.Dialer
	c, err := d.DialContext(ctx, "unix", path)
	if err == nil {
		_ = c.Close()
		return ErrInUse
	}
	// Whatever else went wrong, somebody may listen.
	if !errors.Is(err, syscall.ECONNREFUSED) {
		return fmt.Errorf("%w: %w", ErrInUse, err)
	}
	return durable.Remove(path)
}

// close ends listening, and takes the socket away unless somebody has put another
// in its place.
func (s *socket) close() {
	if now, err := os.Lstat(s.path); err == nil && os.SameFile(now, s.made) {
		_ = os.Remove(s.path)
	}
	_ = s.Close()
	_ = s.lock.Unlock()
}
