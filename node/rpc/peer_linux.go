package rpc

import (
	"errors"
	"net"
	"os"

	"golang.org/x/sys/unix"
)

var errPeer = errors.New("the other side is another user")

// checkPeer returns an error unless a process of the same user, or of root, has
// connected. The modes of folder and socket see to that already: this is for a mode
// that somebody has changed, or a file descriptor that somebody has handed on.
func checkPeer(c *net.UnixConn) error {
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	var peer *unix.Ucred
	var failed error
	if err := raw.Control(func(fd uintptr) {
		peer, failed = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	}); err != nil {
		return err
	}
	if failed != nil {
		return failed
	}
	if peer.Uid != 0 && int64(peer.Uid) != int64(os.Geteuid()) {
		return errPeer
	}
	return nil
}
