package proc

import "os/exec"

// LeashFD is zero: there is no leash on Windows.
const LeashFD = 0

// StartLeashed is Start.
func StartLeashed(cmd *exec.Cmd, onLine func(line string) (kept string)) (*Process, error) {
	return Start(cmd, onLine)
}
