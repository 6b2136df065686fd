package proc

import (
	"os/exec"
	"syscall"
)

// wakeAtOurEnd has the kernel wake the child when we end, should it be stopped then: only
// so can it notice that we have ended, and end too. It is not killed, because tor
// saves its choice of guards at its end.
func wakeAtOurEnd(cmd *exec.Cmd) { cmd.SysProcAttr.Pdeathsig = syscall.SIGCONT }
