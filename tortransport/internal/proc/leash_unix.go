//go:build unix

package proc

import (
	"os"
	"os/exec"
	"syscall"
)

// LeashFD is where a child finds its end of the leash: ExtraFiles begin there.
const LeashFD = 3

// StartLeashed is Start for a child that shall end with us, however we end: it has
// one end of a socket pair at LeashFD, of which the kernel closes the other when
// we are gone. The child must watch it. cmd.ExtraFiles must be unset.
//
// A process id does not tell as much: while nobody has waited for a process that
// was killed, it is still there.
func StartLeashed(cmd *exec.Cmd, onLine func(line string) (kept string)) (*Process, error) {
	// Another child must not inherit our end, which would keep this one alive.
	syscall.ForkLock.RLock()
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(fds[0])
		syscall.CloseOnExec(fds[1])
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, os.NewSyscallError("socketpair", err)
	}
	far, near := os.NewFile(uintptr(fds[0]), "leash"), os.NewFile(uintptr(fds[1]), "leash")
	defer far.Close()
	cmd.ExtraFiles = []*os.File{far}
	p, err := start(cmd, onLine, near)
	if err != nil {
		near.Close()
	}
	return p, err
}
