package proc

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// Windows has no signal that asks a console-less child to end.
func terminate(*os.Process) error { return errors.ErrUnsupported }

// detach keeps Ctrl-C in a console for the program, which then ends its
// children in order.
func detach(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.CreationFlags |= syscall.CREATE_NEW_PROCESS_GROUP
}
