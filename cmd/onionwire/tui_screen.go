package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"

	"github.com/spf13/pflag"

	"github.com/onionwire/onionwire/cmd/onionwire/internal/handover"
)

// screen is the terminal of the interface. When that is locked, the program is executed
// anew: nothing of its memory is left then. Where that is impossible, the memory that is not
// used any more is given back to the system.
type screen struct {
	locked bool // whether the interface before this one was locked
	held   *handover.Terminal
}

// lockedFlag is for the program that follows one that was locked, and not for people.
const lockedFlag = "locked"

func (s *screen) register(fs *pflag.FlagSet) {
	fs.Func(lockedFlag, "begin locked, at a terminal that was left in this `STATE`", func(state string) (err error) {
		if s.locked = true; state != "" {
			s.held, err = handover.Take(os.Stdin, state)
		}
		return err
	})
	_ = fs.MarkHidden(lockedFlag) // it is there
}

// hold keeps what is typed from being shown, until release. A terminal for which that is
// impossible is used as it is.
func (s *screen) hold() {
	s.held, _ = handover.Hold(os.Stdin)
	fmt.Fprint(os.Stdout, "Locking …")
}

// renew executes the program anew, locked, for a profile. It returns if that is impossible.
func (s *screen) renew(profile string) error {
	state := ""
	if s.held != nil {
		state = s.held.String()
	}
	fmt.Fprint(os.Stdout, "\r\x1b[K")
	err := handover.Exec("--"+lockedFlag+"="+state, "--profile="+profile)
	runtime.GC() // and once more: what has a finalizer is kept for a round
	debug.FreeOSMemory()
	return err
}

// release lets the terminal be used.
func (s *screen) release() error {
	held := s.held
	if s.held = nil; held == nil {
		return nil
	}
	return held.Release()
}
