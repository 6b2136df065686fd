// Package handover lets a program go on as another one that has nothing of its memory: it
// executes itself anew. The terminal is held meanwhile, so that what somebody types then is
// not shown, and is there for the other one to read.
//
//	held, err := handover.Hold(os.Stdin)
//	err = handover.Exec("--held=" + held.String())
//
// And in the program that this begins:
//
//	held, err := handover.Take(os.Stdin, given)
//	err = held.Release()
package handover

import (
	"errors"
	"os"
	"slices"
	"strings"
)

// ErrUnsupported means that a program cannot take its own place on this system.
var ErrUnsupported = errors.New("a program cannot be replaced on this system")

// Exec replaces the program by itself, with the arguments that it had, up to "--", and flags
// after them, as in "--name=value". Those that it had from Exec before are left away.
// Whatever has to be closed was closed before. It returns only if that is impossible.
func Exec(flags ...string) error {
	path, err := os.Executable()
	if err != nil {
		return err
	}
	args := slices.Clone(os.Args)
	if end := slices.Index(args, "--"); end >= 0 {
		args = args[:end]
	}
	for _, flag := range flags {
		name, _, _ := strings.Cut(flag, "=")
		args = slices.DeleteFunc(args, func(arg string) bool { return strings.HasPrefix(arg, name+"=") })
	}
	return replace(path, append(args, flags...))
}
