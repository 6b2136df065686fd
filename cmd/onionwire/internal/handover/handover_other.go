//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package handover

import (
	"os"

	"golang.org/x/term"
)

// Terminal is a terminal that is held.
type Terminal struct {
	file   *os.File
	before *term.State
}

// Hold holds a terminal: what is typed is not shown, does nothing, and waits until it is
// read. It fails if the file is no terminal.
func Hold(f *os.File) (*Terminal, error) {
	before, err := term.MakeRaw(int(f.Fd()))
	if err != nil {
		return nil, err
	}
	return &Terminal{f, before}, nil
}

// Take fails with ErrUnsupported.
func Take(*os.File, string) (*Terminal, error) { return nil, ErrUnsupported }

// String is nothing that Take could take.
func (t *Terminal) String() string { return "" }

// Release makes the terminal what it was before it was held. What has been typed meanwhile
// waits further.
func (t *Terminal) Release() error { return term.Restore(int(t.file.Fd()), t.before) }

func replace(string, []string) error { return ErrUnsupported }

// Suspendable is false: programs are not stopped on this system.
func Suspendable() bool { return false }
