//go:build unix

package tortest

import (
	"io"
	"os"
	"os/exec"
	"syscall"
)

// leash ties cmd to this process: it hands tor one end of a socket pair as its
// owning control connection, which the kernel closes when we end, however that
// happens; tor then exits at once. (A parent-death signal would be Linux only,
// and is sent when the *thread* that started tor ends.)
//
// The caller closes both: child when cmd has started, held when tor may end.
func leash(cmd *exec.Cmd) (torrc string, child, held io.Closer, err error) {
	syscall.ForkLock.RLock()
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err == nil {
		// Another child must not inherit our end, it would keep tor alive.
		syscall.CloseOnExec(fds[0])
		syscall.CloseOnExec(fds[1])
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return "", nil, nil, os.NewSyscallError("socketpair", err)
	}
	end := os.NewFile(uintptr(fds[0]), "leash")
	cmd.ExtraFiles = []*os.File{end}
	// ExtraFiles start at descriptor 3.
	return "__OwningControllerFD 3\n", end, os.NewFile(uintptr(fds[1]), "leash"), nil
}
