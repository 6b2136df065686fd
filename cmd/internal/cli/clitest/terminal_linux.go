package clitest

import (
	"bytes"
	"errors"
	"io"
	"os"

	"golang.org/x/sys/unix"

	"github.com/onionwire/onionwire/cmd/internal/pseudo"
)

// StartAtTerminal runs the program at a terminal of its own. Out and Err are the same:
// what somebody would see, with what is echoed of what they type. Say types a line.
func (b *Box) StartAtTerminal(args ...string) *Process {
	b.t.Helper()
	screen, keyboard := b.terminal()
	p := b.command(args)
	p.Err = p.Out
	p.stdin = screen
	pseudo.Attach(p.cmd, keyboard)
	p.start(func() { _, _ = io.Copy(withoutReturns{p.Out}, screen) })
	// With the last copy of this the screen ends.
	if err := keyboard.Close(); err != nil {
		b.t.Error(err)
	}
	return p
}

// WantEcho fails the test unless the terminal shows again what is typed.
func (p *Process) WantEcho() {
	p.t.Helper()
	raw, err := p.stdin.(*os.File).SyscallConn()
	if err != nil {
		p.t.Fatal(err)
	}
	var state *unix.Termios
	failed := error(nil)
	err = raw.Control(func(fd uintptr) { state, failed = unix.IoctlGetTermios(int(fd), unix.TCGETS) })
	if err := errors.Join(err, failed); err != nil {
		p.t.Fatal(err)
	}
	if want := uint32(unix.ECHO | unix.ICANON | unix.ISIG); state.Lflag&want != want {
		p.t.Errorf("the terminal is left in another mode: %#x", state.Lflag)
	}
}

// terminal opens both ends of a new pseudo-terminal.
func (b *Box) terminal() (master, slave *os.File) {
	b.t.Helper()
	master, slave, err := pseudo.Open()
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() {
		if err := master.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
			b.t.Error(err)
		}
	})
	return master, slave
}

// withoutReturns leaves out the carriage returns that a terminal puts before newlines.
type withoutReturns struct{ w io.Writer }

func (w withoutReturns) Write(b []byte) (int, error) {
	if _, err := w.w.Write(bytes.ReplaceAll(b, []byte("\r"), nil)); err != nil {
		return 0, err
	}
	return len(b), nil
}
