//go:build !linux

package proc

import "os/exec"

// wakeAtOurEnd does nothing: a child that is stopped when we end stays so until somebody
// wakes it.
func wakeAtOurEnd(*exec.Cmd) {}
