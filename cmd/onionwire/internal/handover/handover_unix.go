//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package handover

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
)

// Terminal is a terminal that is held.
type Terminal struct {
	file   *os.File
	before unix.Termios
}

// Hold holds a terminal: what is typed is not shown, does nothing, and waits until it is
// read. It fails if the file is no terminal.
func Hold(f *os.File) (*Terminal, error) {
	state, err := get(f)
	if err != nil {
		return nil, err
	}
	t := &Terminal{f, *state}
	state.Iflag &^= unix.ICRNL | unix.INLCR | unix.IGNCR
	state.Lflag &^= unix.ECHO | unix.ECHONL | unix.ICANON | unix.ISIG | unix.IEXTEN
	state.Cc[unix.VMIN], state.Cc[unix.VTIME] = 1, 0
	return t, set(f, state)
}

// errState means that a text is not the state of a terminal.
var errState = errors.New("malformed state of a terminal")

// Take takes on a terminal that another program holds, from its String.
func Take(f *os.File, held string) (*Terminal, error) {
	t := &Terminal{file: f}
	b, err := base64.RawURLEncoding.DecodeString(held)
	if err != nil || len(b) != binary.Size(t.before) {
		return nil, errState
	}
	return t, binary.Read(bytes.NewReader(b), binary.LittleEndian, &t.before)
}

// String is what Take needs.
func (t *Terminal) String() string {
	var b bytes.Buffer
	_ = binary.Write(&b, binary.LittleEndian, t.before) // it has numbers only
	return base64.RawURLEncoding.EncodeToString(b.Bytes())
}

// Release makes the terminal what it was before it was held. What has been typed meanwhile
// waits further.
func (t *Terminal) Release() error { return set(t.file, &t.before) }

func get(f *os.File) (state *unix.Termios, err error) {
	err = control(f, func(fd int) (err error) {
		state, err = unix.IoctlGetTermios(fd, ioctlGet)
		return err
	})
	return state, err
}

func set(f *os.File, state *unix.Termios) error {
	return control(f, func(fd int) error { return unix.IoctlSetTermios(fd, ioctlSet, state) })
}

// control lets do have the descriptor of a file, whose mode stays what it is.
func control(f *os.File, do func(fd int) error) (err error) {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	closed := raw.Control(func(fd uintptr) { err = do(int(fd)) })
	return errors.Join(closed, err)
}

func replace(path string, args []string) error { return syscall.Exec(path, args, os.Environ()) }

// Suspendable reports whether there is a shell that takes the terminal while the program is
// stopped, and lets it go on. Without one, the system does not stop it.
func Suspendable() bool {
	session, err := unix.Getsid(0)
	return err == nil && session != unix.Getpgrp() && !signal.Ignored(unix.SIGTSTP)
}
